"""Reads some members of the items of a stored object, of any size, in little memory.

    for item in stored_items(stream, ("id", "author")):
        print(item.id, item.author)      # UNSET where an item has no such member

A `StoredJson` does this for several rules. It opens the object again only if a second rule reads
the items.

`storing/payload.py` writes one item a line, and msgspec decodes many lines in one call. JSON in any
other layout is read by ijson, which takes several times as long.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from io import BytesIO
from itertools import islice
from typing import Any

import ijson
import msgspec
from msgspec import UNSET

from wp_pipeline.aws.errors import ObjectReplaced
from wp_pipeline.extraction.rules.json_stream import (
    NO_JSON,
    Event,
    NotJson,
    Readable,
    Rejoined,
    events_of_beginning,
    read,
)
from wp_pipeline.wordpress.answers.json_text import UNREADABLE, is_utf8

SEPARATOR = b",\n"  # of two items
BLOCK = 1 << 18  # bytes
LONGEST_ITEM = 4  # blocks; a longer text without a separator has another layout
NESTING = {"start_map": 1, "start_array": 1, "end_map": -1, "end_array": -1}
EMPTY = {"start_map": dict, "start_array": list}
# Levels of nesting: the members of an item, and what is in a member.
OF_ITEM, OF_MEMBER = 2, 3

Stream = AbstractContextManager[Readable]


class StoredJson:
    """The JSON of a stored object, to be read as often as rules need it.

    `stream` is the open object, and `open_again` opens it once more; it returns None where the
    object is no longer there.
    """

    def __init__(self, stream: Readable, open_again: Callable[[], Stream | None]) -> None:
        self._stream = stream
        self._is_unread = True
        self._open_again = open_again

    @cached_property
    def _beginning(self) -> bytes:
        return self._stream.read(BLOCK)

    def items(self, members: Collection[str]) -> Iterator[Any]:
        """Yield what `stored_items` finds. Raises NotJson, or an AwsError."""
        with self._opened() as stream:
            yield from stored_items(stream, members)

    def events(self) -> Iterator[Event]:
        """Yield the events of `ijson.parse`. Raises NotJson, or an AwsError.

        Those of the first bytes need no request of their own: the bytes are kept.
        """
        first = events_of_beginning(self._beginning)
        yield from first
        with self._opened() as stream:
            yield from islice(read(ijson.parse, stream), len(first), None)

    def _opened(self) -> Stream:
        if self._is_unread:
            self._is_unread = False
            return nullcontext(Rejoined(self._beginning, self._stream))
        opened = self._open_again()
        if opened is None:
            raise ObjectReplaced("the object was removed meanwhile", "run the check again")
        return opened


def stored_items(stream: Readable, members: Collection[str], block: int = BLOCK) -> Iterator[Any]:
    """Yield each object of a JSON array, with these members as attributes.

    A member that an item lacks is UNSET. An array or object in a member may lack the arrays and
    objects within it. JSON that is no array has no items. `block` is how many bytes are decoded at
    once. Raises NotJson.
    """
    items = ItemDecoder(members)
    text = b""  # An array: what was not decoded yet.
    is_cut = False
    while part := read_block(stream, block):
        text += part
        cut = text.rfind(SEPARATOR)
        if cut < 0 and len(text) < LONGEST_ITEM * block:
            continue
        found = items.decoded(text[:cut] + b"]") if text[1 : max(1, cut)].strip() else None
        if found is None:
            yield from items.parsed(Rejoined(text, stream))
            return
        yield from found
        text = b"[" + text[cut + len(SEPARATOR) :]
        is_cut = True
    if is_cut and text[1:].strip() == b"]":  # A comma stood behind the last item.
        raise NotJson(NO_JSON)
    found = items.decoded(text)
    yield from items.parsed(BytesIO(text)) if found is None else found


def read_block(stream: Readable, least: int = BLOCK) -> bytes:
    """Return at least so many of the next bytes, fewer only at the end of the stream."""
    parts, size = [], 0
    while size < least and (part := stream.read(least)):
        parts.append(part)
        size += len(part)
    return b"".join(parts)


class ItemDecoder:
    """Makes objects with the wanted members of JSON."""

    def __init__(self, members: Collection[str]) -> None:
        fields = [(member, Any, UNSET) for member in members]
        self._members = frozenset(members)
        self._new: Any = msgspec.defstruct("StoredItem", fields, gc=False)
        self._decode = msgspec.json.Decoder(list[self._new]).decode

    def decoded(self, array: bytes) -> list[Any] | None:
        """Return the items of a small array; None if it is none."""
        try:
            if is_utf8(array):
                return self._decode(array)
        except UNREADABLE:  # Also lone surrogates, and values of an array that are no objects.
            pass
        try:
            return list(self.parsed(BytesIO(array)))
        except NotJson:
            return None

    def parsed(self, stream: Readable) -> Iterator[Any]:
        """Yield the items of JSON in any layout. Raises NotJson."""
        members = MembersOfItem(self._members)
        for event, value in read(ijson.basic_parse, stream):
            if event == "map_key":
                members.name(value)
            elif event in NESTING:
                found = members.nest(event)
                if found is not None:
                    yield self._new(**found)
            else:
                members.add(value)


class MembersOfItem:
    """Collects the wanted members of one item after the other, from the events of ijson."""

    def __init__(self, wanted: Collection[str]) -> None:
        self._wanted = wanted
        self._found: dict[str, Any] = {}
        self._level = 0
        self._is_array = True
        self._member = ""  # of the item
        self._inner: str | None = None  # of an object in that member; its name may be empty

    def name(self, name: str) -> None:
        if self._level == OF_ITEM:
            self._member, self._inner = name, None
        else:
            self._inner = name

    def nest(self, event: str) -> dict[str, Any] | None:
        """Enter or leave an array or object; return the members of an item that ended."""
        self._level += NESTING[event]
        self._inner = None
        if self._level == OF_MEMBER and event in EMPTY and self._member in self._wanted:
            self._found[self._member] = EMPTY[event]()
        if self._level > 1:
            return None
        self._is_array = self._is_array and event != "start_map"
        found = self._found
        self._found, self._member = {}, ""
        return found if self._is_array and event == "end_map" else None

    def add(self, value: Any) -> None:
        """Add a value that is no array or object."""
        if self._member not in self._wanted:
            return
        if self._level == OF_ITEM:
            self._found[self._member] = value
        elif self._level == OF_MEMBER and self._inner is not None:
            self._found[self._member][self._inner] = value
        elif self._level == OF_MEMBER:
            self._found[self._member].append(value)
