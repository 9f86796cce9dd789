"""Uploads a verified payload, unless the stored object is already the same."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from wp_pipeline.aws.errors import ObjectReplaced
from wp_pipeline.aws.lake import Lake, StoredObject
from wp_pipeline.extraction.outcomes import ReadStats, Stored
from wp_pipeline.extraction.storing.drop import refuse_sudden_drop
from wp_pipeline.extraction.storing.payload import Payload

TRIES = 5


def publish(
    name: str,
    payload: Payload,
    lake: Lake,
    stats: Callable[[], ReadStats],
    largest_drop: float | None = None,
) -> Stored:
    """Store a payload, unless the stored object is equal or newer.

    It is newer if an extraction that began later has stored it: of two extractions at once, the
    later view of the site wins. `stats` tells what the extraction took so far; `largest_drop` is
    the share of the stored rows that may be lost, None if all of them.
    Raises SuddenDrop, an AwsError, or OSError (the disk).
    """
    # One reading of the clock, not two: it may have been set since the extraction began.
    began = datetime.now(timezone.utc) - timedelta(seconds=stats().seconds)
    metadata = {
        "sha256": payload.sha256.hex(),
        "row-count": str(payload.rows),
        "extracted-at": began.isoformat(timespec="milliseconds"),
        "fingerprint": payload.fingerprint,
    }
    for _ in range(TRIES):
        stored = lake.stored(name)
        if stored is not None and (is_equal(stored, payload) or is_newer(stored, began)):
            break
        if stored is not None and largest_drop is not None:
            refuse_sudden_drop(name, payload, stored, largest_drop, lake)
        try:
            lake.put(name, payload.file, payload.size, payload.sha256, metadata, stored)
        except ObjectReplaced:
            continue
        stored = StoredObject(payload.size, metadata, etag="")
        break
    else:
        raise ObjectReplaced(
            "S3: other extractions keep replacing the object; run again when they have ended"
        )
    return Stored(
        name=name,
        uri=lake.uri(name),
        rows=payload.rows if stored.rows is None else stored.rows,
        size=payload.size if stored.size is None else stored.size,
        sha256=stored.metadata.get("sha256", payload.sha256.hex()),
        unchanged=stored.metadata != metadata,
        stats=stats(),
        columns=payload.preview.columns,
        preview=payload.preview.table,
        completeness=payload.completeness,
    )


def is_equal(stored: StoredObject, payload: Payload) -> bool:
    return stored.metadata.get("fingerprint") == payload.fingerprint


def is_newer(stored: StoredObject, began: datetime) -> bool:
    """Whether an extraction that began after `began` has stored it.

    A missing time, or one in the future, tells nothing: a clock was wrong, or it is not ours.
    """
    try:
        other = datetime.fromisoformat(stored.metadata["extracted-at"])
        return began < other <= datetime.now(timezone.utc)
    except (KeyError, ValueError, TypeError):  # TypeError: a time without a zone.
        return False
