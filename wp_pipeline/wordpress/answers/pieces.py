"""Cuts a JSON array or object of any size into small ones, so that each can be read in a few MB.

    for piece in pieces(body, start):       # [{…},{…},{…}]  becomes  [{…},{…}]  and  [{…}]
        print(len(piece.text), piece.end)
    rows, end = scan_rows(body, start)      # of an array: all must be objects

A cut is right if what stands before it, closed by a bracket, is valid JSON: the grammar of JSON
leaves no other way to read a beginning (RFC 8259, 2).
"""

import re
from collections.abc import Callable, Iterator
from itertools import chain
from typing import NamedTuple, TypeVar

import msgspec

from wp_pipeline.wordpress.answers.json_text import (
    SURROGATE_ESCAPE,
    UNREADABLE,
    VISIBLE,
    masked,
    reason_of,
    unreadable,
)
from wp_pipeline.wordpress.errors import MalformedAnswer
from wp_pipeline.wordpress.http.body import Body, release

PIECE = 4 << 20  # bytes
CUTS_TRIED = 3
TRAILING = re.compile(r"trailing characters \(byte (\d+)\)")
BYTE = re.compile(r"\(byte (\d+)\)")
TRUNCATED = "truncated"  # msgspec's word for JSON that ends too early.
SPACE = rb"[ \t\r\n]*"
COMMA = re.compile(SPACE + rb",")
NAME = re.compile(SPACE + rb'("(?:[^"\\]|\\.)*")' + SPACE + rb":" + SPACE, re.DOTALL)
CLOSING = {b"[": b"]", b"{": b"}"}
# What stands at a cut: the end of a row and a comma; a comma and the name of a member.
CUTS = {b"[": (b"},", 1), b"{": (b',"', 0)}

Value = TypeVar("Value")
skip = msgspec.json.Decoder(msgspec.Raw).decode


class NotObjects(MalformedAnswer):
    """An array of rows with a value that is none."""

    def __init__(self) -> None:
        super().__init__("HTTP 200 with an array whose values are not objects")


class Row(msgspec.Struct, gc=False):
    """Any object: msgspec checks that it is one, and builds nothing of it."""


read_list = msgspec.json.Decoder(list[Row]).decode


class Piece(NamedTuple):
    """A part of an array or object that is one itself; `end` is where it ends in the body."""

    text: bytes
    end: int


def pieces(body: Body, start: int, size: int = PIECE) -> Iterator[Piece]:
    """Yield the array or object that begins at `start` in pieces of about `size` bytes.

    Raises MalformedAnswer.
    """
    view = memoryview(body)
    opening = bytes(view[start : start + 1])
    position = start + 1
    while True:
        window = opening + bytes(view[position : position + size])
        end = end_of_value(window, offset=position - 1)
        if end is not None:
            if position > start + 1 and not window[1 : end - 1].strip():
                raise unreadable(reason_of(msgspec.DecodeError(f"byte {position}")))
            yield Piece(window[:end], position - 1 + end)
            return
        if position + size >= len(view):
            raise unreadable(reason_of(msgspec.DecodeError(TRUNCATED)))
        if cut := last_cut(window, opening):
            yield Piece(window[:cut] + CLOSING[opening], position - 1 + cut)
            cut += position - 1
        else:
            cut = end_of_large_value(view, opening, position)
            yield Piece(b"".join((opening, view[position:cut], CLOSING[opening])), cut)
            if view[cut : cut + 1] == CLOSING[opening]:
                yield Piece(opening + CLOSING[opening], cut + 1)
                return
        release(body)
        comma = COMMA.match(view, cut)
        if comma is None:
            raise unreadable(reason_of(msgspec.DecodeError(f"byte {cut + 1}")))
        position = comma.end()


def end_of_large_value(view: memoryview, opening: bytes, position: int) -> int:
    """Return where the value or member at `position` ends, which is larger than a piece."""
    if opening == b"{":
        named = NAME.match(view, position)
        if named is None:
            raise unreadable(reason_of(msgspec.DecodeError(f"byte {position + 1}")))
        position = named.end()
    end = end_of_value(view, position)
    if end is None:
        raise unreadable(reason_of(msgspec.DecodeError(TRUNCATED)))
    return end


def end_of_value(text: Body, start: int = 0, offset: int = 0) -> int | None:
    """Return where the value that begins at `start` ends; None where the text ends before it.

    White space behind it counts as a part of it. Raises MalformedAnswer; `offset` is where the text
    begins in the body.
    """
    view = memoryview(text)[start:]
    reason, is_truncated = "", True
    for part in chain([view], masked_beginnings(view)):
        try:
            return start + length_of_value(part)
        except UNREADABLE as fault:  # Not kept: it would keep the text in memory.
            reason = reason_of(fault, start + offset)
            is_truncated = breaks_at_its_end(fault, len(part))
    if is_truncated:
        return None
    raise unreadable(reason)


def breaks_at_its_end(fault: Exception, length: int) -> bool:
    """Whether a text could be the beginning of valid JSON: of `-1`, `-` is called malformed."""
    place = BYTE.search(str(fault))
    return TRUNCATED in str(fault) or (place is not None and int(place[1]) >= length)


def masked_beginnings(view: memoryview) -> Iterator[bytes]:
    """Yield beginnings, each longer than the last, without what msgspec refuses of valid JSON."""
    size = PIECE
    while SURROGATE_ESCAPE.search(view):
        yield masked(view[:size])
        if size >= len(view):
            return
        size *= 8


def length_of_value(text: Body) -> int:
    try:
        skip(text)
    except msgspec.DecodeError as fault:
        if found := TRAILING.search(str(fault)):
            return int(found[1]) - 1  # msgspec counts from 1.
        raise
    return len(text)


def last_cut(window: bytes, opening: bytes) -> int:
    """Return the last place where the window can be cut, or 0."""
    mark, length = CUTS[opening]
    cut = len(window)
    for _ in range(CUTS_TRIED):
        cut = window.rfind(mark, 0, cut)
        if cut < 0:
            break
        if is_json(window[: cut + length] + CLOSING[opening]):
            return cut + length
    return last_row_end(window) if opening == b"[" else 0


def last_row_end(window: bytes) -> int:
    """Return where the last complete value of an array ends, from value to value; 0 if none."""
    end = 0
    while (found := end_of_value(window, max(1, end + 1))) is not None:
        if window[found : found + 1] != b",":
            break
        end = found
    return end


def is_json(text: bytes) -> bool:
    try:
        decoded(skip, text)
    except UNREADABLE:
        return False
    return True


def decoded(decode: Callable[[Body], Value], text: bytes) -> Value:
    """Decode a text that may hold lone surrogates. Raises what msgspec raises."""
    try:
        return decode(text)
    except msgspec.ValidationError:
        raise
    except UNREADABLE:
        return decode(masked(text))


def scan_rows(body: Body, start: int = 0) -> tuple[int, int]:
    """Return how many rows the array at `start` has, and where it ends. Raises MalformedAnswer."""
    count, end = 0, start
    for piece in pieces(body, start):
        count += len(rows_of(piece.text))
        end = piece.end
    return count, end


def rows_of(text: bytes) -> list[Row]:
    """Raises NotObjects if not every value of an array is an object."""
    try:
        return decoded(read_list, text)
    except msgspec.ValidationError:
        raise NotObjects from None


def first_rows(body: Body, start: int, most: int) -> Iterator[memoryview]:
    """Yield up to `most` rows of the valid array at `start`, as the site sent them."""
    position = start + 1
    for _ in range(most):
        row = VISIBLE.search(body, position)
        if row is None or row[0] != b"{":
            return
        end = end_of_value(body, row.start())
        if end is None:
            return
        yield memoryview(body)[row.start() : end]
        position = end + 1
