"""Reads JSON of any size from a stream, in little memory."""

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any, Protocol

import ijson

BUFFER = 1 << 18  # bytes
# Python reads integers of at most 4,300 digits, and ijson's C code ends the process over a longer
# one: https://docs.python.org/3/library/stdtypes.html#integer-string-conversion-length-limitation
MOST_DIGITS = 4000
DIGITS = b"0123456789"
STEP = 250  # bytes
IS_DIGIT = bytes(byte in DIGITS for byte in range(256))
LONG_NUMBER = b"\x01" * (MOST_DIGITS // STEP - 1)

Event = tuple[str, str, Any]  # of `ijson.parse`: prefix, kind and value
NO_JSON = "it is no JSON, or only a part of it"


class Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class NotJson(Exception):
    """The object is no JSON value, or only a part of one."""


class ShortNumbers:
    """A stream without the digits from the 4,001st on of any number, also of one in a text."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self._digits = 0  # At the end of what was read so far.

    def read(self, size: int = -1) -> bytes:
        """Return some of the next bytes; none at the end only."""
        while part := self._stream.read(size):
            if short := self._shortened(part):
                return short
        return b""

    def _shortened(self, part: bytes) -> bytes:
        at_start = len(part) - len(part.lstrip(DIGITS))
        if self._digits + at_start <= MOST_DIGITS and not may_have_long_number(part):
            at_end = len(part) - len(part.rstrip(DIGITS))
            self._digits = at_end + (self._digits if at_end == len(part) else 0)
            return part
        kept = bytearray()
        for place, piece in enumerate(re.split(rb"([0-9]+)", part)):
            if place % 2:  # Digits.
                kept += piece[: max(0, MOST_DIGITS - self._digits)]
                self._digits += len(piece)
            elif piece:
                kept += piece
                self._digits = 0
        return bytes(kept)


def events_of_beginning(beginning: bytes) -> list[Event]:
    """Return the events of ijson's parser for some JSON, of which more may follow.

    Raises NotJson.
    """
    events: list[Event] = ijson.sendable_list()
    try:
        ijson.parse_coro(events).send(ShortNumbers(BytesIO(beginning)).read())
    except (ijson.JSONError, UnicodeDecodeError):
        raise NotJson(NO_JSON) from None
    return events


class Rejoined:
    """A stream whose beginning was read already."""

    def __init__(self, beginning: bytes, rest: Readable) -> None:
        self._beginning = BytesIO(beginning)
        self._rest = rest

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, at most `size`; none at the end only."""
        return self._beginning.read(size) or self._rest.read(size)


def may_have_long_number(part: bytes) -> bool:
    """Look at some bytes only: of a number that is too long, 15 in a row are digits."""
    return LONG_NUMBER in part[::STEP].translate(IS_DIGIT)


def read(parse: Callable[..., Iterator[Any]], stream: Readable, *arguments: str) -> Iterator[Any]:
    """Yield what ijson finds. Raises NotJson."""
    try:
        yield from parse(ShortNumbers(stream), *arguments, buf_size=BUFFER)
    except (ijson.JSONError, UnicodeDecodeError):
        raise NotJson(NO_JSON) from None
