"""From an answer's bytes to its items, each kept as the site sent it."""

import codecs
import re
from collections.abc import Sequence
from contextlib import suppress
from mmap import mmap
from typing import NamedTuple

import msgspec

from wp_pipeline.wordpress.errors import MalformedAnswer

Body = bytes | bytearray | memoryview | mmap

BOM = b"\xef\xbb\xbf"
STEP = 1 << 20
LARGEST_ID = (1 << 63) - 1  # Python counts no further how many lie between two.
# JSON allows an escaped half of a surrogate pair; msgspec does not.
SURROGATE_ESCAPE = re.compile(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
HARMLESS_ESCAPE = rb"\\u0020"  # as long as the one it stands for


class Item(NamedTuple):
    """One item: its id, if it has a usable one, and its bytes."""

    id: int | None
    raw: memoryview | msgspec.Raw


class Identified(msgspec.Struct, gc=False):
    """What we need to know of an item; msgspec checks the rest and builds nothing from it."""

    id: msgspec.Raw = msgspec.Raw(b"null")


split_array = msgspec.json.Decoder(list[msgspec.Raw]).decode
identify = msgspec.json.Decoder(Identified).decode
split_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def without_bom(body: Body) -> Body:
    """Drop a byte order mark, which RFC 8259 allows a reader to ignore."""
    return memoryview(body)[len(BOM) :] if body[: len(BOM)] == BOM else body


def first_byte(body: Body) -> bytes:
    """Return the first byte that is not white space."""
    return bytes(body[:STEP]).lstrip(b" \t\r\n")[:1]


def items_of(body: Body) -> list[Item]:
    """Split a JSON array of objects into its items, without copying them.

    Raises MalformedAnswer if the body is not UTF-8 JSON, not an array, or holds something that
    is not an object. Ids may be numbers or strings of digits.
    """
    require_json(body)
    require_utf8(body)
    if first_byte(body) != b"[":
        raise no_array(body)
    try:
        return [Item(id_of(identify(raw).id), raw) for raw in split_array(body)]
    except msgspec.ValidationError:
        raise MalformedAnswer("HTTP 200 with an array of something else than objects") from None
    except (msgspec.DecodeError, RecursionError) as fault:
        return items_with_lone_surrogates(body, reason_of(fault))


def items_with_lone_surrogates(body: Body, reason: str) -> list[Item]:
    """Split an array once more, with surrogate escapes masked: half a pair is valid JSON.

    The mask keeps every length, so the items are found at the same places in the original.
    """
    original = memoryview(body)
    masked = SURROGATE_ESCAPE.sub(HARMLESS_ESCAPE, original)
    items, position = [], 0
    try:
        for raw in split_array(masked):
            start, position = place_of(raw, masked, position)
            items.append(Item(id_of(identify(raw).id), original[start:position]))
    except (msgspec.DecodeError, RecursionError):
        raise MalformedAnswer(reason) from None
    return items


def no_array(body: Body) -> MalformedAnswer:
    """Say what stands where items are expected."""
    try:
        msgspec.json.decode(body, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError) as fault:
        return MalformedAnswer(reason_of(fault))
    return MalformedAnswer("HTTP 200 with a JSON object or scalar where items are expected")


def members_of(body: Body) -> dict[str, memoryview]:
    """Return the members of a JSON object, as they were sent. Raises MalformedAnswer."""
    require_utf8(body)
    try:
        return {name: memoryview(raw) for name, raw in split_object(body).items()}
    except (msgspec.DecodeError, RecursionError) as fault:
        return members_with_lone_surrogates(body, reason_of(fault))


def members_with_lone_surrogates(body: Body, reason: str) -> dict[str, memoryview]:
    original = memoryview(body)
    masked = SURROGATE_ESCAPE.sub(HARMLESS_ESCAPE, original)
    members, position = {}, 0
    try:
        for name, raw in split_object(masked).items():
            members[name] = memoryview(raw)
            with suppress(ValueError):  # A name that comes twice is not where it is looked for.
                start, position = place_of(raw, masked, position)
                members[name] = original[start:position]
    except (msgspec.DecodeError, RecursionError):
        raise MalformedAnswer(reason) from None
    return members


def place_of(raw: msgspec.Raw, body: bytes, start: int) -> tuple[int, int]:
    """Return where a part stands in the body that it was split from."""
    part = bytes(raw)
    start = body.index(part, start)
    return start, start + len(part)


def id_of(raw: msgspec.Raw) -> int | None:
    digits = bytes(raw).strip(b'"')
    if not digits.isdigit() or len(digits) > len(str(LARGEST_ID)):
        return None
    number = int(digits)
    return number if number <= LARGEST_ID else None


def require_json(body: Body) -> None:
    """Tell the common other things apart: an empty body, a page, text before the JSON."""
    start = first_byte(body)
    if not start:
        raise MalformedAnswer("HTTP 200 with an empty body")
    if start == b"<":
        raise MalformedAnswer(
            "HTTP 200 with a web page instead of JSON: a login, captcha or maintenance page,"
            " or PHP notices"
        )


def require_utf8(body: Body) -> None:
    """Raises MalformedAnswer: JSON that is exchanged must be UTF-8 (RFC 8259, 8.1)."""
    if not is_utf8(body):  # Raised here, for a UnicodeDecodeError holds what it could not read.
        raise MalformedAnswer("HTTP 200 with bytes that are not UTF-8")


def is_utf8(body: Body) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    view = memoryview(body)
    try:
        for start in range(0, len(view), STEP):
            decoder.decode(view[start : start + STEP], start + STEP >= len(view))
    except UnicodeDecodeError:
        return False
    return True


def reason_of(fault: Exception) -> str:
    """Say where the JSON breaks, and nothing of what it holds."""
    if isinstance(fault, RecursionError):
        return "HTTP 200 with JSON nested too deeply"
    place = re.search(r"byte \d+", str(fault))
    return (
        f"HTTP 200 with a body that is not JSON{f' from {place[0]} on' if place else ' at its end'}"
    )


def ids_ascend(items: Sequence[Item]) -> bool:
    """Whether every item has an id, each higher than the one before."""
    last = -1
    for item in items:
        if item.id is None or item.id <= last:
            return False
        last = item.id
    return True
