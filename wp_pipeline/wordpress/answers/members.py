"""Splits a JSON object into its first members, each as the site sent it.

    for member in members(body):
        member.name, member.value(body)

An object may have a million members, and a value a hundred million rows, so the memory that is used
does not grow with the body.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from wp_pipeline.wordpress.answers.json_text import UNREADABLE, first_byte, next_visible
from wp_pipeline.wordpress.answers.pieces import (
    NotObjects,
    end_of_any_value,
    scan_rows,
    split_map,
)
from wp_pipeline.wordpress.answers.values import malformed_at, name_at
from wp_pipeline.wordpress.http.body import Body

MOST_MEMBERS = 200
SMALL = 64 << 10  # bytes of an object that is split at once
MOST_OF_A_SCALAR = 1000  # bytes


@dataclass(frozen=True)
class Member:
    """A member of an object: where its value is in the body, and the row count of a list."""

    name: str
    start: int
    end: int
    rows: int | None = None

    def value(self, body: Body) -> memoryview:
        return memoryview(body)[self.start : self.end]

    def scalar(self, body: Body) -> str | int | float | bool | None:
        """Return a short text, number or constant; None for anything else."""
        text = self.value(body)
        if len(text) > MOST_OF_A_SCALAR or text[:1] in (b"[", b"{"):
            return None
        try:
            return json.loads(bytes(text), parse_int=number)
        except ValueError:
            return None


def members(body: Body, start: int = 0, most: int = MOST_MEMBERS) -> Iterator[Member]:
    """Yield up to `most` members of the object that begins at `start`. Raises MalformedAnswer.

    The rest of the object, and of the body, is not looked at.
    """
    place = behind(b"{", body, start)
    if is_closed(body, place):
        return
    for _ in range(most):
        name = name_at(body, place)
        rows, end = value_at(body, name.end)
        yield Member(text_of(name.text, place), name.end, end, rows)
        if is_closed(body, end):
            return
        place = behind(b",", body, end)


def behind(mark: bytes, body: Body, place: int) -> int:
    """Return the position after a mark, which must come next. Raises MalformedAnswer."""
    place = next_visible(body, place)
    if bytes(body[place : place + 1]) != mark:
        raise malformed_at(place)
    return place + 1


def is_closed(body: Body, place: int) -> bool:
    """Whether the object ends here."""
    return first_byte(body, place) == b"}"


def members_of(body: Body, most: int = MOST_MEMBERS) -> dict[str, memoryview]:
    """Return the first members of an object by name. Raises MalformedAnswer."""
    if len(body) <= SMALL:
        with suppress(*UNREADABLE):  # Lone surrogates are, in valid JSON.
            split = islice(split_map(body).items(), most)
            return {name: memoryview(value) for name, value in split}
    return {member.name: member.value(body) for member in members(body, most=most)}


def value_at(body: Body, start: int) -> tuple[int | None, int]:
    """Return a value's row count, None if it is no list of objects, and where it ends."""
    if is_list_of_objects(body, start):
        with suppress(NotObjects):
            return scan_rows(body, start)
    return None, end_of_any_value(body, start)


def is_list_of_objects(body: Body, start: int) -> bool:
    """Whether a list begins here that is empty, or whose first value is an object."""
    if bytes(body[start : start + 1]) != b"[":
        return False
    return first_byte(body, start + 1) in (b"{", b"]")


def text_of(name: bytes, position: int) -> str:
    """Return the text of a member's name; half a surrogate pair becomes a question mark."""
    try:
        return json.loads(b'"%b"' % name).encode("utf-8", "replace").decode()
    except ValueError:
        raise malformed_at(position) from None


def number(digits: str) -> int | float:
    """Parse an integer of any length; Python refuses thousands of digits."""
    return int(digits) if len(digits) < 20 else float(digits)
