"""Uploads a verified payload, unless the stored object is already the same."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cached_property

from wp_pipeline.aws.errors import ObjectReplaced
from wp_pipeline.aws.lake import SERVICE, Lake, StoredObject, count_of
from wp_pipeline.extraction.outcomes import Changes, ReadStats, Stored
from wp_pipeline.extraction.run_options import FULL
from wp_pipeline.extraction.storing.drop import refuse_sudden_drop
from wp_pipeline.extraction.storing.payload import Payload
from wp_pipeline.extraction.storing.upload_body import UploadBody
from wp_pipeline.wordpress.completeness import PROVEN
from wp_pipeline.wordpress.http.cancellation import Cancellation

TRIES = 5
TOTAL = "total"  # Metadata: how many rows the site announced.


@dataclass(frozen=True)
class Target:
    """How a payload may be stored.

    largest_drop    the share of the stored rows that may be lost; None if all of them may
    metadata        what is kept beside the payload's own metadata
    is_new          whether nothing was stored when the reading began
    is_due          whether an equal object is stored again
    base            the version from which the payload was merged; no other version is replaced,
                    since that would bring back removed items
    began           when the reading began, by `time.monotonic`; if None, when the extraction began
    is_dry          whether nothing is stored, and the outcome says what would be
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
    target: Target,
    cancellation: Cancellation,
) -> Stored:
    """Store a payload, unless the stored object is equal or newer.

    It is newer if an extraction that began later has stored it: of two extractions at once, the
    later view of the site wins. `stats` returns what the extraction took so far. The upload
    observes the `cancellation`.
    Raises SuddenDrop, an AwsError, OSError (the disk), Cancelled or DeadlineExceeded.
    """
    # One reading of the clock, not two: it may have been set since the extraction began.
    seconds = stats().seconds if target.began is None else time.monotonic() - target.began
    began = datetime.now(timezone.utc) - timedelta(seconds=seconds)
    publication = Publication(name, payload, lake, target, began)
    return publication.outcome(publication.put_or_keep(cancellation), stats())


@dataclass(frozen=True)
class Publication:
    """A payload, and the place where it is to be stored; `began` is when its reading began."""

    name: str
    payload: Payload
    lake: Lake
    target: Target
    began: datetime

    @cached_property
    def metadata(self) -> Mapping[str, str]:
        payload = self.payload
        return {
            "sha256": payload.sha256.hex(),
            "row-count": str(payload.rows),
            "extracted-at": self.began.isoformat(timespec="milliseconds"),
            "fingerprint": payload.fingerprint,
            "completeness": payload.completeness,
            **({} if payload.total is None else {TOTAL: str(payload.total)}),
            **self.target.metadata,
        }

    def put_or_keep(self, cancellation: Cancellation) -> StoredObject:
        """Upload the payload, unless the stored object may stay; return what is stored then."""
        name, payload, target = self.name, self.payload, self.target
        placed = StoredObject(payload.size, self.metadata, etag="")
        for number in range(1 if target.base else TRIES):
            is_new = target.is_new and number == 0
            stored = target.base or (None if is_new else self.lake.stored(name))
            if stored is not None and self._may_stay(stored):
                return stored
            if stored is not None and target.largest_drop is not None:
                refuse_sudden_drop(name, payload, stored, target.largest_drop, self.lake)
            if target.is_dry:
                return placed
            body = UploadBody(payload.file, cancellation)
            try:
                self.lake.put(name, body, payload.size, payload.sha256, self.metadata, stored)
            except ObjectReplaced:
                continue
            return placed
        raise ObjectReplaced(
            "other extractions keep replacing the object",
            "run again when they have ended",
            service=SERVICE,
        )

    def _may_stay(self, stored: StoredObject) -> bool:
        """Whether the stored object is equal, and says so, or newer."""
        target = self.target
        if target.base:
            kept = {name: stored.metadata.get(name) for name in target.metadata}
            return is_equal(stored, self.payload) and kept == dict(target.metadata)
        is_as_wanted = is_equal(stored, self.payload) and not target.is_due
        return is_as_wanted or is_newer(stored, self.began)

    def outcome(self, stored: StoredObject, stats: ReadStats) -> Stored:
        """Return the outcome for the object that is stored now."""
        payload = self.payload
        return Stored(
            name=self.name,
            uri=self.lake.uri(self.name),
            rows=payload.rows if stored.rows is None else stored.rows,
            size=payload.size if stored.size is None else stored.size,
            sha256=stored.metadata.get("sha256", payload.sha256.hex()),
            unchanged=stored.metadata != self.metadata,
            stats=stats,
            columns=payload.preview.columns,
            preview=payload.preview.table,
            completeness=payload.completeness,
            verified=self.metadata.get("verified", FULL),
            is_dry=self.target.is_dry,
            total=count_of(stored.metadata, TOTAL),
            extracted_at=stored.metadata.get("extracted-at", ""),
        )


def unchanged(
    name: str, lake: Lake, stored: StoredObject, stats: ReadStats, verified: str
) -> Stored:
    """Return the outcome of a refresh that found no change."""
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
    """Whether the stored object is equal, and was not cut: its size is that of its checksum."""
    is_same_text = stored.metadata.get("sha256") == payload.sha256.hex()
    is_cut = is_same_text and stored.size not in (None, payload.size)
    return stored.metadata.get("fingerprint") == payload.fingerprint and not is_cut


def is_newer(stored: StoredObject, began: datetime) -> bool:
    """Whether an extraction that began after `began` has stored it.

    False if the time is missing or in the future: a clock was wrong, or the object is not ours.
    """
    other = stored.extracted_at
    return other is not None and began < other <= datetime.now(timezone.utc)
