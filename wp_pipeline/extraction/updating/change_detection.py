"""Detects whether an endpoint changed since it was stored: for the changes sensor.

    detected = detect_change(endpoint, context)
    if detected.change:
        ...                     # such as "the total or the newest item changed"

It stores nothing.
"""

from dataclasses import dataclass

from wp_pipeline.aws.lake import StoredObject
from wp_pipeline.extraction.refresh.base import BaseObject, DamagedObject, RefreshNotPossible
from wp_pipeline.extraction.refresh.diff import compared
from wp_pipeline.extraction.storing.payload import Payload
from wp_pipeline.extraction.storing.publish import is_equal
from wp_pipeline.extraction.updating.context import UpdateContext
from wp_pipeline.extraction.updating.full_read import read_in_full
from wp_pipeline.extraction.updating.stored_collection import StoredCollection
from wp_pipeline.wordpress.endpoints.endpoint import Endpoint


@dataclass(frozen=True)
class ChangeDetection:
    """What changed, empty if nothing did; and the version of the stored object, if there is one."""

    change: str
    version: str = ""


def detect_change(endpoint: Endpoint, context: UpdateContext) -> ChangeDetection:
    """Compare an endpoint with its stored object.

    Raises a SiteError, an ExtractionError, an AwsError, or OSError (the disk).
    """
    stored = context.lake.stored(endpoint.name)
    if stored is None:
        return ChangeDetection("nothing is stored")
    version = stored.metadata.get("extracted-at", "")
    return ChangeDetection(change_of(endpoint, stored, context), version)


def change_of(endpoint: Endpoint, stored: StoredObject, context: UpdateContext) -> str:
    known = StoredCollection.of(endpoint, stored)
    if known is None:
        is_same = is_as_stored(endpoint, stored, context)
        return "" if is_same else "it is not what is stored"
    if reason := known.why_full(endpoint, context):
        return reason
    if not known.is_large:
        return "" if is_outline_equal(endpoint, known, context) else "an item changed"
    found = known.probe(endpoint, context)
    is_same = found is not None and found.text == known.state.probe
    return "" if is_same else "the total or the newest item changed"


def is_as_stored(endpoint: Endpoint, stored: StoredObject, context: UpdateContext) -> bool:
    """Whether a full read gives the stored object."""
    with Payload() as payload:
        read_in_full(endpoint, payload, context)
        return is_equal(stored, payload)


def is_outline_equal(endpoint: Endpoint, known: StoredCollection, context: UpdateContext) -> bool:
    try:
        base = BaseObject.download(endpoint.name, known.stored, context.lake)
        plan = compared(endpoint, context.site, base, context.settings.outline_fields)
    except DamagedObject:
        return False
    except RefreshNotPossible:  # Such as the terms of a plugin's taxonomy, which have no outline.
        return is_as_stored(endpoint, known.stored, context)
    return plan.is_equal
