"""What a site answered to a window."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import ceil

from wp_pipeline.wordpress.answers.items import Items, items_of
from wp_pipeline.wordpress.answers.json_text import first_byte, without_bom
from wp_pipeline.wordpress.answers.members import members_of
from wp_pipeline.wordpress.answers.signs import count_in
from wp_pipeline.wordpress.answers.single_answer import single_answer
from wp_pipeline.wordpress.collections.windows import Layout, Window
from wp_pipeline.wordpress.errors import CompletenessNotProven
from wp_pipeline.wordpress.http.client import Answer


@dataclass(frozen=True)
class Page:
    """The rows of a window that we may read.

    `total` is X-WP-Total; None where it is missing or impossible. `has_previous` is what the Link
    header says; WordPress knows it for `page` only.
    """

    window: Window
    items: Items = field(repr=False)
    total: int | None
    has_previous: bool = False

    @property
    def low(self) -> int:
        """The page has every readable row from this id to `high`; -1 is before any id."""
        is_the_beginning = self.window.start == 0 and not self.window.descending
        return -1 if is_the_beginning else self.items.known_ids[0]

    @property
    def high(self) -> int:
        return self.items.known_ids[-1] if self.items else -1

    def continues(self, before: "Page") -> bool:
        """Whether the site has shown that it begins this window where it was requested.

        It has if it names a previous page, or if the first item was at exactly this row in the page
        before. With hidden rows, the row of an item is unknown. Then nothing is shown: a site that
        ignores `offset` sends its first rows again, and after deletions any of them may be there.
        """
        if self.window.by_page and self.has_previous:
            return True
        known = before.items.known_ids
        if not self.items or self.items.ids[0] not in known[1:]:
            return False
        return before.window.start + known.index(self.items.known_ids[0]) == self.window.start

    @property
    def reaches_the_end(self) -> bool:
        """Whether the rows and X-WP-Total agree that no row follows.

        A full window is never the end, since totals may be wrong. A site that sends more rows than
        requested sends all of them.
        """
        if self.window.descending or self.total is None:
            return False
        if self.window.start == 0 and len(self.items) > self.window.size:
            return len(self.items) == self.total
        return self.window.start + len(self.items) <= self.total < self.window.end

    @property
    def has_all_rows(self) -> bool:
        """Whether as many rows came as the site counts: none is hidden, or left out."""
        return len(self.items) == self.total

    def from_the_end(self) -> "Page":
        """Return a page that was requested in descending order, in ascending order."""
        return replace(self, items=self.items.in_reverse())

    def in_order(self) -> "Page":
        """Return it if its ids ascend. Raises CompletenessNotProven."""
        if self.items.ascend:
            return self
        raise not_in_order(self.items)


def page_from(answer: Answer, window: Window) -> Page:
    """Parse an answer. Raises MalformedAnswer: ErrorInsteadOfData if the answer is an error."""
    body = without_bom(answer.body)
    if first_byte(body) == b"{":
        single_answer(body)
    items = items_of(body)
    total = total_in(answer.headers)
    if total is not None and window.start + len(items) > total:
        total = None  # Less than what was sent: not reliable.
    return Page(window, items, total, 'rel="prev"' in answer.headers.get("Link", ""))


def total_in(headers: Mapping[str, str]) -> int | None:
    return count_in(headers.get("X-WP-Total"))


def pages_in(headers: Mapping[str, str]) -> int | None:
    return count_in(headers.get("X-WP-TotalPages"))


def adapted_to_cap(page: Page, pages: int | None) -> tuple[Page, Layout]:
    """Return the page with the size that the site gave it, and the layout that follows from it.

    Some sites cap `per_page` silently, for all requests or for one. Then there are more pages
    (X-WP-TotalPages) than expected. If the number of pages is unknown, a page with too few rows is
    not taken for the last one.
    """
    size, rows = page.window.size, len(page.items)
    if page.total is None or pages == ceil(page.total / size):
        return page, Layout(size)
    if pages is not None and pages > ceil(page.total / size):
        layout = Layout(max(2, rows, ceil(page.total / pages)))
        return replace(page, window=replace(page.window, size=layout.size)), layout
    is_short = rows < min(size, page.total - page.window.start)
    return replace(page, total=None if is_short else page.total), Layout(size)


def not_in_order(items: Items) -> CompletenessNotProven:
    """Return the error that says why pages of such items can't be joined."""
    if None in items.ids:
        return CompletenessNotProven(
            "more than one page of items without an id; keep id in _fields"
        )
    if len(set(items.ids)) < len(items):
        return CompletenessNotProven(
            "more than one page, and a page has two rows with one id; check the site's plugins"
        )
    return CompletenessNotProven(
        "more than one page, and the site does not sort them by id; check its plugins"
    )


def are_hierarchical_terms(items: Items) -> bool:
    """Whether items are terms of a hierarchical taxonomy: only those have no `offset`."""
    return bool(items) and {"taxonomy", "parent"} <= set(members_of(bytes(items[0].raw)))
