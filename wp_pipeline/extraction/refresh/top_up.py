"""Replaces the newest items of a collection that mostly grows, such as comments.

A probe of such a collection is a window of its newest items. An answer is a gapless run, so all
that is readable from its lowest id on is in it. What is older is trusted to be as stored if the
counts add up: a pair of opposite changes among older items is left to the next outline.
"""

from collections.abc import Collection
from typing import Any

from wp_pipeline.extraction.refresh.base import BaseObject, NotSound
from wp_pipeline.extraction.refresh.diff import Plan, differs, fetch, post_of, write_merged
from wp_pipeline.extraction.storing.payload import Payload
from wp_pipeline.wordpress.collections.spool import Spool
from wp_pipeline.wordpress.endpoints import Endpoint
from wp_pipeline.wordpress.errors import AccessDenied, UnexpectedStatus
from wp_pipeline.wordpress.reading.probe import Probe, total_of
from wp_pipeline.wordpress.reading.reader import Collection as ReadCollection
from wp_pipeline.wordpress.site.site import Site

MOST_MOVED = 1  # Of several, nobody knows whose comments explain the counts.


def top_up(
    endpoint: Endpoint,
    site: Site,
    base: BaseObject,
    found: Probe,
    before: str,
    moved: Collection[int],
    payload: Payload,
) -> bool:
    """Write the stored items with the newest ones into a payload, if the counts add up.

    `before` is the probe that was kept with the stored object; `moved` are posts that came, went or
    were hidden, whose comments are read anew. Returns False, and writes nothing, where something
    older must have changed. Raises NotSound, or a SiteError.
    """
    newest = {item_id: bytes(raw) for item_id, raw in found.newest if item_id is not None}
    total_before = total_of(before)
    if not newest or not found.fields or found.total is None or total_before is None:
        return False
    if len(moved) > MOST_MOVED:
        return False
    lowest = min(newest)
    stored = {item_id: place(raw, item_id >= lowest) for item_id, raw in base.items()}
    belonging = {item_id for item_id, (post, _) in stored.items() if post in moved}
    with Spool() as fetched:
        read_anew = comments_of(endpoint, site, moved, fetched)
        older = {item_id for item_id in stored if item_id < lowest} - belonging
        older |= {item_id for item_id in read_anew if item_id < lowest}
        plan = Plan(sorted(older | set(newest)))
        more_rows = len(plan.ids) - len(stored)
        hidden = len(belonging) - len(read_anew)  # They may be counted still.
        if not older or found.total - total_before - more_rows not in (0, hidden):
            return False
        plan.wanted = {
            item_id
            for item_id, raw in newest.items()
            if item_id not in read_anew
            and (item_id not in stored or differs(stored[item_id][1], raw, found.fields))
        }
        fetch(plan, endpoint, site, fetched)
        plan.wanted |= read_anew
        write_merged(plan, base, fetched, payload)
    return True


def place(raw: Any, is_new: bool) -> tuple[int | None, bytes]:
    """Return the post of a comment, and its bytes if it is among the newest."""
    return post_of(raw).post, bytes(raw) if is_new else b""


def comments_of(endpoint: Endpoint, site: Site, posts: Collection[int], fetched: Spool) -> set[int]:
    """Read the comments of these posts; return their ids. Raises a SiteError."""
    found: set[int] = set()
    for post in posts:
        address = endpoint.address.with_parameters({"post": post})
        try:
            reading = site.read(Endpoint(endpoint.name, address))
        except (AccessDenied, UnexpectedStatus):  # A private post, or one that is gone.
            continue
        if not isinstance(reading, ReadCollection):
            raise NotSound("the comments of a post are no collection")
        for items in reading.batches:
            fetched.add(items, [b"%d" % (item_id or 0) for item_id in items.ids])
            found |= set(items.known_ids)
    return found
