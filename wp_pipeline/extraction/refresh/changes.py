"""Counts what changed between the stored object and a payload that will replace it."""

from mmap import ACCESS_READ, mmap

from wp_pipeline.aws.errors import AwsError
from wp_pipeline.aws.lake import Lake, StoredObject
from wp_pipeline.extraction.outcomes import Changes
from wp_pipeline.extraction.refresh.base import BaseObject, RefreshNotPossible
from wp_pipeline.extraction.storing.payload import Payload
from wp_pipeline.extraction.storing.publish import is_equal
from wp_pipeline.wordpress.answers.volatile import strip_volatile
from wp_pipeline.wordpress.errors import DiskFailure

LARGEST_COMPARED = 256 << 20  # bytes: a larger object is not downloaded only to count
END = (float("inf"), b"")


def changes_to(
    name: str, stored: StoredObject | None, payload: Payload, lake: Lake
) -> Changes | None:
    """Return what replacing the stored object by a payload adds, removes and changes.

    None if nothing is stored, the items have no ascending ids, or the stored object is large or
    can't be read: the counts are for people, and no reason to refuse a payload. Raises OSError (the
    disk).
    """
    if stored is None:
        return None
    if is_equal(stored, payload):
        return Changes()
    if max(stored.size or 0, payload.size) > LARGEST_COMPARED:
        return None
    try:
        return changes_between(BaseObject.download(name, stored, lake), payload)
    except (RefreshNotPossible, AwsError, DiskFailure):
        return None


def changes_between(base: BaseObject, payload: Payload) -> Changes:
    """Raises RefreshNotPossible if one of them has no ascending ids, or OSError (the disk)."""
    payload.file.flush()
    new = BaseObject(mmap(payload.file.fileno(), 0, access=ACCESS_READ)).items()
    old = base.items()
    added = removed = changed = 0
    (old_id, before), (new_id, now) = next(old, END), next(new, END)
    while (old_id, new_id) != (END[0], END[0]):
        if old_id < new_id:
            removed += 1
        elif new_id < old_id:
            added += 1
        elif strip_volatile(bytes(before)) != strip_volatile(bytes(now)):
            changed += 1
        is_old, is_new = old_id <= new_id, new_id <= old_id
        if is_old:
            old_id, before = next(old, END)
        if is_new:
            new_id, now = next(new, END)
    return Changes(added, removed, changed)
