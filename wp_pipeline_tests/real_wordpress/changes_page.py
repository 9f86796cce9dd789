"""Writes docs/changes.md from the table that the tests run.

python -m wp_pipeline_tests.real_wordpress.changes_page
"""

from collections.abc import Iterator
from pathlib import Path

from wp_pipeline_tests.real_wordpress.kinds_of_change import DAY, HOUR, KINDS, TICK, Kind

PAGE = Path(__file__).parents[2] / "docs" / "changes.md"
TIMES = (TICK, HOUR, DAY)

HEAD = """\
# Changes, and when a refresh brings them

Each row is a test: the change is made on a real WordPress 6.1 by WordPress's own functions, all
endpoints are refreshed, and every object is compared with a full read. This page is generated from
`wp_pipeline_tests/real_wordpress/kinds_of_change.py`, by
`python -m wp_pipeline_tests.real_wordpress.changes_page`.

- **Next tick**: the sensor's next look shows it, after five minutes at most, and the run that
  follows brings it, in all collections where it shows.
- **Within the hour**: no small request shows it. The hourly comparison of outlines does.
- **Daily read**: it shows in no outline, only in the items themselves.

After each refresh each item of the site is in its object once, and nothing else. The one exception
is marked *: until the hourly comparison, one comment is too many and another is missing.

On the site of the tests, posts and comments have several pages, all other collections one. If a
collection of terms or users has several pages, the next tick shows what was added or removed and
the newest item, and the hourly comparison shows other changes; so posts get changed terms within
the hour. A post whose date of modification is in the future hides edits of other posts from the
next tick, until the hourly comparison."""


def page() -> str:
    counts = [len([kind for kind in KINDS if kind.seen == when]) for when in TIMES]
    summary = (
        f"Of {len(KINDS)} kinds of change {counts[0]} are seen at the next tick, {counts[1]} more"
        f" within the hour, and {counts[2]} by the daily read."
    )
    return "\n\n".join([HEAD, summary, "\n".join(lines())]) + "\n"


def lines() -> Iterator[str]:
    yield "| change | shows in | next tick | within the hour | daily read |"
    yield "|---|---|---|---|---|"
    for kind in KINDS:
        yield f"| {' | '.join([kind.title, ', '.join(kind.where.split()), *marks(kind)])} |"


def marks(kind: Kind) -> list[str]:
    first = TIMES.index(kind.seen)
    missed = "no*" if kind.mixed else "no"
    return [missed if number < first else "yes" for number in range(len(TIMES))]


if __name__ == "__main__":
    PAGE.write_text(page())
