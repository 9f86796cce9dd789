"""Replaces the newest items of a collection that mostly grows, such as comments.

A probe is a gapless run of the newest items. Older items are kept if the counts agree: one added
and one removed older item cancel out until the next outline. If the counts don't agree,
`bisection.py` finds the pages in which older items were added or removed.
"""

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

from wp_pipeline.extraction.refresh.base import BaseObject, RefreshNotPossible
from wp_pipeline.extraction.refresh.bisection import Bisection, NotFound, Part
from wp_pipeline.extraction.refresh.comments import of_posts, parents_of, relatives
from wp_pipeline.extraction.refresh.diff import MergePlan, differs, fetch, write_merged
from wp_pipeline.extraction.refresh.state import COUNTS, State
from wp_pipeline.extraction.storing.payload import Payload
from wp_pipeline.wordpress.answers.items import Items
from wp_pipeline.wordpress.collections.spool import Spool
from wp_pipeline.wordpress.endpoints.endpoint import Endpoint
from wp_pipeline.wordpress.errors import (
    AccessDenied,
    CompletenessNotProven,
    MalformedAnswer,
    UnexpectedStatus,
)
from wp_pipeline.wordpress.places import Places
from wp_pipeline.wordpress.reading.collection import Collection as ReadCollection
from wp_pipeline.wordpress.reading.probe import Probe, total_of
from wp_pipeline.wordpress.site.site import Site

# What WordPress says of a private post, and of one in the trash, instead of its comments.
# https://developer.wordpress.org/reference/classes/wp_rest_comments_controller/get_items_permissions_check/
UNREADABLE_POST = "rest_cannot_read_post"
NOT_SENT = (CompletenessNotProven, MalformedAnswer, UnexpectedStatus)
MOST_MOVED = 1  # With several moved posts, the counts can't be attributed.


@dataclass
class Merging:
    """The ids of a stored collection, and those of the collection as it is now.

    `older` are the ids below the `newest` items. `read_anew` are those that were read already, each
    with the id of its parent.
    """

    stored: list[int]
    older: set[int]
    newest: dict[int, bytes]
    read_anew: dict[int, int] = field(default_factory=dict)

    @property
    def end(self) -> int:
        """The lowest id of the newest items."""
        return min(self.newest)

    @property
    def removed(self) -> set[int]:
        return set(self.stored) - self.older - set(self.newest)

    @property
    def more_rows(self) -> int:
        return len(self.older) + len(self.newest) - len(self.stored)

    def replace(self, before: Iterable[int], now: Mapping[int, int]) -> None:
        """Replace items by those that were read instead of them, each with its parent."""
        end = self.end
        self.read_anew.update(now)
        self.older.difference_update(before)
        self.older.update(item_id for item_id in now if item_id < end)

    def put(self, part: Part) -> None:
        """Replace all items of a part by those that the site has there now."""
        inside = range(part.low + 1, part.high)
        before = [item_id for item_id in self.older if item_id in inside]
        now = {one: parent for one, parent in parents_of(part.items).items() if one in inside}
        self.replace(before, now)

    @property
    def added(self) -> set[int]:
        return self.older.union(self.newest).difference(self.stored)


@dataclass(frozen=True)
class TopUp:
    """Brings a stored collection up to date by what a probe found, and by what explains the counts.

    `state` was kept with the stored object. `moved` are posts that were added, removed or hidden;
    their comments are read again.
    """

    endpoint: Endpoint
    site: Site
    base: BaseObject
    state: State
    moved: Collection[int]

    def write(self, found: Probe, payload: Payload) -> State | None:
        """Write the stored items with the newest ones into a payload, if the counts add up.

        Returns the state to keep with it. Returns None, and writes nothing, if the counts show a
        change of older items that was not found, or the site does not send what would show it.
        Raises RefreshNotPossible, or a SiteError.
        """
        before = total_of(self.state.probe)
        newest = {item_id: bytes(raw) for item_id, raw in found.newest if item_id is not None}
        if not newest or not found.fields or found.total is None or before is None:
            return None
        if len(self.moved) > MOST_MOVED or (self.moved and self._is_of_chosen_posts):
            return None
        stored = [item_id for item_id, _ in self.base.items()]
        lowest = min(newest)
        merging = Merging(stored, {item_id for item_id in stored if item_id < lowest}, newest)
        with Spool() as fetched, suppress(*NOT_SENT):
            hidden = self._read_comments_of_moved(merging, fetched)
            missing = found.total - before - merging.more_rows
            if missing not in (0, hidden) and not self.moved:
                missing -= self._read_parts(merging, missing, fetched)
            if not merging.older or missing not in (0, hidden):
                return None
            has_newest = self._write(merging, found, fetched, payload)
            text = found.text if has_newest else found.total_text
            places = "" if missing else self.state.places  # Other rows are hidden than before.
            return replace(self.state, probe=text, verified=COUNTS, places=places)
        return None

    @property
    def _is_of_chosen_posts(self) -> bool:
        """Whether the endpoint's URL says of which posts its comments are."""
        return any(name.partition("[")[0] == "post" for name, _ in self.endpoint.address.parameters)

    def _read_comments_of_moved(self, merging: Merging, fetched: Spool) -> int:
        """Return how many of them are hidden now; the site may still count those."""
        stored = of_posts(self.moved, self.base)
        now = comments_of(self.endpoint, self.site, self.moved, fetched)
        merging.replace(stored, now)
        return len(stored) - len(now)

    def _read_parts(self, merging: Merging, missing: int, fetched: Spool) -> int:
        """Read the parts where older items changed; return how many more there are now."""
        before = merging.more_rows
        places = Places.of(self.state.places)
        bisection = Bisection(self.endpoint, self.site, merging.stored, places)
        try:
            for part in bisection.parts(merging.end, missing):
                merging.put(part)
                keep(part.items, fetched)
        except (NotFound, CompletenessNotProven):
            return 0
        return merging.more_rows - before

    def _write(self, merging: Merging, found: Probe, fetched: Spool, payload: Payload) -> bool:
        """Return whether what was requested is as the probe shows it; a cache may send older."""
        payload.total = found.total
        plan = MergePlan([*sorted(merging.older), *sorted(merging.newest)])
        end = merging.end
        known = {item_id: bytes(raw) for item_id, raw in self.base.items() if item_id >= end}
        changed = {
            item_id: raw
            for item_id, raw in merging.newest.items()
            if item_id not in merging.read_anew
            and (item_id not in known or differs(known[item_id], raw, found.fields))
        }
        parents = parents_of(found.newest) | merging.read_anew
        parents_of_added = {parents[item_id] for item_id in merging.added}
        related = relatives(parents_of_added, merging.removed, self.base)
        plan.wanted = changed.keys() | related.difference(merging.read_anew)
        fetch(plan, self.endpoint, self.site, fetched)
        plan.wanted.update(merging.read_anew)
        write_merged(plan, self.base, fetched, payload)
        return not any(
            differs(fetched.raw(one) or b"{}", raw, found.fields) for one, raw in changed.items()
        )


def comments_of(
    endpoint: Endpoint, site: Site, posts: Collection[int], fetched: Spool
) -> dict[int, int]:
    """Read the comments of these posts; return the parent of each by its id.

    A post that this reader can't read has no comments for it. Raises RefreshNotPossible if they are
    refused for any other reason, or a SiteError.
    """
    found: dict[int, int] = {}
    for post in posts:
        address = endpoint.address.with_parameters({"post": post})
        try:
            reading = site.read(Endpoint(endpoint.name, address))
        except (AccessDenied, UnexpectedStatus) as refusal:
            if refusal.code != UNREADABLE_POST:  # A firewall, for example: nothing is known.
                raise RefreshNotPossible("the comments of a post can't be read") from None
            continue
        if not isinstance(reading, ReadCollection):
            raise RefreshNotPossible("the comments of a post are no collection")
        for items in reading.batches:
            keep(items, fetched)
            found |= parents_of(items)
    return found


def keep(items: Items, fetched: Spool) -> None:
    fetched.add(items, [b"%d" % (item_id or 0) for item_id in items.ids])
