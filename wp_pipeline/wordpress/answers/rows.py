"""Counts the rows of a JSON array and returns the first of them; all must be objects."""

from collections.abc import Iterator

import msgspec

from wp_pipeline.wordpress.answers.json_text import VISIBLE
from wp_pipeline.wordpress.answers.pieces import decoded, end_of_value, pieces
from wp_pipeline.wordpress.errors import MalformedAnswer
from wp_pipeline.wordpress.http.body import Body

NOT_OBJECTS = "HTTP 200 with an array whose values are not objects"


class Row(msgspec.Struct, gc=False):
    """Any object: msgspec checks that it is one, and builds nothing of it."""


read_list = msgspec.json.Decoder(list[Row]).decode


def scan_rows(body: Body, start: int = 0) -> tuple[int, int]:
    """Return how many rows the array at `start` has, and where it ends. Raises MalformedAnswer."""
    count, end = 0, start
    for piece in pieces(body, start):
        count += len(rows_of(piece.text))
        end = piece.end
    return count, end


def rows_of(text: bytes) -> list[Row]:
    """Raises MalformedAnswer if not every value of an array is an object."""
    try:
        return decoded(read_list, text)
    except msgspec.ValidationError:
        raise MalformedAnswer(NOT_OBJECTS) from None


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
