"""What an answer tells of the rows that it does not hold: a total, more pages, a next page.

The signs of the APIs that people have, in headers (`X-WP-Total`, `X-Total-Count`, `Link`) and
beside the list (`{"events":[…],"total":35,"total_pages":4,"next_rest_url":"…"}`).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from wp_pipeline.wordpress.answers.error_objects import plain
from wp_pipeline.wordpress.answers.members import Member, members
from wp_pipeline.wordpress.errors import MalformedAnswer
from wp_pipeline.wordpress.http.body import Body

LONGEST_COUNT = 15  # digits
TOTAL_HEADER = re.compile(r"x-([\w-]+-)?total(-?(count|items|results|records))?", re.IGNORECASE)
PAGES_HEADER = re.compile(r"x-([\w-]+-)?(total-?pages|pages?-?count|pages)", re.IGNORECASE)
RANGE = re.compile(r"\w+ \d+-\d+/(\d+)")
NEXT_LINK = re.compile(r';\s*rel="?next\b', re.IGNORECASE)

ROWS = "(count|items?|results?|rows?|records?|entries|found|posts?|hits|elements|objects)"
TOTAL = re.compile(f"(xwp)?total{ROWS}?|(num)?found(posts)?|count|{ROWS}count|(num|nb|all){ROWS}")
PAGES = re.compile("(xwp)?totalpages|(max)?(num)?pages|pages?(count|total)|lastpage|pagestotal")
NEXT = re.compile(
    "next(page|url|link|href|resturl|pageurl|pagelink|cursor|token|pagetoken|offset|uri)?"
    "|hasmore(items|results|rows|pages)?|hasnext(page)?|more|moreitems|odata.nextlink|@odata.nextlink"
)
NESTED = re.compile("meta|metadata|links|paging|pagination|pageinfo|pager|page|headers|info")


@dataclass(frozen=True)
class Signs:
    """How many rows and pages there are in all, None where that is not told, and what follows."""

    total: int | None = None
    pages: int | None = None
    has_next: bool = False

    def more_than(self, rows: int) -> bool:
        """Whether there are more rows than these."""
        return self.has_next or (self.total or 0) > rows or (self.pages or 0) > 1

    def __or__(self, other: "Signs") -> "Signs":
        return Signs(
            larger(self.total, other.total),
            larger(self.pages, other.pages),
            self.has_next or other.has_next,
        )


NO_SIGNS = Signs()


def larger(one: int | None, other: int | None) -> int | None:
    known = [count for count in (one, other) if count is not None]
    return max(known, default=None)


def signs_in_headers(headers: Mapping[str, str]) -> Signs:
    found = Signs(has_next=bool(NEXT_LINK.search(headers.get("Link", ""))))
    for name, text in headers.items():
        if TOTAL_HEADER.fullmatch(name):
            found |= Signs(total=count_in(text))
        elif PAGES_HEADER.fullmatch(name):
            found |= Signs(pages=count_in(text))
    if in_range := RANGE.fullmatch(headers.get("Content-Range", "")):
        found |= Signs(total=count_in(in_range[1]))
    return found


def signs_in_members(found: Iterable[Member], body: Body, is_nested: bool = False) -> Signs:
    """Return what stands beside a list; one level below `meta`, `pagination` and their kind."""
    signs = Signs()
    for member in found:
        name = plain(member.name)
        if TOTAL.fullmatch(name):
            signs |= Signs(total=count_of(member, body))
        elif PAGES.fullmatch(name):
            signs |= Signs(pages=count_of(member, body))
        elif NEXT.fullmatch(name):
            signs |= Signs(has_next=promises_more(member, body))
        elif NESTED.fullmatch(name) and not is_nested:
            signs |= nested_signs(member, body)
    return signs


def nested_signs(member: Member, body: Body) -> Signs:
    value = member.value(body)
    if value[:1] != b"{":
        return Signs()
    try:
        return signs_in_members(members(value), value, is_nested=True)
    except MalformedAnswer:  # It is valid: the object around it was read.
        return Signs()


def promises_more(member: Member, body: Body) -> bool:
    value = member.scalar(body)
    if value is None:  # `"next": {"href": "…"}`
        return member.value(body)[:1] == b"{" and len(member.value(body)) > len("{}")
    return bool(value) and str(value).lower() not in ("false", "0", "no", "null")


def count_of(member: Member, body: Body) -> int | None:
    """Return a member's count, be it a number or a text; None where it is none."""
    value = member.scalar(body)
    return count_in(str(value)) if isinstance(value, (int, str)) else None


def count_in(text: str | None) -> int | None:
    """Read a header's count; None where it is missing or no count."""
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_COUNT else None
