"""Writes lines of JSON to files of at most 2 MB each, or of one line.

DuckDB reads 2,048 rows at a time, but never from two files. So the size of a file limits how much
it holds in memory: with all rows in one file, posts did not fit in 256 MB.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

LARGEST_PART = 2 << 20  # bytes


def write_parts(lines: Iterable[bytes], folder: Path) -> Sequence[Path]:
    """Write lines to files in a folder; at least one file, which may be empty. Raises OSError."""
    parts: list[Path] = []
    waiting: list[bytes] = []
    size = 0
    for line in lines:
        if waiting and size + len(line) > LARGEST_PART:
            parts.append(write_part(waiting, folder, len(parts)))
            waiting, size = [], 0
        waiting.append(line)
        size += len(line)
    return [*parts, write_part(waiting, folder, len(parts))]


def write_part(lines: Sequence[bytes], folder: Path, number: int) -> Path:
    part = folder / f"part-{number:06}.json"
    with part.open("wb") as file:
        for line in lines:
            file.write(line)
            file.write(b"\n")
    return part
