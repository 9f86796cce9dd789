"""Reads a list that PHP wrote as an object: `array_filter` leaves `{"0":{…},"2":{…}}` of a list.

Its names are positions. An object whose names could mean something, such as years, is no list.
"""

from collections.abc import Iterator, Sequence
from operator import lt

import msgspec

from wp_pipeline.wordpress.answers.members import Member, members
from wp_pipeline.wordpress.answers.pieces import Row, decoded, pieces
from wp_pipeline.wordpress.http.body import Body

SMALL = 1000  # Below it are no years and few ids.
SPARSEST = 10  # Positions for each row that is left.
ID_NAMES = ("id", "ID")

read_map = msgspec.json.Decoder(dict[str, Row]).decode
split_map = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def length_of_holed_list(found: Sequence[Member], body: Body, start: int) -> int | None:
    """Return how many rows the object at `start` has if it is a list with holes, otherwise None.

    `found` are its first members. Raises MalformedAnswer.
    """
    if not all(is_position(member.name) for member in found):
        return None
    count, last = 0, -1
    for piece in pieces(body, start):
        numbers = positions_in(piece.text)
        if not numbers or not all(map(lt, [last, *numbers], numbers)):
            return None
        count, last = count + len(numbers), numbers[-1]
    return count if last < max(SMALL, SPARSEST * count) or are_ids(found, body) else None


def positions_in(text: bytes) -> list[int]:
    """Return the names of an object's members as numbers; nothing if any is not that of a row."""
    try:
        names = list(decoded(read_map, text))
    except msgspec.ValidationError:
        return []
    return list(map(int, names)) if is_position("".join(names)) else []


def rows_of_holed_list(body: Body, start: int) -> Iterator[list[msgspec.Raw]]:
    """Yield the rows of a holed list, some at a time, as the site sent them."""
    for piece in pieces(body, start):
        yield list(decoded(split_map, piece.text).values())


def is_position(name: str) -> bool:
    return name.isascii() and name.isdigit()


def are_ids(found: Sequence[Member], body: Body) -> bool:
    """Whether each row is called by its own id: then nothing is lost with the names."""
    return all(id_in(member, body) == member.name for member in found)


def id_in(member: Member, body: Body) -> str:
    value = member.value(body)
    for inner in members(value):
        if inner.name in ID_NAMES:
            return str(inner.scalar(value))
    return ""
