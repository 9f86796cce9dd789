"""An endpoint whose whole content is one answer: a plugin's rows, or one object."""

from dataclasses import dataclass, field

from wp_pipeline.wordpress.answers.items import Items, items_of
from wp_pipeline.wordpress.answers.json_text import (
    first_byte,
    not_an_array,
    require_json,
    without_bom,
)
from wp_pipeline.wordpress.answers.members import members_of
from wp_pipeline.wordpress.errors import MalformedAnswer
from wp_pipeline.wordpress.http.body import Body
from wp_pipeline.wordpress.http.client import Answer


@dataclass(frozen=True)
class SingleAnswer:
    """All of an endpoint in one answer, as the site sent it; `rows` are its items."""

    body: Body = field(repr=False)
    rows: Items = field(repr=False)


def single_answer(answer: Answer) -> SingleAnswer:
    """Verify an answer that is complete by itself. Raises MalformedAnswer.

    It is an array of rows, one object, or the answer of a plugin that wraps its rows:
    `{"status": "SUCCESS", "data": [...]}`.
    """
    body = without_bom(answer.body)
    require_json(body)
    if first_byte(body) == b"[":
        return SingleAnswer(body, items_of(body))
    if first_byte(body) != b"{":
        raise not_an_array(body)
    members = members_of(body)
    status = bytes(members.get("status", b"")).strip(b'"').upper()
    if not members or {"code", "message"} <= set(members) or status == b"ERROR":
        raise MalformedAnswer("HTTP 200 with an error or an empty object instead of data")
    if status == b"SUCCESS" and "data" in members:
        return SingleAnswer(body, items_of(members["data"]))
    return SingleAnswer(body, Items([None], [memoryview(body)]))
