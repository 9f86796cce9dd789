"""The promise: what a visitor could read all the time is in the result exactly once."""

from collections.abc import Sequence

import hypothesis.strategies as st
from hypothesis import HealthCheck, event, given, settings

from sample_site.messages import Request
from sample_site.site import SampleSite
from wp_pipeline.wordpress.errors import CompletenessNotProven
from wp_pipeline_tests.support.collection_read import Reading

# Posts and tags can be read by offset, categories by page only, which shows in their items unless
# they are asked for ids alone; posts answer 400 past the end.
COLLECTIONS = ("posts", "comments", "tags", "categories", "categories?_fields=id")
WRITES = ("publish", "publish_draft", "delete", "delete_many", "hide", "show", "edit")

# What is done before a request: which write, and to which of the items it could be done to.
write = st.tuples(st.sampled_from(WRITES), st.floats(0, 1, exclude_max=True))
interleavings = st.lists(st.lists(write, max_size=3), max_size=40)
hidden_places = st.lists(st.floats(0, 1, exclude_max=True), max_size=30)


class ChangingSite:
    """A site that is written to between any two requests, and knows what stayed readable."""

    def __init__(self, asked: str, count: int, hidden: Sequence[float]) -> None:
        collection = asked.partition("?")[0]
        # Ten a page, so that few items have many borders.
        self.site = SampleSite({collection: count}, max_per_page=10, volatile=False)
        self.asked = asked
        self.collection = collection
        self.drafts = [self.site.draft(collection) for _ in range(3)]
        self.hidden: list[int] = []
        for place in hidden:
            self.write("hide", place)
        self.stayed = set(self.readable)

    @property
    def readable(self) -> list[int]:
        return self.site.readable_ids(self.collection)

    def write(self, kind: str, place: float) -> None:
        """Do something to the site, if there is an item that it can be done to."""
        if kind == "publish":
            self.site.publish(self.collection)
        elif kind == "publish_draft" and self.drafts:
            self.site.publish_draft(self.collection, self.drafts.pop())
        elif kind == "show" and self.hidden:
            self.site.show(self.collection, self.hidden.pop())
        elif self.readable:
            self.write_to(kind, self.readable[int(place * len(self.readable)) :])

    def write_to(self, kind: str, items: Sequence[int]) -> None:
        """Do something to the first of these items, or to many of them."""
        if kind == "delete_many":
            for item in items[:25]:
                self.site.delete(self.collection, item)
        elif kind in ("delete", "edit"):
            getattr(self.site, kind)(self.collection, items[0])
        elif kind == "hide":
            self.hidden.append(items[0])
            self.site.hide(self.collection, items[0])

    def interleaved(self, interleaving: Sequence[Sequence[tuple[str, float]]]) -> Reading:
        turns = iter(interleaving)

        def before_request(request: Request) -> None:
            for kind, place in next(turns, ()):
                self.write(kind, place)
                self.stayed &= set(self.readable)

        return Reading(self.site, self.asked, before_request)


@settings(max_examples=1_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(COLLECTIONS), st.integers(0, 90), hidden_places, interleavings)
def test_whatever_stays_readable_is_read_exactly_once(
    collection: str,
    count: int,
    hidden: Sequence[float],
    interleaving: Sequence[Sequence[tuple[str, float]]],
) -> None:
    changing = ChangingSite(collection, count, hidden)
    try:
        reading = changing.interleaved(interleaving)
    except CompletenessNotProven as refusal:
        event(f"refused: {str(refusal)[:40]}")
        return
    event("read")

    assert reading.ids == sorted(set(reading.ids))
    assert changing.stayed <= set(reading.ids)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(COLLECTIONS), st.integers(0, 120), hidden_places)
def test_a_quiet_site_is_read_whole_whatever_is_hidden(
    collection: str, count: int, hidden: Sequence[float]
) -> None:
    quiet = ChangingSite(collection, count, hidden)

    assert quiet.interleaved([]).ids == quiet.readable
