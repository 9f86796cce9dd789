"""docs/changes.md equals the table that the tests on a real WordPress run."""

from collections import Counter

from wp_pipeline_tests.real_wordpress.changes_page import PAGE, page
from wp_pipeline_tests.real_wordpress.kinds_of_change import DAY, KINDS, TICK


def test_the_page_equals_the_table():
    expected = page()

    assert PAGE.read_text() == expected, (
        "run python -m wp_pipeline_tests.real_wordpress.changes_page"
    )


def test_no_kind_of_change_is_there_twice():
    assert len({kind.title for kind in KINDS}) == len(KINDS)


def test_most_kinds_are_seen_at_the_next_tick_and_almost_all_within_the_hour():
    seen = Counter(kind.seen for kind in KINDS)

    assert len(KINDS) >= 29
    assert seen[TICK] >= 24 / 29 * len(KINDS) * 0.9
    assert len(KINDS) - seen[DAY] >= 27 / 29 * len(KINDS)
