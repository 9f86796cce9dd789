"""Reads the outline of a collection, compares it with the stored items, and merges what differs.

    outline     1 2   4 5 6       as the site is now: every id that stays readable, once
    stored      1 2 3 4 5
    kept        1     4 5         the outline is equal
    asked for     2       6       it differs, or the item is new: the whole item, by `include`
    dropped         3             it was removed

docs/decisions/0012-refresh.md has the argument.
"""

from collections.abc import Collection as Group
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from wp_pipeline.extraction.refresh.base import BaseObject, RefreshNotPossible, TooManyDifferences
from wp_pipeline.extraction.refresh.comments import of_posts, parent_in, relatives
from wp_pipeline.extraction.refresh.moved import follows
from wp_pipeline.extraction.storing.payload import Payload
from wp_pipeline.wordpress.answers.items import Items
from wp_pipeline.wordpress.answers.members import members_of
from wp_pipeline.wordpress.answers.volatile import strip_volatile
from wp_pipeline.wordpress.collections.spool import Spool
from wp_pipeline.wordpress.completeness import PROVEN
from wp_pipeline.wordpress.endpoints.endpoint import Endpoint
from wp_pipeline.wordpress.errors import CompletenessNotProven, MalformedAnswer, UnexpectedStatus
from wp_pipeline.wordpress.reading.collection import Collection
from wp_pipeline.wordpress.reading.outline import Outline, outline_for, value_of
from wp_pipeline.wordpress.reading.probe import Probe
from wp_pipeline.wordpress.site.site import Site

BATCH = 100
FEW = 200  # items: above it, a large share that differs costs more than a full read
LARGEST_SHARE = 0.3

MOVES = ("link", "status", "content")  # Of a post's outline; `content` is whether it is protected.
END = 1 << 63  # Behind every id.


@dataclass
class MergePlan:
    """The ids of the merged object in order, and which of them are asked for in full.

    `moved` are those that were added or removed, or whose address or protection changed: items that
    belong to them, such as comments, may have been added or removed with them. `parents` are those
    of added items, `places` is the text of a `Places`, and `total` is what the site announced.
    `has_newest` says whether the merged object has the newest items as the probe shows them.
    """

    ids: list[int] = field(default_factory=list)
    wanted: set[int] = field(default_factory=set)
    moved: set[int] = field(default_factory=set)
    parents: set[int] = field(default_factory=set)
    places: str = ""
    total: int | None = None
    has_newest: bool = False

    def add(self, item_id: int, before: Any, now: Any) -> None:
        """Add an item of the site, with its stored outline (None if it is new) and that of now."""
        self.ids.append(item_id)
        if before == now:
            return
        self.wanted.add(item_id)
        if before is None:
            self.parents.add(parent_in(now))
        if before is None or any(before.get(name) != now.get(name) for name in MOVES):
            self.moved.add(item_id)

    @property
    def removed(self) -> set[int]:
        return self.moved.difference(self.ids)

    @property
    def is_equal(self) -> bool:
        """Whether nothing was added or removed, and nothing differs."""
        return not self.wanted and not self.moved


def merge_changes(
    endpoint: Endpoint,
    site: Site,
    base: BaseObject,
    found: Probe | None,
    payload: Payload,
    moved: Group[int] = (),
    more_fields: Group[str] = (),
) -> MergePlan:
    """Write the collection as it is now into a payload, and return the plan.

    `moved` are posts whose comments are read again.
    `more_fields` are added to the outline.
    Raises RefreshNotPossible if only a full read is right, or a SiteError.
    """
    try:
        newest = newest_that_differ(found, base)
        plan = compared(endpoint, site, base, more_fields)
        plan.wanted |= newest
        if follows(endpoint):
            plan.wanted |= of_posts(moved, base) | relatives(plan.parents, plan.removed, base)
        if len(plan.wanted) > max(FEW, LARGEST_SHARE * len(plan.ids)):
            raise TooManyDifferences("much of the collection differs")
        with Spool() as fetched:
            fetch(plan, endpoint, site, fetched)
            payload.total = plan.total
            plan.has_newest = found is not None and has_newest(plan, endpoint, base, fetched, found)
            write_merged(plan, base, fetched, payload)
    except (CompletenessNotProven, MalformedAnswer, UnexpectedStatus) as error:
        raise RefreshNotPossible(str(error)) from None
    return plan


def compared(
    endpoint: Endpoint, site: Site, base: BaseObject, more_fields: Group[str] = ()
) -> MergePlan:
    """Read the outlines and compare each with the stored item of the same id.

    Raises RefreshNotPossible, or a SiteError.
    """
    outline = outline_for(endpoint.address, base.first, more_fields)
    if outline is None:
        raise RefreshNotPossible("no outline is known for its items")
    reading = site.read(outline.endpoint(endpoint))
    if not isinstance(reading, Collection) or reading.completeness != PROVEN:
        raise RefreshNotPossible("the outline is not sorted by id")
    plan = MergePlan()
    stored = base.items()
    known, raw = next(stored, (END, b""))
    for item_id, sent in (item for batch in reading.batches for item in batch):
        while known < (item_id or 0):
            plan.moved.add(known)
            known, raw = next(stored, (END, b""))
        now = value_of(sent)
        if not set(now) <= outline.members:
            raise RefreshNotPossible("the site ignores _fields")
        plan.add(item_id or 0, outline.of(raw) if known == item_id else None, now)
        if known == item_id:
            known, raw = next(stored, (END, b""))
    plan.moved |= {known, *(item_id for item_id, _ in stored)} - {END}
    plan.places, plan.total = reading.places.text, reading.total
    return plan


def newest_that_differ(found: Probe | None, base: BaseObject) -> set[int]:
    """Return the ids of the newest items whose stored copy differs from the probe.

    Otherwise the probe could differ for ever although no outline does. Raises RefreshNotPossible if
    they have other members than the stored ones: after an update of WordPress, all items do.
    """
    if found is None:
        return set()
    newest = {item_id: bytes(raw) for item_id, raw in found.newest if item_id is not None}
    known = {item_id: bytes(raw) for item_id, raw in base.items() if item_id in newest}
    if not found.fields and any(
        members_of(raw).keys() != members_of(newest[item_id]).keys()
        for item_id, raw in known.items()
    ):
        raise RefreshNotPossible("the items have other members than the stored ones")
    return {
        item_id for item_id, raw in known.items() if differs(raw, newest[item_id], found.fields)
    }


def differs(stored: bytes, newest: bytes, fields: tuple[str, ...]) -> bool:
    """Whether a stored item differs from what a probe got of it: these fields, or all of it."""
    if fields:
        return Outline(fields).of(stored) != value_of(newest)
    return strip_volatile(bytes(stored)) != strip_volatile(newest)


def fetch(plan: MergePlan, endpoint: Endpoint, site: Site, fetched: Spool) -> None:
    """Ask for the wanted items in full. Raises CompletenessNotProven, or another SiteError."""
    wanted = sorted(plan.wanted & set(plan.ids))
    for first in range(0, len(wanted), BATCH):
        batch = wanted[first : first + BATCH]
        items = site.items(endpoint, batch)
        if len(items) < len(batch):  # Removed meanwhile, or the answer is wrong.
            raise CompletenessNotProven("items do not come that the site has just shown")
        fetched.add(items, [b"%d" % (item_id or 0) for item_id in items.ids])


def has_newest(
    plan: MergePlan, endpoint: Endpoint, base: BaseObject, fetched: Spool, found: Probe
) -> bool:
    """Whether the items of the plan agree with a probe: a cache may have sent older ones."""
    fields = found.fields
    outline = Outline(fields) if fields else outline_for(endpoint.address, base.first)
    newest = {one: bytes(raw) for one, raw in found.newest if one is not None}
    known = newest.keys() & set(plan.ids)
    merged = {one: bytes(raw) for one, raw in base.items() if one in known - plan.wanted}
    merged |= {one: raw for one in known & plan.wanted if (raw := fetched.raw(one))}
    return plan.total in (None, found.total) and all(
        outline and one in merged and outline.of(merged[one]) == outline.of(raw)
        for one, raw in newest.items()
    )


def write_merged(plan: MergePlan, base: BaseObject, fetched: Spool, payload: Payload) -> None:
    """Write the items of the plan: stored ones that are equal, and those that were fetched."""
    stored = base.items()
    known, raw = next(stored, (-1, b""))
    for batch in merged_ids(plan):
        ids, raws = [], []
        for item_id in batch:
            while known < item_id and known != END:
                known, raw = next(stored, (END, b""))
            kept = fetched.raw(item_id) if item_id in plan.wanted else bytes(raw)
            if kept is not None:
                ids.append(item_id)
                raws.append(kept)
        payload.write_items(Items(ids, raws))
    payload.end_items()


def merged_ids(plan: MergePlan) -> Iterator[list[int]]:
    for first in range(0, len(plan.ids), BATCH):
        yield plan.ids[first : first + BATCH]
