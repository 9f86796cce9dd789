"""Keeps rows on disk until all pages have been read, and returns them in order of id."""

from collections.abc import Iterator
from hashlib import blake2b
from operator import itemgetter

from wp_pipeline.wordpress.answers.items import Items
from wp_pipeline.wordpress.http.body import BodyBuffer, release

BATCH = 100
MOST_UNRELEASED = 1 << 20  # bytes of a mapped page


class Spool:
    """Rows in a temporary file, with their ids, positions and hashed identities in memory."""

    def __init__(self) -> None:
        self.repeated = 0
        self._buffer = BodyBuffer()
        self._places: list[tuple[int | None, int, int]] = []  # id, start, end
        self._identities: set[bytes] = set()
        self._by_id: dict[int, tuple[int, int]] | None = None
        self._body = memoryview(b"")

    def __enter__(self) -> "Spool":
        return self

    def __exit__(self, *exception: object) -> None:
        self._buffer.__exit__(*exception)

    @property
    def rows(self) -> int:
        return len(self._places)

    def add(self, items: Items, identities: list[bytes]) -> None:
        """Keep the rows of a page, with their identities. Raises DiskFailure."""
        unreleased = 0
        for (item_id, raw), identity in zip(items, identities, strict=True):
            known = hashed(identity)
            if known in self._identities:
                self.repeated += 1
            self._identities.add(known)
            start = self._buffer.size
            self._buffer.append(bytes(raw))
            self._places.append((item_id, start, self._buffer.size))
            unreleased += len(memoryview(raw))
            if unreleased > MOST_UNRELEASED:
                release(memoryview(raw))
                unreleased = 0

    def knows(self, identities: list[bytes]) -> bool:
        """Whether all rows with these identities are kept."""
        return all(hashed(identity) in self._identities for identity in identities)

    def raw(self, item_id: int) -> bytes | None:
        """Return the bytes of an item, or None. Raises DiskFailure."""
        if self._by_id is None:
            self._by_id = {one: (start, end) for one, start, end in self._places if one is not None}
            self._body = memoryview(self._buffer.body()) if self._places else memoryview(b"")
        place = self._by_id.get(item_id)
        return bytes(self._body[place[0] : place[1]]) if place else None

    def sorted_batches(self) -> Iterator[Items]:
        """Yield the rows, in order of id if each has one. Raises DiskFailure."""
        places = self._places
        if all(item_id is not None for item_id, _, _ in places):
            places = sorted(places, key=itemgetter(0))
        body = memoryview(self._buffer.body()) if places else memoryview(b"")
        for first in range(0, len(places), BATCH):
            batch = places[first : first + BATCH]
            yield Items([one[0] for one in batch], [body[start:end] for _, start, end in batch])


def hashed(identity: bytes) -> bytes:
    return blake2b(identity, digest_size=16).digest()
