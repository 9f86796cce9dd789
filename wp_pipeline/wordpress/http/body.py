"""Holds a body while it arrives: in memory, or on disk if it is large."""

import tempfile
from codecs import getincrementaldecoder
from collections.abc import Mapping
from contextlib import suppress
from mmap import ACCESS_READ, MADV_DONTNEED, mmap
from typing import IO

from wp_pipeline.wordpress.errors import DiskFailure, MalformedAnswer

Body = bytes | bytearray | memoryview | mmap

LARGEST_BODY_IN_MEMORY = 16 << 20
KNOWN_CODINGS = frozenset(("", "identity", "gzip", "x-gzip", "deflate"))
BEGINNING = 1024  # bytes


def release(body: Body) -> None:
    """Give up the memory of a mapped body's pages; they are read from disk again when needed.

    A reader of a large body calls it from time to time.
    """
    mapped = body.obj if isinstance(body, memoryview) else body
    if isinstance(mapped, mmap):
        mapped.madvise(MADV_DONTNEED)


class BodyBuffer:
    """Collects a body in memory; above 16 MiB it goes to a temporary file that is mapped."""

    def __init__(self) -> None:
        self.size = 0
        self._chunks: list[bytes] = []
        self._in_memory = 0
        self._file: IO[bytes] | None = None

    def __enter__(self) -> "BodyBuffer":
        return self

    def __exit__(self, *exception: object) -> None:
        if self._file is not None:
            with suppress(OSError):  # A full disk refuses to flush it; it is not needed any more.
                self._file.close()  # A mapping of it stays valid.

    def append(self, chunk: bytes) -> None:
        """Add bytes. Raises DiskFailure."""
        self.size += len(chunk)
        self._in_memory += len(chunk)
        self._chunks.append(chunk)
        if self._in_memory > LARGEST_BODY_IN_MEMORY:
            self._spill()

    def body(self) -> Body:
        """Return all bytes. Raises DiskFailure."""
        if self._file is None:
            return b"".join(self._chunks)
        return mmap(self._spill().fileno(), 0, access=ACCESS_READ)

    def _spill(self) -> IO[bytes]:
        try:
            file = self._file = self._file or tempfile.TemporaryFile()  # noqa: SIM115
            file.writelines(self._chunks)
            file.flush()
        except OSError as error:
            raise DiskFailure(
                f"the disk does not accept the answer ({error.strerror});"
                " free some space or set TMPDIR"
            ) from None
        self._chunks.clear()
        self._in_memory = 0
        return file


def require_known_coding(headers: Mapping[str, str], body: Body) -> None:
    """Raises MalformedAnswer for a compressed body that urllib3 left as it is, such as brotli.

    Some sites name a coding, and send plain text.
    """
    codings = {one.strip().lower() for one in headers.get("Content-Encoding", "").split(",")}
    if codings <= KNOWN_CODINGS or begins_as_text(body):
        return
    raise MalformedAnswer(
        "HTTP 200, compressed in another way than was asked for",
        "correct the cache or CDN in front of the site, which ignores Accept-Encoding",
    )


def begins_as_text(body: Body) -> bool:
    """Whether a body begins with UTF-8."""
    try:
        getincrementaldecoder("utf-8")().decode(body[:BEGINNING])
    except UnicodeDecodeError:
        return False
    return True
