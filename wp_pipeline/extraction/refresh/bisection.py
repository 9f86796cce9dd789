"""Finds where rows were added or removed among a collection's older items, in a few requests.

    stored      item   4   9  12  17  23  31  40  58      the row where each was
    the site    row    0   1   2   3   4   5   6   7      row 4 is now item 31: one before is gone
                                                          row 2 is still item 12: none before is

A row in the middle tells in which half rows were added or removed. That half is halved again, until
one page holds the rest, which is read whole. If a half gained as many rows as it lost, the change
is not found.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wp_pipeline.wordpress.answers.items import Items
from wp_pipeline.wordpress.collections.windows import MAX_PER_PAGE
from wp_pipeline.wordpress.endpoints.endpoint import Endpoint
from wp_pipeline.wordpress.places import Places
from wp_pipeline.wordpress.site.site import Site

MOST_REQUESTS = 24  # With more, reading all outlines costs about the same.
FEW = 3  # rows; the item in the middle may be the removed one


class NotFound(Exception):
    """A few requests do not show where rows were added or removed."""


@dataclass(frozen=True)
class Mark:
    """A stored item, by its index; the row where it was, and the row where it is."""

    index: int
    before: int
    now: int

    @property
    def shift(self) -> int:
        return self.now - self.before


@dataclass(frozen=True)
class Part:
    """All readable items of the site between two stored items that are still there."""

    low: int
    high: int
    items: Items


BEGINNING = Mark(-1, -1, -1)  # Before the first item.


class Bisection:
    """Compares the places of stored items with the site. `ids` are theirs, in order."""

    def __init__(self, endpoint: Endpoint, site: Site, ids: Sequence[int], places: Places) -> None:
        self._endpoint = endpoint
        self._ids_only = Endpoint(
            endpoint.name, endpoint.address.with_parameters({"_fields": "id"})
        )
        self._site = site
        self._ids = ids
        self._places = places
        self._requests = 0

    def parts(self, end: int, missing: int) -> Iterator[Part]:
        """Yield the parts below the id `end` in which rows were added or removed.

        They have `missing` more rows in all than the stored ones.

        Raises NotFound, or a SiteError.
        """
        behind = bisect_left(self._ids, end)
        last = self._mark(BEGINNING, reversed(range(behind)), behind)
        for low, high in self._narrowed(BEGINNING, last):
            yield self._read(low, self._ids[high.index], high.now + 1)
        if last.shift != missing:
            yield self._read(last, end, last.now + MAX_PER_PAGE)

    def _narrowed(self, low: Mark, high: Mark) -> Iterator[tuple[Mark, Mark]]:
        if low.shift == high.shift:
            return
        if high.now <= low.now:
            raise NotFound  # Rows moved meanwhile.
        if high.now - low.now < MAX_PER_PAGE:
            yield low, high
            return
        middle = self._mark(low, around_the_middle(low.index, high.index), high.index)
        yield from self._narrowed(low, middle)
        yield from self._narrowed(middle, high)

    def _mark(self, low: Mark, indexes: Iterator[int], end: int) -> Mark:
        """Ask where one of these items is now: the first with a known row, or its neighbour."""
        for index in indexes:
            before = self._row(index)
            if before is None:
                continue
            start = max(0, before + low.shift)
            found = self._ask(self._ids_only, start, FEW).ids
            if len(found) == FEW:
                for offset, item_id in enumerate(found):
                    stood = self._index(item_id or 0)
                    row = self._row(stood) if stood is not None else None
                    if stood is not None and row is not None and low.index < stood < end:
                        return Mark(stood, row, start + offset)
        raise NotFound

    def _read(self, low: Mark, high: int, end: int) -> Part:
        """Read the rows from a mark to the one before row `end`, among them the item `high`."""
        start = max(0, low.now)
        items = self._ask(self._endpoint, start, end - start)
        is_from_low = low is BEGINNING or self._ids[low.index] in items.ids
        if not is_from_low or high not in items.ids:
            raise NotFound  # Rows moved meanwhile.
        return Part(-1 if low is BEGINNING else self._ids[low.index], high, items)

    def _ask(self, endpoint: Endpoint, start: int, size: int) -> Items:
        self._requests += 1
        if self._requests > MOST_REQUESTS:
            raise NotFound
        return self._site.rows(endpoint, start, size)

    def _index(self, item_id: int) -> int | None:
        """Return the index of a stored item; None for one that is not stored."""
        index = bisect_left(self._ids, item_id)
        return index if index < len(self._ids) and self._ids[index] == item_id else None

    def _row(self, index: int) -> int | None:
        """Return the row where a stored item was; None if that is not known."""
        hidden = self._places.hidden_before(self._ids[index])
        return None if hidden is None else index + hidden


def around_the_middle(low: int, high: int) -> Iterator[int]:
    """Yield the numbers between two others, those in the middle first."""
    middle = (low + high) // 2
    for distance in range(high - low):
        for number in {middle - distance, middle + distance}:
            if low < number < high:
                yield number
