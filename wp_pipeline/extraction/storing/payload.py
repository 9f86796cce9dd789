"""What will be stored of an endpoint: written to a temporary file, hashed on the way."""

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, BinaryIO

import msgspec

from wp_pipeline.extraction.storing.preview import Preview
from wp_pipeline.wordpress.answers.items import Items
from wp_pipeline.wordpress.answers.single_answer import STEP, SingleAnswer, steps
from wp_pipeline.wordpress.answers.volatile import strip_volatile
from wp_pipeline.wordpress.completeness import PROVEN
from wp_pipeline.wordpress.http.body import release

Raw = memoryview | msgspec.Raw


class Payload:
    """One JSON value on its way to the lake, in a temporary file that is deleted at the end.

    It is on disk because S3 wants an object's metadata, with its sha256, before the first byte; and
    because a payload that is equal to the stored object, or incomplete, is never sent.
    """

    def __init__(self) -> None:
        self.file: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115
        self.rows = 0
        self.size = 0
        self.is_list = True
        self.completeness = PROVEN
        self.total: int | None = None  # What the site announced.
        self.places = ""  # At which rows items stand: wordpress/places.py.
        self.preview = Preview()
        self._sha256 = hashlib.sha256()
        self._fingerprint: Any = None  # Equal to the sha256 until something volatile is found.

    def __enter__(self) -> "Payload":
        return self

    def __exit__(self, *exception: object) -> None:
        with suppress(OSError):  # A full disk refuses to flush it, and nobody needs it then.
            self.file.close()

    def write_items(self, items: Items) -> None:
        """Append items of a collection, one a line."""
        if not items:
            return
        separator = b"[\n" if self.rows == 0 else b",\n"
        for rows in small_batches(items.raw):
            self._write(separator)
            for part in steps(rows[0]) if len(rows) == 1 else [b",\n".join(rows)]:
                self._write(part)
            separator = b",\n"
            release(memoryview(rows[0]))
        self.rows += len(items)
        self.preview.add(items.raw)

    def end_items(self) -> None:
        self._write(b"\n]\n" if self.rows else b"[]\n")

    def write_answer(self, answer: SingleAnswer) -> None:
        """Store a single answer as the site sent it."""
        for chunk in answer.chunks():
            self._write(chunk)
        self.rows = answer.rows
        self.is_list = answer.is_list
        self.preview.add(answer.first)

    @property
    def sha256(self) -> bytes:
        return self._sha256.digest()

    @property
    def fingerprint(self) -> str:
        """The sha256 without volatile parts: equal for two reads of an unchanged site."""
        return (self._fingerprint or self._sha256).hexdigest()

    def _write(self, data: bytes) -> None:
        self.file.write(data)
        self.size += len(data)
        compared = strip_volatile(data)
        if self._fingerprint is None and compared is not data:
            self._fingerprint = self._sha256.copy()
        if self._fingerprint is not None:
            self._fingerprint.update(compared)
        self._sha256.update(data)


def small_batches(rows: Sequence[Raw]) -> Iterator[Sequence[Raw]]:
    """Yield rows together that are not larger than `STEP`, or a single one."""
    sizes = list(map(len, map(memoryview, rows)))
    if sum(sizes) <= STEP:  # As most pages are.
        yield rows
        return
    first = size = 0
    for place, row_size in enumerate(sizes):
        size += row_size
        if size > STEP and place > first:
            yield rows[first:place]
            first, size = place, row_size
    yield rows[first:]
