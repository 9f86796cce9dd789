"""Replaces the newest items of a collection that mostly grows, such as comments.

A probe of such a collection is a window of its newest items. An answer is a gapless run, so all
that is readable from its lowest id on is in it. What is older is trusted to be as stored if the
counts add up: a pair of opposite changes among older items is left to the next outline.
"""

from itertools import chain

from wp_pipeline.extraction.refresh.base import BaseObject
from wp_pipeline.extraction.refresh.diff import Plan, differs, fetch, write_merged
from wp_pipeline.extraction.storing.payload import Payload
from wp_pipeline.wordpress.collections.spool import Spool
from wp_pipeline.wordpress.endpoints import Endpoint
from wp_pipeline.wordpress.reading.probe import Probe, total_of
from wp_pipeline.wordpress.site.site import Site


def top_up(
    endpoint: Endpoint, site: Site, base: BaseObject, found: Probe, before: str, payload: Payload
) -> bool:
    """Write the stored items with the newest ones into a payload, if the counts add up.

    `before` is the probe that was kept with the stored object. Returns False, and writes nothing,
    where something older must have changed. Raises NotSound, or a SiteError.
    """
    newest = {item_id: bytes(raw) for item_id, raw in found.newest if item_id is not None}
    total_before = total_of(before)
    if not newest or not found.fields or found.total is None or total_before is None:
        return False
    lowest = min(newest)
    older = [item_id for item_id, _ in base.items() if item_id < lowest]
    tail = {item_id: bytes(raw) for item_id, raw in base.items() if item_id >= lowest}
    if not older or found.total - total_before != len(newest) - len(tail):
        return False
    wanted = {
        item_id
        for item_id, raw in newest.items()
        if item_id not in tail or differs(tail[item_id], raw, found.fields)
    }
    plan = Plan(list(chain(older, sorted(newest))), wanted)
    with Spool() as fetched:
        fetch(plan, endpoint, site, fetched)
        write_merged(plan, base, fetched, payload)
    return True
