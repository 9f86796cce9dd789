"""What changed is counted as a plain comparison of both objects counts it."""

from random import Random

import pytest

from wp_pipeline.extraction.outcomes import Changes
from wp_pipeline_tests.support.random_cases import few_of


def by_id(world, name):
    return {row["id"]: row for row in world.rows(name)}


def difference(before, now):
    both = before.keys() & now.keys()
    changed = sum(before[one] != now[one] for one in both)
    return Changes(len(now.keys() - before.keys()), len(before.keys() - now.keys()), changed)


def change_at_random(site, random):
    """Add, remove and edit posts and comments, at the ends and in between."""
    for name in ("posts", "comments"):
        for _ in range(random.randrange(4)):
            site.publish(name)
        readable = site.readable_ids(name)
        for item in random.sample(readable, random.randrange(6)):
            random.choice((site.edit, site.delete, site.hide))(name, item)
    if random.random() < 0.5:
        site.delete("posts", site.readable_ids("posts")[-1])


@pytest.mark.parametrize("mode", ["full", "changes"])
@pytest.mark.parametrize("seed", few_of(range(30), 3))
def test_random_changes_are_counted(large, mode, seed):
    large.extract()
    before = {name: by_id(large, name) for name in ("posts", "comments", "tags")}
    change_at_random(large.site, Random(seed))

    found = large.extract(mode, **({"outline": True} if mode == "changes" else {}))

    for name, stored in before.items():
        assert found[name].changes == difference(stored, by_id(large, name)), name


def test_an_unchanged_object_counts_no_changes(large):
    large.extract()

    assert [one.changes for one in large.extract().values()] == [Changes()] * 3
    assert [one.changes for one in large.refresh().values()] == [Changes()] * 3


def test_a_first_extraction_counts_none(large):
    assert [one.changes for one in large.extract().values()] == [None] * 3


@pytest.mark.parametrize(
    "stored",
    [b"[]", b'{"a": 1}', b"no JSON", b'[{"id": 2}, {"id": 1}]', b'[{"name": "without an id"}]'],
)
def test_items_that_can_not_be_compared_are_stored_and_not_counted(large, stored):
    large.aws.put_object("wordpress-api/posts.json", stored)

    outcome = large.extract()["posts"]

    assert (outcome.unchanged, outcome.changes) == (False, None)
    assert len(large.rows("posts")) == 250


def test_changes_are_a_short_text():
    assert str(Changes()) == ""
    assert str(Changes(added=1234)) == "+1,234"
    assert str(Changes(12, 3, 5)) == "+12 -3, 5 changed"
    assert str(Changes(removed=3, changed=1)) == "-3, 1 changed"
