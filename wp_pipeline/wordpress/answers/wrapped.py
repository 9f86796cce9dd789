"""Finds the list that an object wraps: `{"success":true,"data":[…]}`, `{"events":[…],"total":35}`.

An object wraps a list if its other members only describe the answer. An object with data of its
own, such as an item with a list of tags, does not.

A sparse list is an object whose names are positions, `{"0":{…},"2":{…}}`: PHP sends one after
`array_filter` removed values. An object whose names may have a meaning, such as years, is not one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from operator import lt

import msgspec

from wp_pipeline.wordpress.answers.error_objects import ROW, plain
from wp_pipeline.wordpress.answers.json_text import next_visible
from wp_pipeline.wordpress.answers.members import Member, members
from wp_pipeline.wordpress.answers.pieces import Row, pieces, values_of
from wp_pipeline.wordpress.answers.signs import (
    END,
    NESTED,
    NEXT,
    NO_SIGNS,
    PAGES,
    PLAIN_TOTAL,
    TOTAL,
    Signs,
    count_of,
    signs_in_members,
)
from wp_pipeline.wordpress.answers.values import name_at
from wp_pipeline.wordpress.http.body import Body

DEEPEST = 3  # `{"data":{"posts":{"nodes":[…]}}}`
# What describes an answer, besides totals and pages; names without _ and -, in lower case.
DESCRIPTION = re.compile(
    "success|ok|status|statuscode|code|message|msg|errors?|warnings?|version|apiversion|time"
    "|timestamp|took|duration|page|perpage|pagesize|currentpage|limit|offset|start|first|last"
    "|prev(ious)?(page|url|link|href|resturl|pageurl|cursor)?|resturl|url|self|href|kind|object"
    "|order(by)?|cursor|from|to|path|size|number|sort|pageable|empty|draw|secho|args|params|filters?"
    "|jsonapi|requestspeed|@?odata.context"
)
# A list with such a name is the content, even if single values are beside it.
CONTAINER = re.compile(
    "data|items?|results?|rows|records|entries|list|values?|nodes|objects|collection|hits|response"
    "|body|payload|content"
)
SMALL = 1000  # Below it are no years and few ids.
SPARSEST = 10  # The most positions for each remaining row.
ID_NAMES = ("id", "ID")
NOTHING = (b"null", b"[]", b"{}", b'""')

read_map = msgspec.json.Decoder(dict[str, Row]).decode


@dataclass(frozen=True)
class WrappedList:
    """Where the list is in the body, how many rows it has, and the signs beside it."""

    member: Member
    signs: Signs


def find_list(found: Sequence[Member], body: Body, depth: int = DEEPEST) -> WrappedList | None:
    """Return the list of objects that an object with these members wraps, on any level.

    Raises MalformedAnswer.
    """
    found = [with_rows(member, body) for member in found]
    outer = wrapped_list(found, body) or empty_list(found, body)
    inner = inner_object(found, body)
    if outer or inner is None or depth == 1:
        return outer
    below = find_list(list(members(body, inner.start)), body, depth - 1)
    if below is None:
        return None
    return WrappedList(below.member, below.signs | signs_in_members(found, body))


def with_rows(member: Member, body: Body) -> Member:
    """Count the rows of a sparse list. Raises MalformedAnswer."""
    if member.value(body)[:1] != b"{":
        return member
    first = next_visible(body, member.start + 1)
    if bytes(body[first : first + 1]) != b'"' or not is_position(name_at(body, first).text):
        return member
    inner = list(members(body, member.start))
    return replace(member, rows=length_of_sparse_list(inner, body, member.start))


def empty_list(found: Sequence[Member], body: Body) -> WrappedList | None:
    """Return the member that replaces a list without rows: `{"success":true,"data":null}`."""
    signs = signs_in_members(found, body)
    if not all(describes(member, body) for member in found):
        return None
    for member in found:
        name = plain(member.name)
        is_content = signs.total == 0 or CONTAINER.fullmatch(name)
        if is_content and is_nothing(member, body) and not DESCRIPTION.fullmatch(name):
            return WrappedList(replace(member, rows=0), signs)
    return None


def is_nothing(member: Member, body: Body) -> bool:
    return bytes(member.value(body)[:10]).strip() in NOTHING


def wrapped_list(found: Sequence[Member], body: Body) -> WrappedList | None:
    lists = [member for member in found if member.rows is not None]
    lists = [one for one in lists if not is_description(one)] or lists
    lists = [one for one in lists if one.rows] or lists
    if len(lists) != 1:
        return None
    others = [member for member in found if member is not lists[0]]
    is_content = CONTAINER.fullmatch(plain(lists[0].name)) is not None
    if all(describes(one, body) or (is_content and is_single(one, body)) for one in others):
        return WrappedList(lists[0], signs_in_members(others, body))
    return None


def describes(member: Member, body: Body) -> bool:
    """Whether a member describes the answer, or is empty."""
    return is_description(member) or is_nothing(member, body)


def is_description(member: Member) -> bool:
    name = plain(member.name)
    return any(kind.fullmatch(name) for kind in (DESCRIPTION, TOTAL, PAGES, NEXT, END, NESTED))


def is_single(member: Member, body: Body) -> bool:
    """Whether a member is a single value that items do not have."""
    return plain(member.name) not in ROW and member.value(body)[:1] not in (b"[", b"{")


def inner_object(found: Sequence[Member], body: Body) -> Member | None:
    """Return the one object that holds the content: `{"success":true,"data":{"posts":[…]}}`."""
    objects = [
        member for member in found if member.value(body)[:1] == b"{" and not describes(member, body)
    ]
    others = [member for member in found if member not in objects]
    is_wrapper = len(objects) == 1 and all(describes(member, body) for member in others)
    return objects[0] if is_wrapper else None


def signs_of_a_page(found: Sequence[Member], body: Body, depth: int = DEEPEST) -> Signs:
    """Return the signs that an object with data of its own holds a page of a longer list.

    An item's total, such as an order's, is no such sign. Raises MalformedAnswer.
    """
    is_item = any(plain(member.name) in ROW for member in found)
    lists = [member for member in found if member.rows is not None]
    others = [one for one in found if one not in lists and not (is_item and is_plain(one))]
    signs = signs_in_members(others, body)
    if lists and signs.more_than(max(member.rows or 0 for member in lists)):
        return signs
    if not lists and not is_item and max_pages(found, body) > 1:  # The rows are HTML.
        return signs
    inner = [] if depth == 1 or is_item else [m for m in found if m.value(body)[:1] == b"{"]
    below = (signs_of_a_page(list(members(body, m.start)), body, depth - 1) for m in inner)
    return next((one for one in below if one != NO_SIGNS), NO_SIGNS)


def is_plain(member: Member) -> bool:
    return PLAIN_TOTAL.fullmatch(plain(member.name)) is not None


def max_pages(found: Sequence[Member], body: Body) -> int:
    """Return how many pages a query of WordPress has, if a plugin sends that with its HTML."""
    named = {plain(member.name): member for member in found}
    pages = named.get("maxnumpages", named.get("totalpages"))
    return (count_of(pages, body) or 0) if pages else 0


def length_of_sparse_list(found: Sequence[Member], body: Body, start: int) -> int | None:
    """Return how many rows the object at `start` has if it is a sparse list, otherwise None.

    `found` are its first members. Raises MalformedAnswer.
    """
    if not all(is_position(member.name) for member in found):
        return None
    count, last = 0, -1
    for piece in pieces(body, start):
        if count and piece.text == b"{}":  # Behind a large row.
            continue
        numbers = positions_in(piece.text)
        if not numbers or not all(map(lt, [last, *numbers], numbers)):
            return None
        count, last = count + len(numbers), numbers[-1]
    return count if last < max(SMALL, SPARSEST * count) or are_ids(found, body) else None


def positions_in(text: bytes) -> list[int]:
    """Return the names of an object's members as numbers; empty if one is no position."""
    try:
        names = list(read_map(text))
    except msgspec.ValidationError:
        return []
    return list(map(int, names)) if is_position("".join(names)) else []


def rows_of_sparse_list(body: Body, start: int) -> Iterator[list[memoryview | msgspec.Raw]]:
    """Yield the rows of a sparse list, some at a time, as the site sent them."""
    for piece in pieces(body, start):
        yield values_of(piece)


def is_position(name: str | bytes) -> bool:
    return name.isascii() and name.isdigit()


def are_ids(found: Sequence[Member], body: Body) -> bool:
    """Whether each row is named by its own id, so that the names can be dropped."""
    return all(id_in(member, body) == member.name for member in found)


def id_in(member: Member, body: Body) -> str:
    value = member.value(body)
    for inner in members(value):
        if inner.name in ID_NAMES:
            return str(inner.scalar(value))
    return ""
