"""Which rows of a collection to request, so that each answer overlaps the one before.

    row    0                  99                 198
           |--- window 1 ----|
                             |--- window 2 ----|        begins with the last row of window 1
                                               |--- …

Rows are counted in order of id. Why windows overlap is explained in
docs/decisions/0002-complete-while-the-site-changes.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

MAX_PER_PAGE = 100  # The REST API refuses more: 400 rest_invalid_param.


@dataclass(frozen=True)
class Window:
    """`size` rows from row `start` (from 0) on.

    It is requested by `offset`. Hierarchical taxonomies ignore `offset`; there it is requested by
    `page`, and `start` is a multiple of `size`. A descending window counts from the highest id.
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
        """The query parameters that request it."""
        order = "desc" if self.descending else "asc"
        parameters: dict[str, object] = {"per_page": self.size, "orderby": "id", "order": order}
        if self.start == 0:
            return parameters
        if self.by_page:
            return parameters | {"page": self.start // self.size + 1}
        return parameters | {"offset": self.start}

    @property
    def can_be_halved(self) -> bool:
        return not self.by_page and not self.descending

    @property
    def halves(self) -> tuple["Window", "Window"]:
        """Two windows that together hold the same rows, and overlap by one row.

        Two rows become one and one, without an overlap.
        """
        half = self.size // 2
        overlap = 1 if self.size > 2 else 0
        low = replace(self, size=half + overlap)
        return low, replace(self, start=self.start + half, size=self.size - half)


@dataclass(frozen=True)
class Layout:
    """How windows lie over a collection. `size` is at least 2, since they overlap."""

    size: int = MAX_PER_PAGE
    by_page: bool = False

    def first(self) -> Window:
        return Window(0, self.size, self.by_page)

    def after(self, window: Window) -> Window:
        """Return the window that begins with the last row of this one, or before it."""
        return self.around(window.end - 1)

    def around(self, row: int) -> Window:
        """Return the window that contains this row and reaches furthest beyond it."""
        if not self.by_page:
            return Window(row, self.size)
        pages = (Window(row // size * size, size, True) for size in range(self.size, 1, -1))
        return max(pages, key=lambda window: window.end)


def parameters_for_ids(ids: Sequence[int]) -> dict[str, object]:
    """The query parameters that request items by id, independent of any order."""
    return Window(0, len(ids)).parameters | {"include": ",".join(map(str, ids))}
