"""Finds what an answer says about further rows: a total, a page count, a next page.

These signs differ from API to API. They are in headers (`X-WP-Total`, `X-Total-Count`, `Link`) and
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
NOTHING = ("", "false", "0", "no", "null", "none")
TOTAL_HEADER = re.compile(
    r"(x-(?!(ratelimit|rate-limit|runtime|query|db|cache|time|memory)-)([\w-]+-)?|pagination-)?total"
    r"(-?(count|items|results|records|rows|entries|found))?"
    r"|x-(count|records|result-count|item-count|found-posts)|pagination-count",
    re.IGNORECASE,
)
PAGES_HEADER = re.compile(
    r"(x-([\w-]+-)?|pagination-)(total-?pages|pages?-?count|pages|last-page)", re.IGNORECASE
)
NEXT_HEADER = re.compile(r"x-([\w-]+-)?(next(-page|-cursor)?|has-?(more|next))", re.IGNORECASE)
RANGE = re.compile(r"(\w+ )?\d+-\d+/(\d+)")
NEXT_LINK = re.compile(
    r""";\s*rel\s*=\s*("([^"]*\s)?next[\s"]|'([^']*\s)?next[\s']|next\s*(,|;|$))""", re.IGNORECASE
)

ROWS = (
    "(count|items?|results?|rows?|records?|entries|found|posts?|hits|elements|objects|courses?"
    "|events?|products?|orders?|users?|customers?|members?|comments?|jobs?|forms?|submissions?"
    "|subscribers?|contacts?|leads?|terms?|listings?|questions?|lessons?|donations?|tickets?"
    "|bookings?|reviews?|articles?|files|media|logs?)"
)
TOTAL = re.compile(
    f"(xwp)?total{ROWS}?|(num)?found{ROWS}?|@?(odata.)?count|all|{ROWS}(count|total|filtered|found)"
    f"|(num|nb|all|numberof){ROWS}|itotal(display)?records"
)
# An item, such as an order, may have such a total, too.
PLAIN_TOTAL = re.compile("total|count|all|found")
PAGES = re.compile(
    "(xwp)?totalpages?|(max)?(num)?pages|pages?(count|total)|lastpage|pagestotal|numberofpages"
)
NEXT = re.compile(
    "next(page|url|link|href|resturl|pageurl|pagelink|cursor|token|pagetoken|offset|uri)?"
    "|hasmore(items|results|rows|pages)?|hasnext(page)?|more|moreitems|@?odata.nextlink"
    "|(is)?truncated|(is)?incomplete(results)?|remaining(items|rows|pages|count)"
)
# If it is false, more follows.
END = re.compile(
    "(is)?last(page)?|(is)?(done|complete|completed|finished|exhausted)|endof(list|data)"
)
NESTED = re.compile(
    "meta|metadata|links|paging|pagination|pageinfo|pager|page|headers|info|counts|query|totals"
)
THOUSANDS = re.compile(r"\d{1,3}([,'\u2019\u00a0\u202f ]\d{3})+")
OF_ALL = re.compile(r"\d+ ?[-\u2013] ?\d+ ?(?:of|/|von|de|sur|di) ?(\d+)")  # `1-10 of 45`


@dataclass(frozen=True)
class Signs:
    """How many rows and pages there are in all, None if unknown, and whether a page follows."""

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
        elif NEXT_HEADER.fullmatch(name):
            found |= Signs(has_next=text.strip().lower() not in NOTHING)
        elif name.lower() in ("x-pagination", "pagination"):
            found |= signs_in_text(text)
    if in_range := RANGE.fullmatch(headers.get("Content-Range", "")):
        found |= Signs(total=count_in(in_range[2]))
    return found


def signs_in_members(found: Iterable[Member], body: Body, is_nested: bool = False) -> Signs:
    """Return the signs beside a list, and those in `meta`, `pagination` and similar objects."""
    signs = Signs()
    for member in found:
        name = plain(member.name)
        if TOTAL.fullmatch(name):
            signs |= Signs(total=count_of(member, body))
        elif PAGES.fullmatch(name):
            signs |= Signs(pages=count_of(member, body))
        elif NEXT.fullmatch(name):
            signs |= Signs(has_next=promises_more(member, body))
        elif END.fullmatch(name):
            signs |= Signs(has_next=member.scalar(body) is False)
        elif NESTED.fullmatch(name) and not is_nested:
            signs |= nested_signs(member, body)
    return signs


def nested_signs(member: Member, body: Body) -> Signs:
    value = member.value(body)
    if value[:1] != b"{":
        return Signs()
    return signs_in_members(members(value), value, is_nested=True)


def signs_in_text(text: str) -> Signs:
    """Return the signs in a header that holds a JSON object: `X-Pagination: {"total":45}`."""
    try:
        value = text.strip().encode()
        return signs_in_members(members(value), value) if value[:1] == b"{" else Signs()
    except MalformedAnswer:
        return Signs()


def promises_more(member: Member, body: Body) -> bool:
    value = member.scalar(body)
    if value is None:  # `"next": {"href": "…"}`
        return member.value(body)[:1] == b"{" and len(member.value(body)) > len("{}")
    return bool(value) and str(value).lower() not in NOTHING


def count_of(member: Member, body: Body) -> int | None:
    """Return a member's count: a number, a text or `{"value":45}`; None for anything else."""
    value = member.scalar(body)
    if isinstance(value, float) and value.is_integer():
        return int(value)  # PHP's ceil() returns a float.
    if isinstance(value, (int, str)):
        return count_in(str(value))
    inner = members(body, member.start) if member.value(body)[:1] == b"{" else ()
    return next((count_of(one, body) for one in inner if one.name == "value"), None)


def count_in(text: str | None) -> int | None:
    """Read a count, also one with thousands separators; None if it is missing or no count."""
    digits = (text or "").strip()
    if of_all := OF_ALL.fullmatch(digits):
        digits = of_all[1]
    elif THOUSANDS.fullmatch(digits):
        digits = re.sub(r"\D", "", digits)
    is_count = digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_COUNT
    return int(digits) if is_count else None
