"""Reads a collection to its end, so that no row that stays is lost or repeated.

Every answer is a gapless run of the site's rows in order of id. Two runs are joined only if they
overlap. So every row that stays readable all the time is in one of them.
docs/decisions/0002-complete-while-the-site-changes.md has the argument and a picture.

Top down: `windows.py` (which rows to request), `overlap.py` (joining pages, closing gaps), `end.py`
(what proves the end), `narrowing.py` (a page that fails).
"""

from collections.abc import Iterator

from wp_pipeline.wordpress.answers.items import Items
from wp_pipeline.wordpress.collections.end import (
    last_page_after,
    read_beyond,
    read_to_the_end,
    read_up_to,
)
from wp_pipeline.wordpress.collections.fetch import PageFetcher
from wp_pipeline.wordpress.collections.lookahead import Lookahead
from wp_pipeline.wordpress.collections.overlap import Coverage, close_gap
from wp_pipeline.wordpress.collections.page import Page
from wp_pipeline.wordpress.collections.windows import Layout
from wp_pipeline.wordpress.places import Places


def read_collection(
    first: Page,
    fetch: PageFetcher,
    layout: Layout,
    windows_ahead: int,
    places: Places | None = None,
) -> Iterator[Items]:
    """Yield the items in ascending order of id, each id once; `first` is the first window.

    On the way, `places` learns at which rows items stand.

    Raises CompletenessNotProven where the site's answers do not show that nothing is missing.
    """
    coverage = Coverage(places)
    yield coverage.take(first)
    if first.reaches_the_end:
        yield from read_beyond(first, coverage, fetch, layout)
        return
    lookahead = Lookahead(first, fetch, layout, coverage, windows_ahead)
    end = None
    for page in lookahead.pages():
        if page.window.descending:
            yield from read_up_to(page, first, coverage, fetch, lookahead.layout)
            return
        if page.items:
            yield from close_gap(coverage, page.low, fetch, lookahead.layout)
            yield coverage.take(page)
            if page.reaches_the_end:
                yield from read_beyond(first, coverage, fetch, lookahead.layout)
                return
        elif end is None:
            # Hidden rows, or a total that counts rows which do not exist.
            end = last_page_after(first, lookahead.total_was_told, fetch, lookahead.layout)
            if end.items and end.low <= coverage.covered:
                yield coverage.take(end)
                return
    end = end or last_page_after(first, lookahead.total_was_told, fetch, lookahead.layout)
    yield from read_to_the_end(end, coverage, fetch, lookahead.layout)
