"""Splits a JSON array into its items. Each item's bytes stay as the site sent them.

    items = items_of(answer.body)
    items.ids, items.raw                            # two lists of the same length

A large array is split in pieces, so that it need not be in memory as a whole.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import lt
from typing import Annotated, NamedTuple

import msgspec

from wp_pipeline.wordpress.answers.json_text import (
    UNREADABLE,
    first_byte,
    masked,
    next_visible,
    not_an_array,
    place_of,
    reason_of,
    require_json,
    require_utf8,
    unreadable,
)
from wp_pipeline.wordpress.answers.pieces import NotObjects, Piece, pieces, rows_of
from wp_pipeline.wordpress.answers.values import decoded, require_nothing_behind
from wp_pipeline.wordpress.errors import MalformedAnswer
from wp_pipeline.wordpress.http.body import Body, release

ONE_ANSWER = "add a parameter to the endpoint's URL that sends all rows at once"
MOST_ROWS_OF_A_PAGE = 100_000
LARGE = 4 << 20  # bytes
LARGEST_ID = (1 << 63) - 1  # MySQL's BIGINT; len() of a range can't be larger either.
# How WordPress begins an item. A number of 18 digits is below LARGEST_ID.
ID_IN_FRONT = re.compile(rb'\{"id":(\d{1,18})[,}]')

Raw = memoryview | msgspec.Raw


class Item(NamedTuple):
    """One item: its id, None if it has no usable one, and its bytes."""

    id: int | None
    raw: Raw


@dataclass(frozen=True)
class Items:
    """Items in the order of the answer, as two lists of the same length.

    Two lists and not a list of `Item`, so that 100,000 comments need not become objects.
    """

    ids: list[int | None] = field(default_factory=list)
    raw: Sequence[Raw] = field(default_factory=list, repr=False)

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[Item]:
        return map(Item, self.ids, self.raw)

    def __getitem__(self, index: int) -> Item:
        return Item(self.ids[index], self.raw[index])

    def slice(self, start: int, end: int | None = None) -> "Items":
        return Items(self.ids[start:end], self.raw[start:end])

    def __add__(self, others: "Items") -> "Items":
        return Items([*self.ids, *others.ids], [*self.raw, *others.raw])

    @cached_property
    def known_ids(self) -> list[int]:
        return [item_id for item_id in self.ids if item_id is not None]

    @cached_property
    def ascend(self) -> bool:
        """Whether every item has an id, each higher than the one before."""
        known = self.known_ids
        return len(known) == len(self.ids) and all(map(lt, known, known[1:]))

    def in_reverse(self) -> "Items":
        return Items(self.ids[::-1], self.raw[::-1])


class WithNumber(msgspec.Struct, gc=False):
    """An item whose id is a usable number; msgspec checks the other members and builds nothing."""

    id: Annotated[int, msgspec.Meta(ge=0, le=LARGEST_ID)]


class WithAnyId(msgspec.Struct, gc=False):
    id: msgspec.Raw = msgspec.Raw(b"null")


split_array = msgspec.json.Decoder(list[msgspec.Raw]).decode
read_numbers = msgspec.json.Decoder(list[WithNumber]).decode
read_id = msgspec.json.Decoder(WithAnyId).decode


def items_of(body: Body) -> Items:
    """Split a JSON array of objects into its items, without copying them.

    Ids may be numbers or strings of digits. Raises MalformedAnswer if the body is not UTF-8 JSON,
    not an array, or contains something that is not an object.
    """
    require_json(body)
    require_utf8(body)
    if first_byte(body) != b"[":
        raise not_an_array(body)
    if len(body) > LARGE:
        return items_in_pieces(body)
    try:
        raw = split_array(body)
        return Items(ids_of(body, raw), raw)
    except msgspec.ValidationError:
        raise NotObjects from None
    except UNREADABLE as fault:
        reason = reason_of(fault)
    return items_with_lone_surrogates(body, reason)


def items_in_pieces(body: Body) -> Items:
    """Split a large array, with one piece of it in memory at a time.

    Raises MalformedAnswer, also for more rows than any site has on a page.
    """
    view, ids, items = memoryview(body), [], []
    end = next_visible(body, 0)
    for piece in pieces(body, end):
        if len(items) + len(rows_of(piece.text)) > MOST_ROWS_OF_A_PAGE:
            raise MalformedAnswer(
                f"HTTP 200 with a page of more than {MOST_ROWS_OF_A_PAGE:,} rows", ONE_ANSWER
            )
        end = piece.end
        found = items_of_piece(piece, view)
        ids += found.ids
        items += found.raw
    require_nothing_behind(body, end)
    release(body)
    return Items(ids, items)


def items_of_piece(piece: Piece, body: memoryview) -> Items:
    """Return the rows of a piece of an array, each with its bytes in the body."""
    if piece.large is not None:
        return Items([id_of(decoded(read_id, piece.large).id)], [piece.large])
    rows = split_array(piece.text)
    raw, first, place = [], piece.start - len("["), 0
    for row in rows:
        start, place = place_of(row, piece.text, place)
        raw.append(body[first + start : first + place])
    return Items(ids_of(piece.text, rows), raw)


def ids_of(body: Body, raw: Sequence[msgspec.Raw]) -> list[int | None]:
    """Return the ids: from the beginnings of the items, or in one step if all are numbers.

    The items are known to be JSON. If an item repeats its id, either value may be used (RFC 8259,
    section 4).
    """
    in_front = list(map(ID_IN_FRONT.match, raw))
    if None not in in_front:
        return [int(found[1]) for found in in_front if found]
    try:
        return [item.id for item in read_numbers(body)]
    except msgspec.ValidationError:
        return [id_of(read_id(item).id) for item in raw]


def items_with_lone_surrogates(body: Body, reason: str) -> Items:
    """Split an array once more, with surrogate escapes masked.

    Raises MalformedAnswer with this reason if they were not what made it unreadable.
    """
    original = memoryview(body)
    text = masked(body)
    ids: list[int | None] = []
    items: list[memoryview] = []
    position = 0
    try:
        for raw in split_array(text):
            start, position = place_of(raw, text, position)
            ids.append(id_of(read_id(raw).id))
            items.append(original[start:position])
    except UNREADABLE:
        raise unreadable(reason) from None
    return Items(ids, items)


def id_of(raw: msgspec.Raw) -> int | None:
    digits = bytes(raw).strip(b'"')
    if not digits.isdigit() or len(digits) > len(str(LARGEST_ID)):
        return None
    number = int(digits)
    return number if number <= LARGEST_ID else None
