"""Checks a body before it is split: whether it is JSON, in UTF-8, an array or an object.

msgspec decodes the JSON. It refuses one thing that RFC 8259 allows: an escaped half of a surrogate
pair (`\\ud83d`), which PHP writes if a plugin cuts an emoji in two. `masked` replaces those by
escapes of the same length, so that all positions are those of the original.
"""

import codecs
import re

import msgspec

from wp_pipeline.wordpress.errors import MalformedAnswer
from wp_pipeline.wordpress.http.body import Body, release

BOM = b"\xef\xbb\xbf"
STEP = 1 << 20  # bytes
SURROGATE_ESCAPE = re.compile(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
VISIBLE = re.compile(rb"[^ \t\r\n]")
HARMLESS_ESCAPE = rb"\\u0020"  # Of the same length.

# What msgspec raises for a body that is no JSON, or nested too deeply.
UNREADABLE = (msgspec.DecodeError, RecursionError)


def without_bom(body: Body) -> Body:
    """Drop a byte order mark, which RFC 8259, 8.1 allows a reader to ignore."""
    return memoryview(body)[len(BOM) :] if body[: len(BOM)] == BOM else body


def first_byte(body: Body, start: int = 0) -> bytes:
    """Return the first byte from `start` on that is not white space; empty if there is none."""
    place = next_visible(body, start)
    return bytes(body[place : place + 1])


def next_visible(body: Body, start: int) -> int:
    """Return the position of the first byte from `start` on that is not white space."""
    while True:
        found = VISIBLE.search(body, start, start + STEP)
        if found:
            return found.start()
        if start + STEP >= len(body):
            return len(body)
        start += STEP
        release(body)


def require_json(body: Body) -> None:
    """Raises MalformedAnswer for an empty body or a web page, the most frequent faults."""
    start = first_byte(body)
    if not start:
        raise unreadable("HTTP 200 with an empty body")
    if start == b"<":
        found = "HTTP 200 with a web page instead of JSON"
        raise unreadable(f"{found}: a login, captcha or maintenance page, or PHP notices", found)


def require_utf8(body: Body) -> None:
    """Raises MalformedAnswer: JSON that is exchanged must be UTF-8 (RFC 8259, 8.1)."""
    if not is_utf8(body):  # Raised here, since a UnicodeDecodeError holds what it could not read.
        raise MalformedAnswer("HTTP 200 with bytes that are not UTF-8")


def is_utf8(body: Body) -> bool:
    if isinstance(body, bytes) and body.isascii():  # PHP escapes everything else: 16 times faster.
        return True
    decoder = codecs.getincrementaldecoder("utf-8")()
    view = memoryview(body)
    try:
        for start in range(0, len(view), STEP):
            decoder.decode(view[start : start + STEP], start + STEP >= len(view))
            release(body)
    except UnicodeDecodeError:
        return False
    return True


def masked(body: Body) -> bytes:
    """Return a copy with surrogate escapes replaced by escapes of the same length."""
    return SURROGATE_ESCAPE.sub(HARMLESS_ESCAPE, memoryview(body))


def place_of(raw: msgspec.Raw, body: bytes, start: int) -> tuple[int, int]:
    """Return where a part begins and ends in the body that it was split from. Raises ValueError."""
    part = bytes(raw)
    start = body.index(part, start)
    return start, start + len(part)


def reason_of(fault: Exception, offset: int = 0) -> str:
    """Say at which position the JSON is invalid, and nothing of its content.

    `offset` is the position in the body at which the invalid text begins.
    """
    if isinstance(fault, RecursionError):
        return "HTTP 200 with JSON nested too deeply"
    found = re.search(r"byte (\d+)", str(fault))
    place = f"from byte {offset + int(found[1])} on" if found else "at its end"
    return f"HTTP 200 with a body that is not JSON {place}"


def unreadable(reason: str, found: str = "") -> MalformedAnswer:
    """Return the error for a body that is no JSON: PHP may have ended too early."""
    return MalformedAnswer(reason, smaller_page_may_help=True, found=found)


def not_an_array(body: Body) -> MalformedAnswer:
    """Return the error for a body that is no array where items are expected."""
    try:
        msgspec.json.decode(body, type=msgspec.Raw)
    except UNREADABLE as fault:
        return unreadable(reason_of(fault))
    # PHP's `json_encode` returns false where it runs out of memory, which some plugins send.
    is_failure = first_byte(body) in (b"f", b"n")
    return MalformedAnswer(
        "HTTP 200 with a JSON object or scalar where items are expected",
        smaller_page_may_help=is_failure,
    )
