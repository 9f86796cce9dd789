"""Proves that a collection has been read to its end; totals may be wrong.

The last page is requested in descending order, so that it holds the highest ids. If a site can't
sort in that order, the last window and X-WP-Total must agree.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from wp_pipeline.wordpress.answers.items import Items, items_of
from wp_pipeline.wordpress.answers.json_text import without_bom
from wp_pipeline.wordpress.answers.members import members_of
from wp_pipeline.wordpress.collections.fetch import PageFetcher
from wp_pipeline.wordpress.collections.overlap import Coverage, close_gap
from wp_pipeline.wordpress.collections.page import Page
from wp_pipeline.wordpress.collections.windows import Layout, Window
from wp_pipeline.wordpress.errors import CompletenessNotProven, RouteNotFound, UnexpectedStatus
from wp_pipeline.wordpress.http.client import Answer


def last_page(fetch: PageFetcher, layout: Layout, start: int = 0) -> Page:
    """Return the rows with the highest ids, in ascending order.

    `start` rows, a multiple of the size, are skipped at the end. They are skipped by `page`, which
    every collection applies. Raises CompletenessNotProven if the rows are not in order.
    """
    window = Window(start, layout.size, by_page=True, descending=True)
    return fetch.page(window).from_the_end().in_order()


NEWEST = Window(0, 1, descending=True)
IDS_ONLY: dict[str, object] = {"_fields": "id"}


def newest_item(fetch: PageFetcher) -> Items:
    """Return the newest item, with its id at least. Raises a SiteError."""
    fields = {} if fetch.chooses_fields else IDS_ONLY
    return items_of(without_bom(fetch.answer(NEWEST.parameters | fields).body))


def read_beyond(
    first: Page, coverage: Coverage, fetch: PageFetcher, layout: Layout
) -> Iterator[Items]:
    """Yield rows behind those that were read: there are any if the highest id was not read.

    Some search plugins and caches cap X-WP-Total, and some routes send fewer rows than requested.
    Raises CompletenessNotProven if such rows can't be read.
    """
    if first.reaches_the_end and first.has_all_rows:
        return
    highest = next(iter(newest_item(fetch).known_ids), coverage.covered + 1)
    # A lower one was deleted meanwhile, or the site ignores the order, and the total must agree.
    if highest == coverage.covered or (highest < coverage.covered and not first.reaches_the_end):
        return
    # Such a row exists, or the newest row is hidden or was deleted meanwhile.
    yield from read_up_to(
        last_page_after(first, True, fetch, layout), first, coverage, fetch, layout
    )


def read_up_to(
    end: Page, first: Page, coverage: Coverage, fetch: PageFetcher, layout: Layout
) -> Iterator[Items]:
    """Yield the rows up to the last page, which may be far behind the rows that are counted.

    Raises CompletenessNotProven.
    """
    try:
        yield from read_to_the_end(end, coverage, fetch, layout)
    except CompletenessNotProven:
        if not end.items or first.total is None or end.total != first.total:
            raise  # Rows moved.
        raise CompletenessNotProven(
            f"the site counts {first.total:,} rows and does not send those that follow, up to id"
            f" {end.high}: a search plugin or a cache limits it; exclude the REST API there"
        ) from None


def last_page_after(first: Page, total_was_told: bool, fetch: PageFetcher, layout: Layout) -> Page:
    """Return the last page, for a collection that begins with `first`.

    A route without pages or order sends all its rows again, which are the first page. A cache that
    ignores the query also sends the same rows again, and so does a route that applies only `page`.
    Raises CompletenessNotProven for those, or another SiteError.
    """
    page = fetch.page(Window(0, layout.size, descending=True))
    if not total_was_told and page.items.known_ids == first.items.known_ids:
        if page.items and not applies_fields(fetch, page.items.raw):
            raise CompletenessNotProven(
                "every request gets the same rows, and there is no X-WP-Total: the query does not"
                " arrive; exclude /wp-json/ from the cache in front of the site"
            )
        if sends_others_by_page(first, fetch, layout):
            raise CompletenessNotProven(
                f"only a page of the rows came: {len(page.items):,} rows, in the same order for any"
                " `order`, and no X-WP-Total; add a parameter to the endpoint's URL that sends all"
                " rows at once"
            )
        return page
    return page.from_the_end().in_order()


def sends_others_by_page(first: Page, fetch: PageFetcher, layout: Layout) -> bool:
    """Whether the second page has other items than the first one.

    Raises a SiteError if something else than WordPress refuses the second page.
    """
    try:
        second = fetch.page(Window(layout.size, layout.size, by_page=True))
    except (RouteNotFound, UnexpectedStatus) as refusal:
        if not refusal.code:
            raise
        return False
    return bool(second.items) and second.items.known_ids != first.items.known_ids


def ignores_order(first: Page, fetch: PageFetcher) -> bool:
    """Whether the site sends the same rows in descending order. Raises a SiteError."""
    page = fetch.page(replace(first.window, descending=True))
    return len(page.items) > 1 and page.items.known_ids == first.items.known_ids


def applies_fields(fetch: PageFetcher, rows: Iterable[bytes | memoryview]) -> bool:
    """Whether the site applies `_fields=id` to these rows.

    WordPress does so on every route since 4.8; a cache that ignores the query does not:
    https://developer.wordpress.org/rest-api/using-the-rest-api/global-parameters/#_fields
    """
    if not fetch.chooses_fields and have_only_ids(rows):
        return False  # A cached answer to somebody who asked for ids.
    return has_only_ids(fetch.answer(IDS_ONLY))


def has_only_ids(answer: Answer) -> bool:
    return have_only_ids(items_of(without_bom(answer.body)).raw)


def have_only_ids(rows: Iterable[bytes | memoryview]) -> bool:
    return all(set(members_of(memoryview(row))) <= {"id"} for row in rows)


def read_to_the_end(
    end: Page, coverage: Coverage, fetch: PageFetcher, layout: Layout
) -> Iterator[Items]:
    """Yield the rows up to the last page. Raises CompletenessNotProven."""
    if end.items:
        yield from close_gap(coverage, end.low, fetch, layout)
        yield coverage.take(end)
    elif end.total is None:
        raise CompletenessNotProven(
            "more than a page of hidden rows at the end, and no X-WP-Total; check what drops the"
            " site's headers"
        )
    elif end.total == 0:  # WordPress answers so, with status 200, while its database fails.
        raise CompletenessNotProven(
            "the site sent rows, and then said that it has none: its database failed, or was"
            " restored; run again when it has its rows"
        )
    else:
        require_that_hidden_rows_rest(coverage, fetch, layout)


def require_that_hidden_rows_rest(coverage: Coverage, fetch: PageFetcher, layout: Layout) -> None:
    """More than a page of rows at the end is hidden: read them twice and compare.

    No answer can show what follows rows that are not sent. The best evidence is that two reads of
    all of them find the same total and nothing readable. Raises CompletenessNotProven.
    """
    totals = [total_of_hidden_rows(coverage, fetch, layout) for _ in range(2)]
    if totals[0] != totals[1] or totals[0] is None:
        raise CompletenessNotProven(
            "more than a page of hidden rows at the end, and they move;"
            " run again when the site is quieter"
        )


def total_of_hidden_rows(coverage: Coverage, fetch: PageFetcher, layout: Layout) -> int | None:
    """Return the total while the hidden rows at the end were read; None if anything moved."""
    start, total = 0, None
    while True:
        page = last_page(fetch, layout, start)
        if page.total is None or (total is not None and page.total != total):
            return None
        total = page.total
        if page.items:
            return total if page.high <= coverage.covered else None
        start += layout.size  # Rows that are not sent can't show an overlap.
        if start >= total:
            return total
