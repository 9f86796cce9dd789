"""Finds the list that an object wraps: `{"success":true,"data":[…]}`, `{"events":[…],"total":35}`.

An object wraps a list if what stands beside it only describes the answer. An object with data of
its own, such as an item with a list of tags, does not.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from wp_pipeline.wordpress.answers.error_objects import ROW, plain
from wp_pipeline.wordpress.answers.members import Member, members
from wp_pipeline.wordpress.answers.signs import (
    NESTED,
    NEXT,
    NO_SIGNS,
    PAGES,
    TOTAL,
    Signs,
    signs_in_members,
)
from wp_pipeline.wordpress.http.body import Body

DEEPEST = 3  # `{"data":{"posts":{"nodes":[…]}}}`
# What describes an answer, besides totals and pages; names without _ and -, in lower case.
DESCRIPTION = re.compile(
    "success|ok|status|statuscode|code|message|msg|errors?|warnings?|version|apiversion|time"
    "|timestamp|took|duration|page|perpage|pagesize|currentpage|limit|offset|start|first|last"
    "|prev(ious)?(page|url|link|href|resturl|pageurl|cursor)?|resturl|url|self|href|kind|object"
    "|order(by)?|cursor"
)
# A list under such a name is the content, whatever single values stand beside it.
CONTAINER = re.compile(
    "data|items?|results?|rows|records|entries|list|values?|nodes|objects|collection|hits|response"
    "|body|payload|content"
)
EMPTY = (b"null", b"[]", b"{}", b'""')


@dataclass(frozen=True)
class WrappedList:
    """The list's place in the body, how many rows it has, and what is told beside it."""

    member: Member
    signs: Signs


def find_list(found: Sequence[Member], body: Body, depth: int = DEEPEST) -> WrappedList | None:
    """Return the list of objects that an object with these members wraps, on whatever level.

    Raises MalformedAnswer.
    """
    outer = wrapped_list(found, body)
    inner = inner_object(found, body)
    if outer or inner is None or depth == 1:
        return outer
    below = find_list(list(members(body, inner.start)), body, depth - 1)
    if below is None:
        return None
    return WrappedList(below.member, below.signs | signs_in_members(found, body))


def wrapped_list(found: Sequence[Member], body: Body) -> WrappedList | None:
    lists = [member for member in found if member.rows is not None and not is_empty(member, body)]
    lists = lists or [member for member in found if member.rows is not None]
    if len(lists) != 1:
        return None
    others = [member for member in found if member is not lists[0]]
    is_content = CONTAINER.fullmatch(plain(lists[0].name)) is not None
    if all(describes(one, body) or (is_content and is_single(one, body)) for one in others):
        return WrappedList(lists[0], signs_in_members(others, body))
    return None


def describes(member: Member, body: Body) -> bool:
    """Whether a member describes the answer, or is empty."""
    name = plain(member.name)
    kinds = (DESCRIPTION, TOTAL, PAGES, NEXT, NESTED)
    return any(kind.fullmatch(name) for kind in kinds) or is_empty(member, body)


def is_single(member: Member, body: Body) -> bool:
    """Whether a member is a single value, and none that an item has."""
    return plain(member.name) not in ROW and member.value(body)[:1] not in (b"[", b"{")


def is_empty(member: Member, body: Body) -> bool:
    return bytes(member.value(body)[:10]).strip() in EMPTY


def inner_object(found: Sequence[Member], body: Body) -> Member | None:
    """Return the one object that holds the content: `{"success":true,"data":{"posts":[…]}}`."""
    objects = [
        member for member in found if member.value(body)[:1] == b"{" and not describes(member, body)
    ]
    others = [member for member in found if member not in objects]
    is_wrapper = len(objects) == 1 and all(describes(member, body) for member in others)
    return objects[0] if is_wrapper else None


def signs_of_a_page(found: Sequence[Member], body: Body) -> Signs:
    """Return the signs that an object with data of its own holds a page of a longer list."""
    lists = [member for member in found if member.rows is not None]
    if len(lists) != 1:
        return NO_SIGNS
    others = [member for member in found if member is not lists[0]]
    signs = signs_in_members(others, body)
    return signs if signs.more_than(lists[0].rows or 0) else NO_SIGNS
