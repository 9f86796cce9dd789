"""From a verified payload to the lake: stored, or left where what is stored is as good."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from wp_pipeline.aws.errors import ReplacedMeanwhile
from wp_pipeline.aws.lake import Lake, StoredObject
from wp_pipeline.extraction.outcomes import ReadStats, Stored
from wp_pipeline.extraction.payload import Payload

TRIES = 5


def publish(name: str, payload: Payload, lake: Lake, stats: Callable[[], ReadStats]) -> Stored:
    """Store a payload, unless it equals what is stored, or another extraction that began later
    has stored what it read: of two at once, the one that saw less must not have the last word.

    `stats` tells what the extraction took so far. Raises AwsError, and OSError for the disk.
    """
    # One look at the clock, and not two: it may have been set since the extraction began.
    began = datetime.now(timezone.utc) - timedelta(seconds=stats().seconds)
    metadata = {
        "sha256": payload.sha256.hex(),
        "row-count": str(payload.rows),
        "extracted-at": began.isoformat(timespec="milliseconds"),
        "fingerprint": payload.fingerprint,
    }
    for _ in range(TRIES):
        stored = lake.stored(name)
        if stored is not None and (is_equal(stored, payload) or is_of_a_later_one(stored, began)):
            break
        payload.file.seek(0)
        try:
            lake.put(name, payload.file, payload.size, payload.sha256, metadata, stored)
        except ReplacedMeanwhile:
            continue
        stored = StoredObject(payload.size, metadata, etag="")
        break
    else:
        raise ReplacedMeanwhile("S3: others keep replacing the object; run again when they end")
    return Stored(
        name=name,
        uri=lake.uri(name),
        rows=rows_of(stored, payload.rows),
        size=stored.size,
        sha256=stored.metadata.get("sha256", payload.sha256.hex()),
        unchanged=stored.metadata != metadata,
        stats=stats(),
        columns=payload.sample.columns,
        preview=payload.sample.preview,
    )


def is_equal(stored: StoredObject, payload: Payload) -> bool:
    return stored.metadata.get("fingerprint") == payload.fingerprint


def is_of_a_later_one(stored: StoredObject, began: datetime) -> bool:
    """Whether an extraction that began after ours has stored this.

    A time that is still to come, or none, tells nothing: a clock was wrong, or it is not ours.
    """
    try:
        theirs = datetime.fromisoformat(stored.metadata["extracted-at"])
        return began < theirs <= datetime.now(timezone.utc)
    except (KeyError, ValueError, TypeError):  # TypeError: a time without a zone.
        return False


def rows_of(stored: StoredObject, otherwise: int) -> int:
    told = stored.metadata.get("row-count", "")
    return int(told) if told.isdecimal() else otherwise
