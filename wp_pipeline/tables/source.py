"""The raw object that a table is made of: downloaded once, and read item by item."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timezone
from hashlib import sha256

from wp_pipeline.aws.lake import Lake, count_of, time_in
from wp_pipeline.tables.conversion.items import ParsedItem, parsed, split_rows
from wp_pipeline.tables.errors import NothingStored, NotRows, NotVerified, no_room
from wp_pipeline.wordpress.answers.items import items_of_piece, split_array
from wp_pipeline.wordpress.answers.json_text import UNREADABLE, first_byte, is_utf8, next_visible
from wp_pipeline.wordpress.answers.pieces import pieces
from wp_pipeline.wordpress.errors import DiskFailure, MalformedAnswer
from wp_pipeline.wordpress.http.body import Body, BodyBuffer

STEP = 1 << 20  # bytes


@dataclass(frozen=True)
class RawObject:
    """The content of a raw object, on disk if it is large. `rows` is what its metadata say."""

    name: str
    body: Body = field(repr=False)
    sha256: str
    rows: int | None
    extracted_at: str = ""

    @property
    def day(self) -> str:
        """The day of the extraction in UTC, as `2026-11-24`; `unknown` if it is not kept."""
        at = time_in(self.extracted_at)
        return f"{at.astimezone(timezone.utc):%Y-%m-%d}" if at else "unknown"

    def items(self) -> Iterator[ParsedItem]:
        """Yield each item, with little in memory. Raises NotRows."""
        if not is_utf8(self.body):
            raise NotRows(f"{self.name}: the stored object is not UTF-8; extract it again")
        try:
            yield from split(self.body)
        except (MalformedAnswer, *UNREADABLE):
            raise self.no_rows() from None

    def no_rows(self) -> NotRows:
        return NotRows(
            f"{self.name}: the stored object is neither a list of JSON objects nor one of them;"
            " extract it again"
        )


def split(body: Body) -> Iterator[ParsedItem]:
    """Split the objects of an array, or the one object.

    Raises MalformedAnswer, or one of UNREADABLE.
    """
    start, view = next_visible(body, 0), memoryview(body)
    if first_byte(body) != b"[":
        yield parsed(view)
        return
    for piece in pieces(body, start):
        if piece.large is None and piece.text == piece.original:
            for raw, members in zip(split_array(piece.text), split_rows(piece.text), strict=True):
                yield ParsedItem(members, memoryview(raw))
        else:
            for raw in items_of_piece(piece, view).raw:
                yield parsed(memoryview(raw))


def download(name: str, lake: Lake) -> RawObject:
    """Download the raw object of an endpoint. Raises a TableError, or an AwsError."""
    opened = lake.open(name)
    if opened is None:
        raise nothing_stored(name)
    digest = sha256()
    try:
        with opened as stream, BodyBuffer() as buffer:
            while chunk := stream.read(STEP):
                digest.update(chunk)
                buffer.append(chunk)
            body = buffer.body()
    except DiskFailure:
        raise no_room(name) from None
    said = opened.metadata.get("sha256", "")
    if said not in ("", digest.hexdigest()):
        raise NotVerified(
            f"{name}: the stored object is not what its metadata say; extract it again"
        )
    return RawObject(
        name,
        body,
        digest.hexdigest(),
        count_of(opened.metadata, "row-count"),
        opened.metadata.get("extracted-at", ""),
    )


def nothing_stored(name: str) -> NothingStored:
    return NothingStored(f"{name}: no object is stored to make a table of; extract it first")
