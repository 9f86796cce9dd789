"""Which rows of a collection to ask for, so that each answer overlaps the one before."""

from dataclasses import dataclass, replace
from math import ceil

from wp_pipeline.wordpress.answers.items import Item

MAX_PER_PAGE = 100  # The REST API refuses more: 400 rest_invalid_param.


@dataclass(frozen=True)
class Window:
    """`size` rows from row `start` (from 0) on, of a collection in order of id.

    Asked for by `offset`, or, where a collection has none (hierarchical taxonomies), by `page`;
    then `start` is a multiple of `size`. A descending window counts from the highest id.
    """

    start: int
    size: int
    by_page: bool = False
    descending: bool = False

    @property
    def end(self) -> int:
        return self.start + self.size

    @property
    def parameters(self) -> dict[str, object]:
        order = "desc" if self.descending else "asc"
        parameters: dict[str, object] = {"per_page": self.size, "orderby": "id", "order": order}
        if self.start == 0:
            return parameters
        if self.by_page:
            return parameters | {"page": self.start // self.size + 1}
        return parameters | {"offset": self.start}

    @property
    def halves(self) -> tuple["Window", "Window"]:
        """Return two windows that hold together what this one does, and overlap by a row.

        Two rows become one and one: what does not overlap is read again by who needs it to.
        """
        half = self.size // 2
        overlap = 1 if self.size > 2 else 0
        low = replace(self, size=half + overlap)
        return low, replace(self, start=self.start + half, size=self.size - half)


@dataclass(frozen=True)
class Layout:
    """How windows are laid over a collection. `size` is 2 or more, since they overlap."""

    size: int = MAX_PER_PAGE
    by_page: bool = False

    def first(self) -> Window:
        return Window(0, self.size, self.by_page)

    def after(self, window: Window) -> Window:
        """Return the window that begins with the last row of this one, or before."""
        return self.around(window.end - 1)

    def around(self, row: int) -> Window:
        """Return the window that holds this row and reaches furthest behind it."""
        if not self.by_page:
            return Window(row, self.size)
        pages = (Window(row // size * size, size, True) for size in range(self.size, 1, -1))
        return max(pages, key=lambda window: window.end)


@dataclass(frozen=True)
class Page:
    """What a site answered to a window: the rows that we may read, ids ascending.

    `total` is what X-WP-Total said then; None where it said nothing or something impossible.
    """

    window: Window
    items: list[Item]
    total: int | None
    has_previous: bool = False  # What the Link header says; WordPress knows it by `page` only.

    @property
    def low(self) -> int:
        """The id from which on everything readable is in the slice; -1 is before any id."""
        is_the_beginning = self.window.start == 0 and not self.window.descending
        return -1 if is_the_beginning else ids(self.items)[0]

    @property
    def high(self) -> int:
        return ids(self.items)[-1] if self.items else -1

    def continues(self, before: "Page") -> bool:
        """Whether the site has shown that it starts this window where it was asked to.

        It has if it names a previous page; or if the first item stands in the slice before, at
        the place that we asked for. Hidden rows leave some room for where that is.
        """
        if self.window.by_page and self.has_previous:
            return True
        if not self.items or self.items[0].id not in ids(before.items)[1:]:
            return False
        row = before.window.start + ids(before.items).index(ids(self.items)[0])
        hidden = before.window.size - len(before.items)
        return row <= self.window.start <= row + hidden

    @property
    def reaches_the_end(self) -> bool:
        """Whether there was no row behind it: the rows and X-WP-Total agree on that.

        A full window is never the end, whatever the total says: totals may lie.
        """
        return (
            not self.window.descending
            and self.total is not None
            and self.window.start + len(self.items) <= self.total < self.window.end
        )


def ids(items: list[Item]) -> list[int]:
    return [item.id for item in items if item.id is not None]


def total_in(text: str | None) -> int | None:
    """Read X-WP-Total; None where it is missing or no count."""
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def as_the_site_pages(piece: Page, pages: int | None) -> tuple[Page, Layout]:
    """Return the slice as what the site made of its window, and the layout that follows from it.

    Some sites cap `per_page` without a word, for all requests or for one. More pages
    (X-WP-TotalPages) than there should be give them away; if it is not said how many there are, a
    page that lacks rows is not believed to be the last.
    """
    size, rows = piece.window.size, len(piece.items)
    if piece.total is None or pages == ceil(piece.total / size):
        return piece, Layout(size)
    if pages is not None and pages > ceil(piece.total / size):
        layout = Layout(max(2, rows, ceil(piece.total / pages)))
        return replace(piece, window=replace(piece.window, size=layout.size)), layout
    is_short = rows < min(size, piece.total - piece.window.start)
    return replace(piece, total=None if is_short else piece.total), Layout(size)
