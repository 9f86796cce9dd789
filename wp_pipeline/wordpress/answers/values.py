"""Finds where a JSON value of any size ends, with a few MB in memory.

    end = end_of_value(body, start, end_of_pieces)  # raises MalformedAnswer where the body ends

msgspec reads what fits in a window. A larger text is read window after window, a larger array or
object by `pieces.py`.
"""

import re
from collections.abc import Callable
from itertools import chain
from typing import NamedTuple, TypeVar

import msgspec

from wp_pipeline.wordpress.answers.json_text import (
    SURROGATE_ESCAPE,
    UNREADABLE,
    masked,
    next_visible,
    reason_of,
    unreadable,
)
from wp_pipeline.wordpress.errors import MalformedAnswer
from wp_pipeline.wordpress.http.body import Body, release

WINDOW = 1 << 20  # bytes
WINDOWS = (64 << 10, WINDOW)  # One after the other: most values are small.
TRAILING = re.compile(r"trailing characters \(byte (\d+)\)")
BYTE = re.compile(r"\(byte (\d+)\)")
TRUNCATED = "truncated"  # msgspec's word for JSON that ends too early.
LONGEST_ESCAPE = len(r"\u0020")

SHORT_NAME = re.compile(rb'"([^"\\]{0,100})"')
LONGEST_NAME = 1000  # bytes of a name that are kept

Value = TypeVar("Value")
skip = msgspec.json.Decoder(msgspec.Raw).decode


class Ended(NamedTuple):
    """Where the value at the beginning of a text ends; None if the text ends before it.

    `text` is the text, of the same length, without the valid JSON that msgspec refuses.
    """

    end: int | None
    text: Body


class Name(NamedTuple):
    """A member's name, as JSON, and where the member's value begins."""

    text: bytes
    end: int


def ended(text: Body, offset: int = 0) -> Ended:
    """Return where the value at the beginning of a text ends, with the white space after it.

    `offset` is where the text begins in the body. Raises MalformedAnswer.
    """
    reason, is_beginning = "", True
    for readable in chain([text], (masked(one) for one in [text] if SURROGATE_ESCAPE.search(one))):
        try:
            return Ended(length_of_value(readable), readable)
        except UNREADABLE as fault:  # Not kept: it would keep the text in memory.
            is_beginning = breaks_at_its_end(fault, len(text))
            reason, text = reason_of(fault, offset), readable
    if is_beginning:
        return Ended(None, text)
    raise unreadable(reason)


def breaks_at_its_end(fault: Exception, length: int) -> bool:
    """Whether a text may be the beginning of valid JSON; msgspec calls `-` malformed."""
    place = BYTE.search(str(fault))
    return TRUNCATED in str(fault) or (place is not None and int(place[1]) >= length)


def length_of_value(text: Body) -> int:
    try:
        skip(text)
    except msgspec.DecodeError as fault:
        if found := TRAILING.search(str(fault)):
            return int(found[1]) - 1  # msgspec counts from 1.
        raise
    return len(text)


def end_of_window(body: Body, start: int) -> int | None:
    """Return where the value at `start` ends if that is within a window. Raises MalformedAnswer."""
    for size in WINDOWS:
        view = memoryview(body)[start : start + size]
        end = ended(view, start).end
        is_whole = end is not None and (end < len(view) or start + len(view) == len(body))
        if is_whole or len(view) < size:
            return start + end if end is not None else None
    return None


def end_of_value(body: Body, start: int, end_of_pieces: Callable[[int], int]) -> int:
    """Return where the value at `start` and the white space after it end.

    `end_of_pieces` returns where an array or object ends that is larger than a window. Raises
    MalformedAnswer.
    """
    end = end_of_window(body, start)
    if end is not None:
        return end
    start = next_visible(body, start)
    first = bytes(memoryview(body)[start : start + 1])
    if first == b'"':
        return next_visible(body, end_of_text(body, start))
    if first in (b"[", b"{"):
        return next_visible(body, end_of_pieces(start))
    end = ended(memoryview(body)[start:], start).end  # A number of so many digits.
    if end is None:
        raise truncated()
    return start + end


def end_of_text(body: Body, start: int) -> int:
    """Return where the text ends that begins with the quote at `start`. Raises MalformedAnswer."""
    view, position = memoryview(body), start + 1
    while True:
        window = b'"' + bytes(view[position : position + WINDOW])
        end = ended(window, position - 1).end
        if end is not None:
            return position - 1 + len(window[:end].rstrip(b" \t\r\n"))
        if position + WINDOW >= len(view):
            raise truncated()
        position += end_of_escapes(window) - 1
        release(body)


def end_of_escapes(window: bytes) -> int:
    """Return the last position in a part of a text that is not within an escape."""
    last = window.rfind(b"\\")
    if last < len(window) - LONGEST_ESCAPE:
        return len(window)
    run = last + 1 - len(window[: last + 1].rstrip(b"\\"))
    return last + 1 if run % 2 == 0 else last


def name_at(body: Body, position: int) -> Name:
    """Return the name of the member at `position`. Raises MalformedAnswer.

    Only the beginning of a very long name is kept.
    """
    position = next_visible(body, position)
    if short := SHORT_NAME.match(body, position):
        text, end = short[1], short.end()
    elif bytes(body[position : position + 1]) == b'"':
        end = end_of_text(body, position)
        text = bytes(body[position + 1 : min(end - 1, position + LONGEST_NAME)])
        text = text if position + LONGEST_NAME >= end else text.split(b"\\")[0]
    else:
        raise malformed_at(position)
    colon = next_visible(body, end)
    if bytes(body[colon : colon + 1]) != b":":
        raise malformed_at(colon)
    return Name(text, next_visible(body, colon + 1))


def truncated() -> MalformedAnswer:
    return unreadable(reason_of(msgspec.DecodeError(TRUNCATED)))


def malformed_at(position: int) -> MalformedAnswer:
    """Return the error for invalid JSON at this position, from 1."""
    return unreadable(reason_of(msgspec.DecodeError(f"byte {position}")))


def require_nothing_behind(body: Body, end: int) -> None:
    """Raises MalformedAnswer if anything but white space follows."""
    place = next_visible(body, end)
    if place < len(body):
        raise malformed_at(place + 1)


def is_json(text: bytes) -> bool:
    try:
        skip(text)
    except UNREADABLE:
        return False
    return True


def decoded(decode: Callable[[Body], Value], text: Body) -> Value:
    """Decode a text that may hold lone surrogates. Raises what msgspec raises."""
    try:
        return decode(text)
    except msgspec.ValidationError:
        raise
    except UNREADABLE:
        return decode(masked(text))
