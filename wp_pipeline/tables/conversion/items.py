"""Splits an item into its members, each as sent, and replaces what a table can't hold."""

import json
import re
from collections.abc import Collection
from typing import NamedTuple

import msgspec

from wp_pipeline.tables.columns.inferred import split_object

# An escaped backslash, a whole surrogate pair, or half of one: only halves are replaced.
ESCAPES = re.compile(
    rb"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)
ESCAPE = len(r"\ud800")
REPLACEMENT = rb"\ufffd"  # U+FFFD, the replacement character; as long as what it replaces.
split_rows = msgspec.json.Decoder(list[dict[str, msgspec.Raw]]).decode
MOST_TO_COUNT = 4 << 20  # bytes of the largest item in which repeated names are searched


class ParsedItem(NamedTuple):
    """The members of an item by name. Of members with the same name, the last is kept."""

    members: dict[str, msgspec.Raw]
    text: bytes | memoryview
    is_repaired: bool = False


def parsed(item: bytes | memoryview) -> ParsedItem:
    """Split an item, which must be a JSON object. Raises what msgspec raises.

    PHP writes half a surrogate pair where a plugin cuts an emoji in two. RFC 8259 allows it, and
    neither msgspec nor DuckDB reads it, so it becomes U+FFFD.
    """
    try:
        return ParsedItem(split_object(item), item)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        mended = ESCAPES.sub(without_half, item)
    return ParsedItem(split_object(mended), mended, is_repaired=True)


def without_half(escape: re.Match[bytes]) -> bytes:
    return REPLACEMENT if len(escape[0]) == ESCAPE else escape[0]


def has_duplicates(found: ParsedItem, size: int) -> bool:
    """Whether an item has two members of one name. `size` is that of all kept values, in bytes.

    The text of a compact item without such members is exactly as long as its names and values.
    """
    text, members = found.text, found.members
    if len(text) == size + size_of_names(members) or len(text) > MOST_TO_COUNT:
        return False
    try:
        return json.loads(bytes(text), object_pairs_hook=len, parse_int=str) > len(members)
    except RecursionError:
        return False


def size_of_names(members: Collection[str]) -> int:
    """Return the bytes of a compact object in UTF-8 without its values."""
    names = len("".join(members).encode())
    return names + len('"":,') * len(members) + len("{}") - (1 if members else 0)
