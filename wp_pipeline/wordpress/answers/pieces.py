"""Cuts a JSON array or object of any size into small ones, so that each can be read in a few MB.

    for piece in pieces(body, start):       # [{…},{…},{…}]  becomes  [{…},{…}]  and  [{…}]
        print(len(piece.text), piece.end)
    rows, end = scan_rows(body, start)      # of an array: all must be objects

A cut is right if the text before it, closed by a bracket, is valid JSON: the beginning of a JSON
text can be read in one way only (RFC 8259, section 2).
"""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from wp_pipeline.wordpress.answers.json_text import next_visible, place_of
from wp_pipeline.wordpress.answers.values import (
    WINDOW,
    WINDOWS,
    decoded,
    end_of_value,
    end_of_window,
    ended,
    is_json,
    malformed_at,
    name_at,
    truncated,
)
from wp_pipeline.wordpress.errors import MalformedAnswer
from wp_pipeline.wordpress.http.body import Body, release

GROWTH = 16
DEEPEST = 30  # Levels of arrays and objects, each larger than a window.
CLOSING = {b"[": b"]", b"{": b"}"}
# Where an array or object may be cut, and how many bytes of the mark belong to the row before the
# cut.
CUTS = {b"[": ((b"},", 1), (b"],", 1), (b'",', 1), (b",", 0)), b"{": ((b',"', 0),)}
# How far from the end of a window cuts are tried, since a long text in a row may look like rows.
DISTANCES = (0, 0, 0, 1 << 10, 1 << 14, 1 << 17, 1 << 18, 1 << 19)


class NotObjects(MalformedAnswer):
    """An array with a value that is no object, and therefore no row."""

    def __init__(self) -> None:
        super().__init__("HTTP 200 with an array whose values are not objects")


class Row(msgspec.Struct, gc=False):
    """Any object: msgspec checks that it is one, and builds nothing of it."""


read_list = msgspec.json.Decoder(list[Row]).decode
split_map = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class Piece(NamedTuple):
    """A part of an array or object, as an array or object of its own, from `start` to `end`.

    `text` is without lone surrogates; `original` is as the site sent it. A single value that is
    larger than a piece is in `large`; the text has an empty value in its place.
    """

    text: bytes
    start: int
    end: int
    original: bytes
    large: memoryview | None = None


def pieces(body: Body, start: int, size: int = WINDOW, depth: int = DEEPEST) -> Iterator[Piece]:
    """Yield the array or object that begins at `start` in pieces of about `size` bytes.

    Raises MalformedAnswer.
    """
    view = memoryview(body)
    opening = bytes(view[start : start + 1])
    closing = CLOSING[opening]
    position = next_visible(body, start + 1)
    while True:
        original, end, window = largest_window(view, opening, position, size)
        if end is not None:
            if position > next_visible(body, start + 1) and not window[1 : end - 1].strip():
                raise malformed_at(position)
            yield Piece(window[:end], position, position - 1 + end, original[:end])
            return
        if cut := last_cut(window, opening):
            parts = window[:cut] + closing, original[:cut] + closing
            cut += position - 1
            yield Piece(parts[0], position, cut, parts[1])
        else:
            large = large_piece(body, opening, position, depth)
            yield large
            cut = large.end
            if view[cut : cut + 1] == closing:
                yield Piece(opening + closing, cut, cut + 1, opening + closing)
                return
        release(body)
        cut = next_visible(body, cut)
        if view[cut : cut + 1] != b",":
            raise malformed_at(cut + 1)
        position = next_visible(body, cut + 1)


class Window(NamedTuple):
    """A part of an array or object, and where the array or object ends; None if later."""

    original: bytes
    end: int | None
    text: bytes


def largest_window(view: memoryview, opening: bytes, position: int, most: int) -> Window:
    """Return the rest of an array or object from `position` on, or `most` bytes of it.

    Raises MalformedAnswer.
    """
    size = min(WINDOWS[0], most)  # Many arrays are small.
    while True:
        original = opening + bytes(view[position : position + size])
        end, text = ended(original, offset=position - 1)
        if end is None and position + size >= len(view):
            raise truncated()
        if end is not None or size == most:
            return Window(original, end, bytes(text))
        size = min(size * GROWTH, most)


def large_piece(body: Body, opening: bytes, position: int, depth: int) -> Piece:
    """Return the one value or member at `position`, which is larger than a piece."""
    text = opening
    if opening == b"{":
        name = name_at(body, position)
        text += b'"%b":' % name.text
        position = name.end
    end = end_of_any_value(body, position, depth)
    value = memoryview(body)[position:end]
    text += (b"{}" if value[:1] == b"{" else b"0") + CLOSING[opening]
    return Piece(text, position, end, text, value)


def end_of_any_value(body: Body, start: int, depth: int = DEEPEST) -> int:
    """Return where the value at `start` and the white space after it end.

    Raises MalformedAnswer.
    """
    return end_of_value(body, start, lambda place: end_of_pieces(body, place, depth - 1))


def end_of_pieces(body: Body, start: int, depth: int = DEEPEST) -> int:
    """Return where the array or object at `start` ends. Raises MalformedAnswer."""
    if depth == 0:
        end = ended(memoryview(body)[start:], start).end
        if end is None:
            raise truncated()
        return start + end
    end = start
    for piece in pieces(body, start, depth=depth):
        end = piece.end
    return end


def last_cut(window: bytes, opening: bytes) -> int:
    """Return one of the last places where the window can be cut, or 0."""
    for mark, length in CUTS[opening]:
        cut = len(window)
        for distance in DISTANCES:
            cut = window.rfind(mark, 0, max(0, min(cut, len(window) - distance)))
            if cut <= 0:
                break
            if is_json(window[: cut + length] + CLOSING[opening]):
                return cut + length
    return last_row_end(window) if opening == b"[" else 0


def last_row_end(window: bytes) -> int:
    """Return where the last complete value of an array ends, or 0; it goes through all values."""
    end = 0
    while (found := end_of_window(window, max(1, end + 1))) is not None:
        if window[found : found + 1] != b",":
            break
        end = found
    return end


def scan_rows(body: Body, start: int = 0) -> tuple[int, int]:
    """Return how many rows the array at `start` has, and where it ends. Raises MalformedAnswer."""
    count, end = 0, start
    for piece in pieces(body, start):
        count += len(rows_of(piece.text))
        end = piece.end
    return count, end


def rows_of(text: bytes) -> list[Row]:
    """Return the values of an array. Raises NotObjects if not all are objects."""
    try:
        return decoded(read_list, text)
    except msgspec.ValidationError:
        raise NotObjects from None


def values_of(piece: Piece) -> list[memoryview | msgspec.Raw]:
    """Return the values of the members of an object's piece, as the site sent them."""
    if piece.large is not None:
        return [piece.large]
    values = split_map(piece.text).values()
    if piece.text == piece.original:
        return list(values)
    original, places, end = memoryview(piece.original), [], 0
    for raw in values:
        start, end = place_of(raw, piece.text, end)
        places.append(original[start:end])
    return places


def first_rows(body: Body, start: int, most: int) -> Iterator[memoryview]:
    """Yield up to `most` rows of the valid array at `start`, as the site sent them."""
    position = released = start + 1
    for _ in range(most):
        position = next_visible(body, position)
        if bytes(body[position : position + 1]) != b"{":
            return
        end = end_of_any_value(body, position)
        yield memoryview(body)[position:end]
        if end - released > WINDOW:
            release(body)
            released = end
        position = end + 1
