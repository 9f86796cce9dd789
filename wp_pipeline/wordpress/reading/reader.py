"""Reads an endpoint: decides what kind of answer it gives, and returns all of it, verified.

The kinds, and their endpoints:

    sorted by id     WordPress's and WooCommerce's own routes, and others that send X-WP-Total
    by number        routes that can't be sorted by id, or whose answer says that more pages follow
    single answer    all others

A route that matches no line of `endpoints/shapes.py` is requested as it is, since a plugin may
refuse parameters that it does not know.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from wp_pipeline.wordpress.answers.items import LARGE, MOST_ROWS_OF_A_PAGE, Items
from wp_pipeline.wordpress.answers.json_text import first_byte, not_an_array, without_bom
from wp_pipeline.wordpress.answers.signs import Signs, signs_in_headers
from wp_pipeline.wordpress.answers.single_answer import (
    ErrorInsteadOfData,
    SingleAnswer,
    single_answer,
)
from wp_pipeline.wordpress.collections.counted import NumberedPage, read_by_number
from wp_pipeline.wordpress.collections.end import ignores_order
from wp_pipeline.wordpress.collections.fetch import TRIES_OF_A_HEAVY_PAGE, PageFetcher
from wp_pipeline.wordpress.collections.full_read import read_collection
from wp_pipeline.wordpress.collections.narrowing import FAILURES
from wp_pipeline.wordpress.collections.page import (
    Page,
    adapted_to_cap,
    are_hierarchical_terms,
    not_in_order,
    page_from,
    pages_in,
)
from wp_pipeline.wordpress.collections.windows import MAX_PER_PAGE, Layout
from wp_pipeline.wordpress.completeness import COUNTED
from wp_pipeline.wordpress.endpoints.endpoint import Endpoint
from wp_pipeline.wordpress.endpoints.shapes import Shape, must_be_a_list, shape_of
from wp_pipeline.wordpress.errors import (
    AccessDenied,
    CompletenessNotProven,
    RouteNotFound,
    UnexpectedStatus,
)
from wp_pipeline.wordpress.http.cancellation import Cancellation
from wp_pipeline.wordpress.http.client import Answer
from wp_pipeline.wordpress.http.failures.error_answers import repeats_address
from wp_pipeline.wordpress.http.retries import RetryingClient
from wp_pipeline.wordpress.reading.arrival import (
    require_that_no_numbered_page_follows,
    require_that_no_page_follows,
    require_that_the_query_arrived,
)
from wp_pipeline.wordpress.reading.collection import Collection
from wp_pipeline.wordpress.reading.numbered import ShapedPages

TOTAL = "X-WP-Total"
SMALLER_PAGES = (50, 20, 10, 5, 2, 1)
SMALLEST_WINDOW = 2  # Windows overlap.
WINDOWS_AHEAD = 2  # For each concurrent request: one is under way, one is waiting.


def read_endpoint(
    endpoint: Endpoint,
    client: RetryingClient,
    pool: ThreadPoolExecutor,
    cancellation: Cancellation,
) -> SingleAnswer | Collection:
    """Send the first request, and decide by its answer how to read on. Raises a SiteError."""
    fetch = PageFetcher(endpoint, client, pool, cancellation)
    reader = Reader(endpoint, fetch, WINDOWS_AHEAD * client.concurrency)
    try:
        return reader.read()
    except ErrorInsteadOfData as refusal:
        if repeats_address(refusal.code, endpoint.address):
            raise ErrorInsteadOfData from None
        raise


class Reader:
    """The decisions about one endpoint."""

    def __init__(self, endpoint: Endpoint, fetch: PageFetcher, pages_ahead: int) -> None:
        self._address = endpoint.address
        self._shape = shape_of(endpoint.address)
        self._fetch = fetch
        self._pages_ahead = pages_ahead

    def read(self) -> SingleAnswer | Collection:
        if self._shape.is_sorted_by_id:
            return self._sorted()
        if self._shape.size:
            return self._by_number()
        answer = self._fetch.answer_as_written()
        return self._sorted() if TOTAL in answer.headers else self._whole(answer)

    def _sorted(self) -> SingleAnswer | Collection:
        """Read a collection in order of id, if it turns out to be one."""
        layout, is_sorted = Layout(), True
        while True:
            try:
                answer = self._fetch.answer(parameters_of(layout, is_sorted), TRIES_OF_A_HEAVY_PAGE)
                if not self._is_a_page(answer):
                    return self._whole(answer)
                first = page_from(answer, layout.first())
                pages = pages_in(answer.headers)
            except UnexpectedStatus as refusal:
                layout, is_sorted = without_refused(layout, is_sorted, refusal)
                continue
            except FAILURES as failure:
                first = self._fetch.narrowed(layout.first(), failure)
                layout = Layout(min(layout.size, self._fetch.narrowing.largest_size))
                pages = None
            self._fetch.notice_paging()
            return self._collection(first, layout, pages, is_sorted)

    def _collection(
        self, first: Page, layout: Layout, pages: int | None, is_sorted: bool
    ) -> Collection:
        if sends_one_by_one(first, pages):
            return self._counted(first, Layout(1))
        if layout.size >= SMALLEST_WINDOW:
            told = first
            first, layout = adapted_to_cap(told, pages)
            may_ignore = (first.total, first.window) != (told.total, told.window)
            if is_sorted and first.items.ascend and may_ignore and ignores_order(told, self._fetch):
                return self._counted(told, layout)
        found = Collection(iter([first.items]), total=first.total)
        if first.items.ascend and first.reaches_the_end and first.has_all_rows:
            return found
        if layout.size < SMALLEST_WINDOW or not is_sorted or not first.items.ascend:
            return self._counted(first, layout)
        layout = replace(layout, by_page=are_hierarchical_terms(first.items))
        ahead = self._pages_ahead
        return replace(
            found, batches=read_collection(first, self._fetch, layout, ahead, found.places)
        )

    def _counted(self, first: Page, layout: Layout) -> Collection:
        """Read by number, if the site does not sort by id or sends one row a page."""
        pages = ShapedPages(self._fetch, by_page_of(self._shape), self._pages_ahead, layout.size)
        if first.has_all_rows:
            signs = Signs(first.total)
            whole = NumberedPage(first.items, pages.identities(first.items), signs)
            return Collection(read_by_number(pages, whole), COUNTED, first.total)
        if None in first.items.ids and self._shape.is_sorted_by_id:
            raise not_in_order(first.items)
        return Collection(read_by_number(pages), COUNTED, first.total)

    def _by_number(self) -> SingleAnswer | Collection:
        """Read a route that is known not to be sorted by id."""
        self._fetch.notice_paging()
        pages = ShapedPages(self._fetch, self._shape, self._pages_ahead)
        answer, found = pages.first_answer(self._verified)
        total = found.signs.total
        if found.signs.more_than(found.rows) or (total is not None and found.rows >= pages.size):
            batches = read_by_number(pages, pages.parse(answer))
            return Collection(batches, COUNTED, total)
        if total is None and found.is_list:
            require_that_no_numbered_page_follows(pages.parse(answer), pages)
        return found

    def _whole(self, answer: Answer) -> SingleAnswer | Collection:
        """Return an answer that is complete by itself, or read the pages that follow it."""
        found = self._verified(answer)
        if found.signs.more_than(found.rows):
            return self._with_pages_after(found, answer)
        if self._shape.is_sorted_by_id:
            require_that_the_query_arrived(found, self._fetch)
            require_that_no_page_follows(found, self._fetch)
        return found

    def _verified(self, answer: Answer) -> SingleAnswer:
        found = single_answer(answer.body)
        if must_be_a_list(self._address) and not found.is_list:
            raise not_an_array(found.body)
        return replace(found, signs=found.signs | signs_in_headers(answer.headers))

    def _with_pages_after(self, found: SingleAnswer, answer: Answer) -> Collection:
        """Read all pages, after the first answer said that more follow. Raises a SiteError."""
        total = found.signs.total
        if not found.is_list or total is None:
            came = f"{found.rows:,} rows" if found.is_list else "an object"
            raise only_a_page(came, "no total and page number are known for it")
        self._fetch.notice_paging()
        pages = ShapedPages(self._fetch, self._shape, self._pages_ahead)
        first = None if self._fetch.has_paging else pages.parse(answer)
        came = f"{found.rows:,} of {total:,}"
        return Collection(unless_refused(read_by_number(pages, first), came), COUNTED, total)

    def _is_a_page(self, answer: Answer) -> bool:
        """Whether an answer has X-WP-Total, or looks like a page whose header a cache dropped."""
        if TOTAL in answer.headers:
            return len(answer.body) < LARGE or self._verified(answer).rows <= MOST_ROWS_OF_A_PAGE
        if first_byte(without_bom(answer.body)) != b"[":
            return False
        found = self._verified(answer)
        is_short = 0 < found.rows <= MAX_PER_PAGE
        return is_short and page_from(answer, Layout().first()).items.ascend


def parameters_of(layout: Layout, is_sorted: bool) -> dict[str, object]:
    return layout.first().parameters if is_sorted else {"per_page": layout.size}


def without_refused(
    layout: Layout, is_sorted: bool, refusal: UnexpectedStatus
) -> tuple[Layout, bool]:
    """Return what to request instead. Raises the refusal if nothing is left to drop."""
    if "per_page" in refusal.refused_parameters:
        smaller = [size for size in SMALLER_PAGES if size < layout.size]
        if not smaller:
            raise refusal
        return Layout(smaller[0]), is_sorted
    if is_sorted and refusal.refused_parameters & {"orderby", "order"}:
        return layout, False
    raise refusal


def sends_one_by_one(first: Page, pages: int | None) -> bool:
    """Whether a site sends one row a page, although more were requested."""
    return len(first.items) == 1 and (pages or 0) > 1 and pages == first.total


def by_page_of(shape: Shape) -> Shape:
    return shape if shape.size else replace(shape, size="per_page")


def unless_refused(batches: Iterator[Items], came: str) -> Iterator[Items]:
    """Yield the batches. Raises CompletenessNotProven if the site refuses the next page."""
    try:
        yield from batches
    except (AccessDenied, RouteNotFound, UnexpectedStatus) as refusal:
        reason = f"the site refuses `page` for the next one ({refusal.found})"
        raise only_a_page(came, reason) from None


def only_a_page(came: str, reason: str) -> CompletenessNotProven:
    return CompletenessNotProven(
        f"only a page of the rows came: {came}, and {reason}; add a parameter to the endpoint's URL"
        " that sends all rows at once"
    )
