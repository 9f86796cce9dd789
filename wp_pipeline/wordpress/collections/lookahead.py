"""Requests the windows of a collection in order, some of them ahead of what is consumed.

The last window is requested in descending order. It holds the same rows, and proves that none
follows them.
"""

from collections import deque
from collections.abc import Iterator, Sized
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace

from wp_pipeline.wordpress.collections.fetch import PageFetcher
from wp_pipeline.wordpress.collections.narrowing import FAILURES
from wp_pipeline.wordpress.collections.overlap import Coverage
from wp_pipeline.wordpress.collections.page import Page
from wp_pipeline.wordpress.collections.windows import Layout, Window
from wp_pipeline.wordpress.errors import CompletenessNotProven, UnexpectedStatus

ROWS_AT_THE_FRONT = 10
MOST_SURVIVORS = 2  # If more of the first rows are still first, the beginning did not move.


class Lookahead:
    """The pages behind `first`. `layout` changes where a site turns out to ignore `offset`."""

    def __init__(
        self, first: Page, fetch: PageFetcher, layout: Layout, coverage: Coverage, windows: int
    ) -> None:
        self.layout = layout
        self._first = first
        self._fetch = fetch
        self._coverage = coverage
        self._windows = windows
        self._total = first.total
        self._place_is_shown = False  # Whether the site begins a window where it is requested.

    @property
    def total_was_told(self) -> bool:
        return self._total is not None or self._first.total is not None

    def pages(self) -> Iterator[Page]:
        """Yield the pages in order. Raises CompletenessNotProven, or another SiteError."""
        last = before = self._first
        window = self._first.window
        requested: deque[Requested] = deque()
        try:
            while True:
                while len(requested) < self._windows and self._may_follow(window, last, requested):
                    window = self.layout.after(window)
                    requested.append(self._request(window))
                if not requested:
                    return
                last = self._arrived(requested.popleft())
                self._total = last.total
                if last.items and not self._shows_its_place(last, before):
                    drop(requested)
                    self._use_page_numbers()
                    last, window = self._first, self._first.window
                    continue
                before = last if last.items else before
                yield last
        finally:
            drop(requested)

    def _may_follow(self, window: Window, last: Page, requested: Sized) -> bool:
        """Whether rows may follow this window: a known end is never passed."""
        if self._total is None:
            is_full = len(last.items) >= last.window.size
            return not requested and is_full and self._coverage.is_advancing
        return window.end < self._total or (self.layout.by_page and window.end == self._total)

    def _request(self, window: Window) -> "Requested":
        """Start to read a window; the last one in descending order if possible."""
        end = self._from_the_end(window)
        return Requested(window, end is not None, self._fetch.submit(end or window))

    def _from_the_end(self, window: Window) -> Window | None:
        """Return the window of the last rows, if this one holds them."""
        if self.layout.by_page or self._total is None or window.end < self._total:
            return None
        size = self._total - window.start
        # A single row can't overlap; a page that is too heavy can only be halved from the front.
        if not 1 < size <= self._fetch.narrowing.largest_size:
            return None
        return Window(0, size, descending=True)

    def _arrived(self, requested: "Requested") -> Page:
        """Return what was requested. Raises CompletenessNotProven, or another SiteError.

        If the site ignores the descending order, or fails, the window is requested in ascending
        order. The site applied the order if the page holds rows behind those that were read.
        """
        if not requested.is_the_end:
            return requested.page.result().in_order()
        with suppress(UnexpectedStatus, *FAILURES):
            page = requested.page.result().from_the_end()
            if page.items.ascend and page.high > self._coverage.covered:
                return page
        return self._fetch.page(requested.window).in_order()

    def _shows_its_place(self, page: Page, before: Page) -> bool:
        """Whether it is shown that pages begin where they are requested: by this page or before."""
        self._place_is_shown = (
            self._place_is_shown
            or page.window.descending
            or page.continues(before)
            or self._is_behind_the_front(page)
        )
        return self._place_is_shown

    def _is_behind_the_front(self, page: Page) -> bool:
        """Whether the first rows of the collection, read once more now, are not in a later page.

        If the site ignores `offset`, that page holds them. If rows only moved, it does not.
        """
        if self.layout.by_page:
            return False
        window = Window(0, min(ROWS_AT_THE_FRONT, self.layout.size))
        front = self._fetch.page(window).in_order()
        still_first = set(front.items.known_ids) & set(self._first.items.known_ids)
        return len(still_first) > MOST_SURVIVORS and still_first.isdisjoint(page.items.known_ids)

    def _use_page_numbers(self) -> None:
        """Go on with `page`: hierarchical taxonomies ignore `offset`."""
        if self.layout.by_page:
            raise CompletenessNotProven(
                "the pages do not follow each other: the site or a cache in front of it ignores"
                " `page`; exclude /wp-json/ from the cache"
            )
        self.layout = replace(self.layout, by_page=True)


@dataclass(frozen=True)
class Requested:
    """A window under way; its last rows, in descending order, if it is the end."""

    window: Window
    is_the_end: bool
    page: Future[Page]


def drop(requested: deque[Requested]) -> None:
    for one in requested:
        one.page.cancel()
    requested.clear()
