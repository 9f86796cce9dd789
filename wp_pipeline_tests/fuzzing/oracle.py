"""Decides what may be published, with Python's json and the body that the site meant to send.

It uses nothing of the package, which is what is tested.
"""

import json
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from wp_pipeline_tests.fuzzing.bodies import BOM
from wp_pipeline_tests.fuzzing.generated_answers import Answer

# As http.client parses it: HTTP/0.9, any latin-1 white space, +200 and 2_00 are accepted.
SPACE = rb"[\s\x1c-\x1f\x85\xa0]"
SAYS_200 = re.compile(
    rb"^" + SPACE + rb"*HTTP/\S*" + SPACE + rb"+\+?2_?0_?0(" + SPACE + rb"|$)", re.MULTILINE
)
WHITE = b" \t\r\n"


class Members(dict[str, Any]):
    """The members of an object; equal if their order and repeated names are equal too."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Members) and self.pairs == other.pairs

    __hash__ = None


def refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


STRICT = json.JSONDecoder(
    object_pairs_hook=Members, parse_constant=refuse, parse_int=str, parse_float=str
)


@contextmanager
def deep() -> Iterator[None]:
    """Raise the recursion limit: by default Python's json refuses a depth of 1,000."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def read(body: bytes) -> Any:
    """Parse a body that is JSON. Raises ValueError or RecursionError."""
    return STRICT.decode(body.decode("utf-8"))


def beginning(body: bytes) -> Any:
    """Return the JSON at the beginning of a body, or None."""
    text = body.removeprefix(BOM).decode("utf-8", "replace").lstrip(" \t\r\n")
    try:
        return STRICT.raw_decode(text)[0]
    except (ValueError, RecursionError):
        return None


def is_json(body: bytes) -> bool:
    try:
        read(body)
    except (ValueError, RecursionError):
        return False
    return True


def rows_of(value: Any) -> list[Any]:
    """Return the items of a parsed body: of the array, of the wrapper, or the object itself."""
    wrapped = isinstance(value, dict) and str(value.get("status")).upper() == "SUCCESS"
    if wrapped and "data" in value:
        value = value["data"]
        assert isinstance(value, list)
    return value if isinstance(value, list) else [value]


def assert_is_data(value: Any) -> None:
    """Assert a non-empty object or array of objects, and no error of WordPress or a plugin."""
    rows = rows_of(value)
    assert rows
    assert all(isinstance(row, dict) for row in rows)
    if isinstance(value, dict):
        assert value
        assert not {"code", "message"} <= set(value)
        assert str(value.get("status")).upper() != "ERROR"


def is_whole(stored: bytes, body: bytes) -> bool:
    """Whether the stored object is the complete body.

    A body that only begins with JSON may be cut behind it. Trailing white space is not part of
    the JSON, and may be missing after a cut.
    """
    body = body.removeprefix(BOM)
    if stored.rstrip(WHITE) == body.rstrip(WHITE):
        return True
    return body.startswith(stored) and not is_json(body)


def is_put_together(value: Any, bodies: Sequence[bytes]) -> bool:
    """Whether it is an array of items that were sent, with no id twice."""
    sent = [item for body in bodies for item in array_in(body)]
    ids = [row["id"] for row in value if str(row.get("id")).isdecimal()]
    return len(ids) == len(set(ids)) and all(row in sent for row in value)


def array_in(body: bytes) -> list[Any]:
    found = beginning(body)
    return found if isinstance(found, list) else []


def is_list_of(value: Any, body: bytes) -> bool:
    """Whether it is a list that the body wraps: `{"status":"SUCCESS","data":[…]}`."""
    return any(found == value for found in lists_in(beginning(body)))


def lists_in(value: Any, depth: int = 3) -> Iterator[list[Any]]:
    """Yield the lists in an object, and the object itself as PHP's list with holes."""
    if not isinstance(value, dict) or depth == 0:
        return
    if all(name.isdigit() for name in value):
        yield list(value.values())
    for member in value.values():
        if isinstance(member, list):
            yield member
        yield from lists_in(member, depth - 1)


def assert_rightly_published(stored: bytes, given: Sequence[Answer]) -> None:
    """Assert that the stored object is JSON data that the site meant to send with status 200."""
    with deep():
        value = read(stored)
        assert_is_data(value)
        good = [answer.body for answer in given if says_200(answer)]
        if any(is_whole(stored, body) or is_list_of(value, body) for body in good):
            return
        assert stored.startswith(b"[\n{")
        assert stored.endswith(b"}\n]\n")
        assert is_put_together(value, good)


def says_200(answer: Answer) -> bool:
    return SAYS_200.search(wire(answer)) is not None


def wire(answer: Answer) -> bytes:
    return b"".join(piece for piece in answer.pieces if isinstance(piece, bytes))


def could_be_items(answer: Answer) -> bool:
    """Whether a reader of a collection could accept the answer as items of the site."""
    with deep():
        return says_200(answer) and beginning(answer.body) is not None
