"""Reads a collection to its end so that nothing that stays is lost or doubled.

Why this is sound is argued in docs/decisions/0002-complete-while-the-site-changes.md. In short:
each answer is a gapless run of the site's rows in order of id, and we go on from one run to the
next only where they overlap; so whatever stays readable all the time is in one of them.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sized
from concurrent.futures import Future
from dataclasses import replace

from wp_pipeline.wordpress.answers.items import Item, ids_ascend
from wp_pipeline.wordpress.answers.single_answer import out_of_order
from wp_pipeline.wordpress.collections.windows import Layout, Page, Window, ids
from wp_pipeline.wordpress.errors import CompletenessNotProven

# Asks the site with these parameters, and files the answer under this window.
Ask = Callable[[dict[str, object], Window], "Future[Page]"]

ROWS_AT_THE_FRONT = 10
MOST_STEPS_BACK = 12
MOST_IDS_ASKED = 10_000


class CollectionReader:
    """Reads one collection, `lookahead` windows ahead of what is taken from it."""

    def __init__(self, ask: Ask, layout: Layout, lookahead: int) -> None:
        self._ask = ask
        self._layout = layout
        self._lookahead = lookahead
        self._covered = -1  # All that stays readable and has no higher id has been given.
        self._position = 0  # The row behind the last window that held something.
        self._total: int | None = None
        self._is_advancing = True  # Whether the last window brought anything new.
        self._place_is_shown = False  # Whether the site starts a window where we ask it to.

    def batches(self, first: Page) -> Iterator[list[Item]]:
        """Yield the items in ascending order of id, each id once; `first` is the first window.

        Raises CompletenessNotProven where the site does not let us show that nothing is missing.
        """
        self._first = first
        yield self._take(first)
        if first.reaches_the_end:
            return
        end = None
        for piece in self._ahead(first):
            if piece.items:
                yield from self._bridge(piece.low)
                yield self._take(piece)
                if piece.reaches_the_end:
                    return
            elif end is None:
                # Hidden rows, or a total that promises rows which do not exist: the end tells.
                end = self._from_the_end()
                if end.items and end.low <= self._covered:
                    yield self._take(end)
                    return
        yield from self._finish(end or self._from_the_end())

    def _ahead(self, first: Page) -> Iterator[Page]:
        """Yield the windows behind the first one, in order, asking for some ahead."""
        last = before = first
        window = first.window
        self._total = first.total
        waiting: deque[Future[Page]] = deque()
        try:
            while True:
                while len(waiting) < self._lookahead and self._may_hold(window, last, waiting):
                    window = self._layout.after(window)
                    waiting.append(self._ask(window.parameters, window))
                if not waiting:
                    return
                last = self._checked(waiting.popleft().result())
                self._total = last.total
                if last.items and not self._shows_its_place(last, before):
                    drop(waiting)
                    self._ask_by_page()
                    last, window = first, first.window
                    continue
                before = last if last.items else before
                yield last
        finally:
            drop(waiting)

    def _may_hold(self, window: Window, last: Page, waiting: Sized) -> bool:
        """Whether there may be rows behind this window: we never ask past a known end."""
        if self._total is None:
            return not waiting and len(last.items) >= last.window.size and self._is_advancing
        return window.end <= self._total

    def _shows_its_place(self, piece: Page, before: Page) -> bool:
        """Whether a window starts where we asked: once that is shown, we may rely on it."""
        self._place_is_shown = (
            self._place_is_shown or piece.continues(before) or self._is_not_the_front(piece)
        )
        return self._place_is_shown

    def _is_not_the_front(self, piece: Page) -> bool:
        """Whether rows that were first, and are so after it, are not in a later window.

        So we tell rows that moved from a site that ignores `offset`: that one would send them.
        """
        if self._layout.by_page:
            return False
        window = Window(0, min(ROWS_AT_THE_FRONT, self._layout.size))
        front = self._checked(self._ask(window.parameters, window).result())
        still_there = set(ids(front.items)) & set(ids(self._first.items))
        return len(still_there) > 2 and still_there.isdisjoint(ids(piece.items))

    def _ask_by_page(self) -> None:
        """Go on with `page`: hierarchical taxonomies know no `offset`, and ignore it."""
        if self._layout.by_page:
            raise CompletenessNotProven(
                "the pages do not follow each other: the site or a cache before it ignores"
                " `page`; let the cache pass /wp-json/ by"
            )
        self._layout = replace(self._layout, by_page=True)

    def _take(self, piece: Page) -> list[Item]:
        fresh = [item for item in piece.items if item.id is None or item.id > self._covered]
        self._covered = max(self._covered, piece.high)
        self._is_advancing = bool(fresh)
        if piece.items:
            self._position = piece.window.end
        return fresh

    def _bridge(self, target: int) -> Iterator[list[Item]]:
        """Yield what there is between what is covered and the id `target`.

        Rows have moved, or those at the border are hidden: step back until the runs overlap. A
        few ids are asked for by name, which does not depend on any order.
        """
        back = 1
        for _ in range(MOST_STEPS_BACK):
            if target - self._covered <= self._layout.size:
                yield from self._ask_by_name(target)
                return
            window = self._layout.around(max(0, self._position - 1 - back))
            piece = self._checked(self._ask(window.parameters, window).result())
            if not piece.items or piece.low > self._covered:
                back *= 4
                continue
            yield self._take(piece)
            back = 1
        yield from self._ask_by_name(target)

    def _ask_by_name(self, target: int) -> Iterator[list[Item]]:
        """Yield those items between what is covered and `target` that exist, by `include`."""
        missing = range(self._covered + 1, target)
        if len(missing) > MOST_IDS_ASKED:
            raise CompletenessNotProven(
                f"rows are hidden, or move faster than they can be read, between ids"
                f" {self._covered} and {target}; run again when the site is quieter"
            )
        for start in range(0, len(missing), self._layout.size):
            asked = missing[start : start + self._layout.size]
            window = Window(0, len(asked))
            parameters = window.parameters | {"include": ",".join(map(str, asked))}
            piece = self._checked(self._ask(parameters, window).result())
            if any(item not in asked for item in ids(piece.items)):
                raise CompletenessNotProven(
                    "the site moves rows and ignores `include`; run again when it is quieter"
                )
            yield [item for item in piece.items if item.id is not None]
            self._covered = asked[-1]

    def _finish(self, end: Page) -> Iterator[list[Item]]:
        """Yield what is left up to the last row, where no window has shown that it held it."""
        if end.items:
            yield from self._bridge(end.low)
            yield self._take(end)
        elif end.total != 0:
            self._require_that_nothing_moves()

    def _from_the_end(self, start: int = 0) -> Page:
        """Return the rows with the highest ids: they show where the end is, whatever totals say."""
        window = Window(start, self._layout.size, descending=True)
        piece = self._ask(window.parameters, window).result()
        never_told = self._total is None and self._first.total is None
        if never_told and ids(piece.items) == ids(self._first.items):
            return piece  # A route without pages or order: it always sends all it has.
        return self._checked(replace(piece, items=piece.items[::-1]))

    def _require_that_nothing_moves(self) -> None:
        """The last rows, more than a page of them, are hidden: look at them twice.

        No answer can show what is behind rows that are not sent. That two looks at all of them
        find the same count and nothing readable is the best there is.
        """
        looks = [self._look_at_hidden_rows() for _ in range(2)]
        if looks[0] != looks[1] or looks[0] is None:
            raise CompletenessNotProven(
                "more than a page of hidden rows at the end, and they move;"
                " run again when the site is quieter"
            )

    def _look_at_hidden_rows(self) -> int | None:
        """Return the total while the hidden rows at the end were looked at, if it held still."""
        start, total = 0, None
        while True:
            end = self._from_the_end(start)
            if end.total is None or (total is not None and end.total != total):
                return None
            total = end.total
            if end.items:
                return total if end.high <= self._covered else None
            start += self._layout.size - 1
            if start >= total:
                return total

    def _checked(self, piece: Page) -> Page:
        """Return it, if its ids ascend. Raises CompletenessNotProven."""
        if ids_ascend(piece.items):
            return piece
        raise out_of_order(piece.items)


def drop(waiting: deque["Future[Page]"]) -> None:
    for future in waiting:
        future.cancel()
    waiting.clear()
