"""Reads a window that fails as a whole in smaller ones, down to the item that breaks it.

A page of 100 items fails with 500 if PHP runs out of memory or time, or if a plugin fails on one of
them. Halves are requested until they work; if a single row fails, the error names its id.
"""

from collections.abc import Callable

from wp_pipeline.wordpress.answers.items import Items
from wp_pipeline.wordpress.collections.page import Page, page_from
from wp_pipeline.wordpress.collections.windows import MAX_PER_PAGE, Window
from wp_pipeline.wordpress.errors import MalformedAnswer, SiteError, SiteUnavailable
from wp_pipeline.wordpress.http.client import Answer

TRIES_WHILE_NARROWING = 2

Failure = SiteUnavailable | MalformedAnswer
FAILURES = (SiteUnavailable, MalformedAnswer)

# Requests the endpoint with these parameters and this number of tries.
Get = Callable[[dict[str, object], int], Answer]


class Narrowing:
    """Narrows windows of one endpoint; `largest_size` is the largest that is known to work."""

    def __init__(self, get: Get) -> None:
        self._get = get
        self.largest_size = MAX_PER_PAGE
        self._is_first = True  # Whether no window of the endpoint was narrowed yet.

    def page(self, window: Window, failure: Failure) -> Page:
        """Return a window whose request ended in `failure`, from smaller ones.

        Raises the failure itself if smaller windows do not help, or an error that names the item.
        """
        if not failure.smaller_page_may_help or not window.can_be_halved:
            raise failure
        if self._is_first and not self._answers_a_row(window):
            raise failure  # The site is down, or a captcha comes for any size.
        self._is_first = False
        if window.size == 1:
            raise self._named(window, failure)
        if window.size == 2:
            for row in window.halves:
                self._half(row)
            raise failure  # Each row works alone, but single rows can't overlap.
        return self.halves(window)

    def halves(self, window: Window) -> Page:
        """Return a window, read as two overlapping halves. Raises a SiteError."""
        low, high = (self._half(half) for half in window.halves)
        self.largest_size = min(self.largest_size, window.halves[0].size)
        if not (low.items and high.items and high.items.ids[0] == low.items.ids[-1]):
            return low  # Rows moved meanwhile: the rest is read like any row that moved.
        return Page(window, low.items + high.items.slice(1), high.total)

    def _half(self, window: Window) -> Page:
        try:
            return page_from(self._get(window.parameters, TRIES_WHILE_NARROWING), window)
        except FAILURES as failure:
            return self.page(window, failure)

    def _named(self, window: Window, failure: Failure) -> SiteError:
        """Return an error that names the item; the failure itself if the next row fails too."""
        items = self._ids_only(window)
        if items:
            item = f"item {items.ids[0]}"
        elif self._ids_only(Window(window.start + 1, 1)) is not None:
            item = f"row {window.start} in order of id"
        else:
            return failure
        reason = f"{failure.found}: the site fails to render {item}; repair that item"
        return SiteUnavailable(reason, found=failure.found)

    def _answers_a_row(self, window: Window) -> bool:
        """Whether the id of one of the first two rows of a window can be read."""
        rows = (Window(window.start, 1), Window(window.start + 1, 1))
        return any(self._ids_only(row) is not None for row in rows)

    def _ids_only(self, window: Window) -> Items | None:
        """Return the ids in a window, which is cheap; None if that fails too."""
        try:
            return page_from(self._get(window.parameters | {"_fields": "id"}, 1), window).items
        except FAILURES:
            return None
