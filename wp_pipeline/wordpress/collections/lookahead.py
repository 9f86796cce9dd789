"""Requests the windows of a collection in order, some of them ahead of what is consumed."""

from collections import deque
from collections.abc import Iterator, Sized
from concurrent.futures import Future
from dataclasses import replace

from wp_pipeline.wordpress.collections.fetch import PageFetcher
from wp_pipeline.wordpress.collections.overlap import Coverage
from wp_pipeline.wordpress.collections.page import Page
from wp_pipeline.wordpress.collections.windows import Layout, Window
from wp_pipeline.wordpress.errors import CompletenessNotProven

ROWS_AT_THE_FRONT = 10
MOST_SURVIVORS = 2  # Of the first rows: more show that the beginning did not move.


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
        requested: deque[Future[Page]] = deque()
        try:
            while True:
                while len(requested) < self._windows and self._may_follow(window, last, requested):
                    window = self.layout.after(window)
                    requested.append(self._fetch.submit(window))
                if not requested:
                    return
                last = requested.popleft().result().in_order()
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
        return window.end <= self._total

    def _shows_its_place(self, page: Page, before: Page) -> bool:
        """Whether a page begins where it was requested; once that is shown, it is relied on."""
        self._place_is_shown = (
            self._place_is_shown or page.continues(before) or self._is_behind_the_front(page)
        )
        return self._place_is_shown

    def _is_behind_the_front(self, page: Page) -> bool:
        """Whether rows that were first, and are still first afterwards, are not in a later page.

        That distinguishes rows that moved from a site that ignores `offset`, which would send them.
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


def drop(requested: deque["Future[Page]"]) -> None:
    for future in requested:
        future.cancel()
    requested.clear()
