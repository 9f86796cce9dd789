"""Uploads a verified payload, unless the stored object is already the same."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from wp_pipeline.aws.errors import ObjectReplaced
from wp_pipeline.aws.lake import Lake, StoredObject, count_of
from wp_pipeline.extraction.outcomes import Changes, ReadStats, Stored
from wp_pipeline.extraction.run_options import FULL
from wp_pipeline.extraction.storing.drop import refuse_sudden_drop
from wp_pipeline.extraction.storing.payload import Payload
from wp_pipeline.extraction.storing.upload_body import UploadBody
from wp_pipeline.wordpress.completeness import PROVEN

TRIES = 5
TOTAL = "total"  # Metadata: how many rows the site announced.


@dataclass(frozen=True)
class Target:
    """How a payload may be stored.

    `largest_drop` is the share of the stored rows that may be lost, None if all of them; `metadata`
    what is kept beside the payload's own; `is_new` whether nothing was stored when the reading
    began. An equal object is stored again if that `is_due`. A payload that was merged from a `base`
    replaces that version only: an older base would bring back what was gone. `began` is when the
    reading began, by `time.monotonic`; without it, when the extraction began.
    """

    largest_drop: float | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    is_new: bool = False
    is_due: bool = False
    base: StoredObject | None = None
    began: float | None = None
    is_dry: bool = False


def publish(
    name: str,
    payload: Payload,
    lake: Lake,
    stats: Callable[[], ReadStats],
    target: Target = Target(),
    check: Callable[[], object] = lambda: None,
) -> Stored:
    """Store a payload, unless the stored object is equal or newer.

    It is newer if an extraction that began later has stored it: of two extractions at once, the
    later view of the site wins. `stats` tells what the extraction took so far. `check` is called
    while the payload is uploaded, and raises to end that.
    Raises SuddenDrop, an AwsError, OSError (the disk), or what `check` raises.
    """
    # One reading of the clock, not two: it may have been set since the extraction began.
    seconds = stats().seconds if target.began is None else time.monotonic() - target.began
    began = datetime.now(timezone.utc) - timedelta(seconds=seconds)
    metadata = {
        "sha256": payload.sha256.hex(),
        "row-count": str(payload.rows),
        "extracted-at": began.isoformat(timespec="milliseconds"),
        "fingerprint": payload.fingerprint,
        "completeness": payload.completeness,
        **({} if payload.total is None else {TOTAL: str(payload.total)}),
        **target.metadata,
    }
    is_new = target.is_new
    for _ in range(1 if target.base else TRIES):
        stored = target.base or (None if is_new else lake.stored(name))
        is_new = False
        if stored is not None and is_as_wanted(stored, payload, target, began):
            break
        if stored is not None and target.largest_drop is not None:
            refuse_sudden_drop(name, payload, stored, target.largest_drop, lake)
        if target.is_dry:
            stored = StoredObject(payload.size, metadata, etag="")
            break
        try:
            body = UploadBody(payload.file, check)
            lake.put(name, body, payload.size, payload.sha256, metadata, stored)
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
        verified=metadata.get("verified", FULL),
        is_dry=target.is_dry,
        total=count_of(stored.metadata, TOTAL),
        extracted_at=stored.metadata.get("extracted-at", ""),
    )


def is_as_wanted(stored: StoredObject, payload: Payload, target: Target, began: datetime) -> bool:
    """Whether the stored object may stay: it is equal, and says so, or it is newer."""
    if target.base:
        kept = {name: stored.metadata.get(name) for name in target.metadata}
        return is_equal(stored, payload) and kept == dict(target.metadata)
    return (is_equal(stored, payload) and not target.is_due) or is_newer(stored, began)


def unchanged(
    name: str, lake: Lake, stored: StoredObject, stats: ReadStats, verified: str
) -> Stored:
    """Return the outcome of a refresh that found nothing to do."""
    return Stored(
        name=name,
        uri=lake.uri(name),
        rows=stored.rows or 0,
        size=stored.size or 0,
        sha256=stored.metadata.get("sha256", ""),
        unchanged=True,
        stats=stats,
        changes=Changes(),
        completeness=stored.metadata.get("completeness", PROVEN),
        verified=verified,
        total=count_of(stored.metadata, TOTAL),
        extracted_at=stored.metadata.get("extracted-at", ""),
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
