"""Requests the pages of an API by number, with the parameters in its `Shape`."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from wp_pipeline.wordpress.answers.items import Items, items_of
from wp_pipeline.wordpress.answers.json_text import not_an_array
from wp_pipeline.wordpress.answers.members import members_of
from wp_pipeline.wordpress.answers.signs import signs_in_headers
from wp_pipeline.wordpress.answers.single_answer import single_answer
from wp_pipeline.wordpress.collections.counted import NumberedPage
from wp_pipeline.wordpress.collections.fetch import TRIES_OF_A_HEAVY_PAGE, PageFetcher
from wp_pipeline.wordpress.endpoints.shapes import Shape
from wp_pipeline.wordpress.errors import MalformedAnswer, SiteUnavailable, UnexpectedStatus
from wp_pipeline.wordpress.http.client import Answer

Found = TypeVar("Found")


class ShapedPages:
    """The pages of one endpoint, by number. `pages_ahead` are requested at once."""

    def __init__(self, fetch: PageFetcher, shape: Shape, pages_ahead: int, size: int = 0) -> None:
        self.pages_ahead = pages_ahead
        self._fetch = fetch
        self._shape = shape
        self.size = size or shape.most

    def submit(self, number: int) -> "Future[NumberedPage]":
        parameters = self._shape.parameters(number, self.size)
        return self._fetch.in_background(parameters, self.parse)

    def first_answer(self, verify: Callable[[Answer], Found]) -> tuple[Answer, Found]:
        """Return the first page, as large as the site can send it, and the result of `verify`.

        Raises a SiteError.
        """
        while True:
            try:
                answer = self._first(self.size)
                return answer, verify(answer)
            except UnexpectedStatus as refusal:
                if self._shape.size not in refusal.refused_parameters or not self.make_smaller():
                    raise
            except (SiteUnavailable, MalformedAnswer) as failure:
                if not failure.smaller_page_may_help:
                    raise
                if isinstance(failure, MalformedAnswer) and self.size > 1:
                    verify(self._first(1))  # Fails too if the answer is a captcha or a login.
                if not self.make_smaller():
                    raise

    def _first(self, size: int) -> Answer:
        return self._fetch.answer(self._shape.parameters(1, size), TRIES_OF_A_HEAVY_PAGE)

    def make_smaller(self) -> bool:
        """Ask for half as many rows a page from now on; return whether that is possible."""
        if not self._shape.size or self.size == 1:
            return False
        self.size //= 2
        return True

    def parse(self, answer: Answer) -> NumberedPage:
        """Parse a page. Raises MalformedAnswer if the answer has no list of rows."""
        found = single_answer(answer.body)
        if not found.is_list:
            raise not_an_array(found.body)
        items = items_of(b"".join(found.chunks()) if found.is_sparse else found.body)
        signs = found.signs | signs_in_headers(answer.headers)
        return NumberedPage(items, self.identities(items), signs)

    def identities(self, items: Items) -> list[bytes]:
        """Return what identifies each row."""
        return identities(items, self._shape.identity)


def identities(items: Items, names: tuple[str, ...]) -> list[bytes]:
    """Return what identifies each row: these members, or the whole row if one is missing."""
    if names == ("id",):
        if None in items.ids:
            return [bytes(raw) for raw in items.raw]
        return [b"%d" % (item_id or 0) for item_id in items.ids]
    found = [members_of(memoryview(raw)) for raw in items.raw] if names else []
    if not names or not all(name in row for row in found for name in names):
        return [bytes(raw) for raw in items.raw]
    return [b" ".join(bytes(row[name]) for name in names) for row in found]
