"""Where a body is kept while it comes: in memory, or on disk if it is large."""

import tempfile
from contextlib import suppress
from mmap import ACCESS_READ, mmap
from typing import IO

from wp_pipeline.wordpress.answers.items import Body
from wp_pipeline.wordpress.errors import DiskFailure

LARGEST_BODY_IN_MEMORY = 16 << 20


class BodyBuffer:
    """Collects a body in memory; one that outgrows it goes to disk and is mapped from there."""

    def __init__(self) -> None:
        self.size = 0
        self._chunks: list[bytes] = []
        self._in_memory = 0
        self._file: IO[bytes] | None = None

    def __enter__(self) -> "BodyBuffer":
        return self

    def __exit__(self, *exception: object) -> None:
        if self._file is not None:
            with suppress(OSError):  # On a full disk it can't be emptied; nobody wants it then.
                self._file.close()  # A mapping of it outlives it.

    def append(self, chunk: bytes) -> None:
        """Raises DiskFailure."""
        self.size += len(chunk)
        self._in_memory += len(chunk)
        self._chunks.append(chunk)
        if self._in_memory > LARGEST_BODY_IN_MEMORY:
            self._spill()

    def body(self) -> Body:
        """Raises DiskFailure."""
        if self._file is None:
            return b"".join(self._chunks)
        return mmap(self._spill().fileno(), 0, access=ACCESS_READ)

    def _spill(self) -> IO[bytes]:
        try:
            self._file = self._file or tempfile.TemporaryFile()  # noqa: SIM115
            self._file.writelines(self._chunks)
            self._file.flush()
        except OSError as error:
            raise DiskFailure(
                f"the disk does not take the answer ({error.strerror}); make room or set TMPDIR"
            ) from None
        self._chunks.clear()
        self._in_memory = 0
        return self._file
