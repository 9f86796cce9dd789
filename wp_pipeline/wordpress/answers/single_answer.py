"""What an answer with status 200 is: a slice of a collection, or all there is."""

from dataclasses import dataclass, field

from wp_pipeline.wordpress.answers.items import (
    Body,
    Item,
    first_byte,
    ids_ascend,
    items_of,
    members_of,
    no_array,
    require_json,
    without_bom,
)
from wp_pipeline.wordpress.collections.windows import MAX_PER_PAGE, Page, Window, ids, total_in
from wp_pipeline.wordpress.errors import CompletenessNotProven, MalformedAnswer
from wp_pipeline.wordpress.http.client import Answer


@dataclass(frozen=True)
class SingleAnswer:
    """All of an endpoint in one answer, as the site gave it; `rows` are its items."""

    body: Body = field(repr=False)
    rows: list[Item] = field(repr=False)


def slice_of(answer: Answer, window: Window) -> Page:
    """Raises MalformedAnswer."""
    items = items_of(without_bom(answer.body))
    total = total_in(answer.headers.get("X-WP-Total"))
    if total is not None and window.start + len(items) > total:
        total = None  # Fewer than were sent: no count to rely on.
    return Page(window, items, total, 'rel="prev"' in answer.headers.get("Link", ""))


def the_only_page(first: Page) -> list[Item]:
    """Return the items of a page that holds the whole collection, in ascending order of id.

    Raises CompletenessNotProven if there are more pages: without ids in order they can't be joined.
    """
    has_all_ids = len(ids(first.items)) == len(first.items)
    if not first.reaches_the_end:
        raise out_of_order(first.items)
    if len(set(ids(first.items))) < len(ids(first.items)):
        raise CompletenessNotProven("one answer holds an id twice; see the plugins that change it")
    return sorted(first.items, key=lambda item: item.id or 0) if has_all_ids else first.items


def is_a_page(answer: Answer) -> bool:
    """Whether an answer without X-WP-Total looks like a page whose header a cache dropped."""
    body = without_bom(answer.body)
    if first_byte(body) != b"[":
        return False
    items = items_of(body)
    return 0 < len(items) <= MAX_PER_PAGE and ids_ascend(items)


def single_answer(answer: Answer) -> SingleAnswer:
    """Verify an answer that is all there is. Raises MalformedAnswer.

    It is an array of rows, one object, or the answer of a plugin that wraps its rows:
    `{"status": "SUCCESS", "data": [...]}`.
    """
    body = without_bom(answer.body)
    require_json(body)
    if first_byte(body) == b"[":
        return SingleAnswer(body, items_of(body))
    if first_byte(body) != b"{":
        raise no_array(body)
    members = members_of(body)
    status = bytes(members.get("status", b"")).strip(b'"').upper()
    if not members or {"code", "message"} <= set(members) or status == b"ERROR":
        raise MalformedAnswer("HTTP 200 with an error or an empty object instead of data")
    if status == b"SUCCESS" and "data" in members:
        return SingleAnswer(body, items_of(members["data"]))
    return SingleAnswer(body, [Item(None, memoryview(body))])


def out_of_order(items: list[Item]) -> CompletenessNotProven:
    """Say why more than one page of such items can't be joined."""
    if len(ids(items)) < len(items):
        return CompletenessNotProven(
            "more than one page of items without an id; keep id in _fields"
        )
    return CompletenessNotProven(
        "more than one page, and the site does not sort them by id; see its plugins"
    )


def are_hierarchical(items: list[Item]) -> bool:
    """Whether items are terms of a hierarchical taxonomy: those alone have no `offset`."""
    return bool(items) and {"taxonomy", "parent"} <= set(members_of(bytes(items[0].raw)))
