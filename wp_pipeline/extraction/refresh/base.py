"""The stored object that a refresh starts from: downloaded, verified, and read in order of id."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from wp_pipeline.aws.lake import Lake, StoredObject
from wp_pipeline.wordpress.answers.items import Items, items_of_piece
from wp_pipeline.wordpress.answers.json_text import UNREADABLE
from wp_pipeline.wordpress.answers.pieces import pieces
from wp_pipeline.wordpress.errors import MalformedAnswer
from wp_pipeline.wordpress.http.body import Body, BodyBuffer

STEP = 1 << 20  # bytes


class RefreshNotPossible(Exception):
    """Why a refresh is not possible or not right. The endpoint is read in full instead."""


class TooManyDifferences(RefreshNotPossible):
    """So many items differ that a full read is cheaper."""


class DamagedObject(RefreshNotPossible):
    """The stored bytes are not those that its metadata describe: the object must be replaced."""


class BaseObject:
    """The items of a stored object, as often as they are needed, in little memory."""

    def __init__(self, body: Body) -> None:
        self._body = body

    @classmethod
    def download(cls, name: str, stored: StoredObject, lake: Lake) -> "BaseObject":
        """Download a stored object, and compare it with its checksum.

        Raises DamagedObject if they differ, another RefreshNotPossible, an AwsError, or
        DiskFailure.
        """
        opened = lake.open(name)
        if opened is None:
            raise RefreshNotPossible("the stored object is gone")
        digest = sha256()
        with opened as stream, BodyBuffer() as buffer:
            while chunk := stream.read(STEP):
                digest.update(chunk)
                buffer.append(chunk)
            if digest.hexdigest() == stored.metadata.get("sha256"):
                return cls(buffer.body())
            if digest.hexdigest() == stream.metadata.get("sha256"):
                raise RefreshNotPossible("the stored object was replaced meanwhile")
            raise DamagedObject("the stored object is not what its metadata say")

    def batches(self) -> Iterator[Items]:
        """Yield the items in order of id. Raises RefreshNotPossible if they are in another."""
        last = -1
        try:
            for piece in pieces(self._body, 0):
                items = items_of_piece(piece, memoryview(self._body))
                if not items.ascend or (items and (items.ids[0] or 0) <= last):
                    raise RefreshNotPossible("the stored items are not in order of id")
                last = items.ids[-1] or 0 if items else last
                yield items
        except (MalformedAnswer, *UNREADABLE):
            raise RefreshNotPossible("the stored object is no list of items") from None

    def items(self) -> Iterator[tuple[int, Any]]:
        """Yield id and bytes of each item."""
        for batch in self.batches():
            for item_id, raw in batch:
                yield item_id or 0, raw

    @property
    def first(self) -> bytes:
        """The bytes of the first item. Raises RefreshNotPossible if there is none."""
        for _, raw in self.items():
            return bytes(raw)
        raise RefreshNotPossible("the stored object has no items")
