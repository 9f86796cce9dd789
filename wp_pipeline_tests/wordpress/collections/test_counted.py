"""Reading by number while rows come, go and move: verified by counting, or refused.

Counting is no proof: a row is lost without a trace where another one comes in its place. The
statistics (`--hypothesis-show-statistics`) tell how often: 4 of 1,000 reads with up to 2 changes
before each request.
"""

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import Future

import hypothesis.strategies as st
from hypothesis import HealthCheck, event, given, settings

from wp_pipeline.wordpress.answers.items import Items, items_of
from wp_pipeline.wordpress.answers.signs import Signs
from wp_pipeline.wordpress.collections.counted import NumberedPage, read_by_number
from wp_pipeline.wordpress.errors import CompletenessNotProven
from wp_pipeline.wordpress.reading.numbered import identities
from wp_pipeline_tests.support.random_cases import few_and_many

SIZE = 5
CHANGES = ("insert", "delete", "move")
change = st.tuples(st.sampled_from(CHANGES), st.floats(0, 1, exclude_max=True))
# The changes before each request.
interleavings = st.lists(st.lists(change, max_size=2), max_size=30)


class ChangingTable:
    """Rows in an order of their own, in pages, that change before each request."""

    def __init__(self, count: int, interleaving: Sequence[Sequence[tuple[str, float]]]) -> None:
        self.pages_ahead = 1
        self.size = SIZE
        self.rows = list(range(1, count + 1))
        self.stayed = set(self.rows)
        self.existed = set(self.rows)
        self._next = count + 1
        self._turns: Iterator[Sequence[tuple[str, float]]] = iter(interleaving)

    def change(self, kind: str, place: float) -> None:
        at = int(place * len(self.rows))
        if kind == "insert":
            self.rows.insert(at, self._next)
            self.existed.add(self._next)
            self._next += 1
        elif self.rows and kind == "delete":
            self.stayed.discard(self.rows.pop(at))
        elif self.rows and kind == "move":
            self.rows.append(self.rows.pop(at))

    def submit(self, number: int) -> "Future[NumberedPage]":
        for kind, place in next(self._turns, ()):
            self.change(kind, place)
        found = self.rows[(number - 1) * SIZE : number * SIZE]
        items = items_of(b"[%b]" % b",".join(b'{"id":%d}' % one for one in found))
        page: Future[NumberedPage] = Future()
        page.set_result(NumberedPage(items, identities(items, ("id",)), Signs(len(self.rows))))
        return page

    def make_smaller(self) -> bool:
        return False


def ids_in(batches: Iterator[Items]) -> list[int]:
    return [item_id for batch in batches for item_id in batch.known_ids]


@few_and_many(150, 1_000)
def test_a_changing_collection_has_as_many_rows_as_the_site_counts_or_is_refused(
    cases: int,
) -> None:
    @settings(max_examples=cases, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.integers(0, 40), interleavings)
    def holds(count: int, interleaving: Sequence[Sequence[tuple[str, float]]]) -> None:
        table = ChangingTable(count, interleaving)
        try:
            ids = ids_in(read_by_number(table))
        except CompletenessNotProven as refusal:
            event("refused: " + re.sub(r"\d+", "n", str(refusal).partition(",")[0]))
            return

        assert ids == sorted(set(ids))
        assert set(ids) <= table.existed
        lost = len(table.stayed - set(ids))
        event(f"read, rows lost that stayed: {min(lost, 3)}")

    holds()


@given(st.integers(0, 40))
def test_rows_that_do_not_change_are_all_read(count: int) -> None:
    assert ids_in(read_by_number(ChangingTable(count, []))) == list(range(1, count + 1))
