"""What will be stored of an endpoint: written to disk and measured as it comes."""

import hashlib
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, BinaryIO

from wp_pipeline.extraction.preview import Sample
from wp_pipeline.wordpress.answers.items import Body, Item
from wp_pipeline.wordpress.answers.volatile import steady

STEP = 1 << 20


class Payload:
    """One JSON value on its way to the lake, in a temporary file that is gone at the end.

    On disk, because S3 wants an object's metadata, with its sha256, before the first byte; and
    because a payload that turns out equal to what is stored, or not complete, is never sent.
    """

    def __init__(self) -> None:
        self.file: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115
        self.rows = 0
        self.size = 0
        self.sample = Sample()
        self._sha256 = hashlib.sha256()
        self._fingerprint: Any = None  # The same as the sha256 until something differs.

    def __enter__(self) -> "Payload":
        return self

    def __exit__(self, *exception: object) -> None:
        with suppress(OSError):  # On a full disk it can't be emptied; nobody wants it then.
            self.file.close()

    def write_items(self, items: Sequence[Item]) -> None:
        """Append items of a collection, one a line."""
        if not items:
            return
        self._write(b"[\n" if self.rows == 0 else b",\n")
        self._write(b",\n".join(item.raw for item in items))
        self.rows += len(items)
        self.sample.see(items)

    def end_items(self) -> None:
        self._write(b"\n]\n" if self.rows else b"[]\n")

    def write_answer(self, body: Body, rows: Sequence[Item]) -> None:
        """Store a single answer as the site gave it."""
        view = memoryview(body)
        for start in range(0, len(view), STEP):
            self._write(bytes(view[start : start + STEP]))
        self.rows = len(rows)
        self.sample.see(rows)

    @property
    def sha256(self) -> bytes:
        return self._sha256.digest()

    @property
    def fingerprint(self) -> str:
        """The sha256 of what is steady in it: equal for two readings of an unchanged site."""
        return (self._fingerprint or self._sha256).hexdigest()

    def _write(self, data: bytes) -> None:
        self.file.write(data)
        self.size += len(data)
        compared = steady(data)
        if self._fingerprint is None and compared is not data:
            self._fingerprint = self._sha256.copy()
        if self._fingerprint is not None:
            self._fingerprint.update(compared)
        self._sha256.update(data)
