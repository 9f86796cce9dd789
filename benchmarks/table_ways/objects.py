"""Writes the objects that are measured: python -m benchmarks.table_ways.objects KIND FILE"""

import hashlib
import json
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.servers.sample_items import comment, encoded, post

Item = Callable[[int], dict]
LARGE_POST, LARGE_ITEM = 400_000, 40_000_000  # characters

KINDS: dict[str, tuple[str, int, Item]] = {
    "20,000 posts": ("posts", 20_000, post),
    "100,000 comments": ("comments", 100_000, comment),
    "3,000 posts of 400 KB": (
        "posts",
        3_000,
        lambda number: post(number, characters=LARGE_POST),
    ),
    "1,000,000 comments": ("comments", 1_000_000, comment),
    "a post of 40 MB": (
        "posts",
        3,
        lambda number: post(number, characters=LARGE_ITEM if number == 2 else 4300),
    ),
}


def write_object(kind: str, file: Path) -> None:
    """Write an object as the extraction stores it, and its metadata beside it."""
    name, count, item = KINDS[kind]
    digest = hashlib.sha256()
    with file.open("wb") as target:
        for number in range(1, count + 1):
            part = (b"[\n" if number == 1 else b",\n") + encoded(item(number))
            digest.update(part)
            target.write(part)
        digest.update(b"\n]\n")
        target.write(b"\n]\n")
    told = {
        "sha256": digest.hexdigest(),
        "row-count": str(count),
        "extracted-at": "2026-11-26T07:00:00.000+00:00",
    }
    file.with_suffix(".metadata").write_text(json.dumps({"name": name, "metadata": told}))


if __name__ == "__main__":
    write_object(sys.argv[1], Path(sys.argv[2]))
