"""Joins pages without a gap: how far pages cover a collection, and how a gap is closed."""

from array import array
from bisect import bisect_left
from collections.abc import Iterator

from wp_pipeline.wordpress.answers.items import Items
from wp_pipeline.wordpress.collections.fetch import PageFetcher
from wp_pipeline.wordpress.collections.page import Page, not_in_order
from wp_pipeline.wordpress.collections.windows import Layout
from wp_pipeline.wordpress.errors import CompletenessNotProven
from wp_pipeline.wordpress.places import Places

MOST_STEPS_BACK = 12
FARTHER = 4  # If a step back finds no overlap, the next one is four times as far.
MOST_IDS_REQUESTED = 10_000
MOST_SHOWN_MEANWHILE = 2  # Rows of a page that became readable behind those that were read.


class Coverage:
    """How far a collection has been read.

    Every row that stays readable and whose id is at most `covered` has been taken. `row` is the
    row after the last window that contained something. Known places are added to `places`.
    """

    def __init__(self, places: Places | None = None) -> None:
        self.covered = -1
        self.row = 0
        self.is_advancing = True  # Whether the last page brought anything new.
        self._places = places or Places()
        self._taken = array("q")  # The ids, in order.

    def take(self, page: Page) -> Items:
        """Return the items of a page that were not taken before.

        Raises CompletenessNotProven if most of them are covered, but were not sent before: then the
        site does not sort by id, although each page is in order.
        """
        self._note_place(page)
        fresh = self._fresh(page.items)
        covered = page.items.known_ids[: len(page.items) - len(fresh)]
        unknown = sum(not self._is_taken(item_id) for item_id in covered)
        if unknown > max(MOST_SHOWN_MEANWHILE, len(page.items) / 2):
            raise not_in_order(page.items)
        self._taken.extend(fresh.known_ids)
        self.covered = max(self.covered, page.high)
        self.is_advancing = bool(fresh)
        if page.items:
            self.row = page.window.end
        return fresh

    def _note_place(self, page: Page) -> None:
        """Note the row of an item with which the last window ended and this one begins."""
        is_after = page.window.start == self.row - 1 and not page.window.by_page
        if is_after and page.items and page.items.ids[0] == self.covered:
            self._places.add(self.covered, page.window.start - (len(self._taken) - 1))

    def take_up_to(self, covered: int, items: Items) -> Items:
        """Return items that were requested by id: all that exist up to `covered`."""
        self.covered = covered
        self._taken.extend(items.known_ids)
        return items

    def _is_taken(self, item_id: int) -> bool:
        place = bisect_left(self._taken, item_id)
        return place < len(self._taken) and self._taken[place] == item_id

    def _fresh(self, items: Items) -> Items:
        """Drop the items that are covered; ids ascend, so they are the first ones."""
        known = 0
        while known < len(items.ids) and (items.ids[known] or 0) <= self.covered:
            known += 1
        return items.slice(known) if known else items


def close_gap(
    coverage: Coverage, target: int, fetch: PageFetcher, layout: Layout
) -> Iterator[Items]:
    """Yield the items between the covered ones and the id `target`.

    There is a gap if rows moved, or if the rows between two windows are hidden. Windows further
    back are read until one overlaps. A few ids are requested by `include`, which needs no order.
    Raises CompletenessNotProven.
    """
    back = 1
    for _ in range(MOST_STEPS_BACK):
        if target - coverage.covered <= layout.size:
            break
        window = layout.around(max(0, coverage.row - 1 - back))
        page = fetch.page(window).in_order()
        if not page.items or page.low > coverage.covered:
            back *= FARTHER
            continue
        yield coverage.take(page)
        back = 1
    yield from items_by_id(coverage, target, fetch, layout)


def items_by_id(
    coverage: Coverage, target: int, fetch: PageFetcher, layout: Layout
) -> Iterator[Items]:
    """Yield the items between the covered ones and `target` that exist, by `include`."""
    missing = range(coverage.covered + 1, target)
    if len(missing) > MOST_IDS_REQUESTED:
        raise CompletenessNotProven(
            f"rows between ids {coverage.covered} and {target} are hidden, or move faster than"
            " they can be read; run again when the site is quieter"
        )
    for start in range(0, len(missing), layout.size):
        requested = missing[start : start + layout.size]
        yield coverage.take_up_to(requested[-1], fetch.by_ids(requested))
