"""What may be shown of a payload: its columns and a few items, nothing secret or personal."""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from html import unescape
from typing import Any

from wp_pipeline.wordpress.answers.items import Items
from wp_pipeline.wordpress.answers.members import members_of

ITEMS_FOR_COLUMNS = 100
ITEMS_SHOWN = 3
COLUMNS_SHOWN = 5
# Columns in the order of how much they tell: what an item is, its title, and so on.
TELLING = re.compile(
    r"(id|term_id)|((?:post_)?title|name)|(slug|taxonomy)|(status|type)|(date)", re.I
)
LONGEST_CELL = 48  # characters
LONGEST_TEXT = 1000  # characters that are searched for tags and entities
# Text is shown under these names only: any other may hold an address, a password or a URL.
SHOWN_TEXTS = re.compile(r"(post_)?(title|name|slug|status|type)|taxonomy", re.IGNORECASE)
NUMBER_OR_DATE = re.compile(r"-?\d{1,19}|\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}:\d{2})?")
TYPES = {b"{": "object", b"[": "array", b'"': "string", b"t": "boolean", b"f": "boolean",
         b"n": "null"}  # fmt: skip
INTEGER = re.compile(rb"-?\d{1,19}")


class Preview:
    """Collects the first items of a payload."""

    def __init__(self) -> None:
        self._seen = 0
        self._types: dict[str, set[str]] = {}
        self._shown: list[Mapping[str, str]] = []

    def add(self, items: Items) -> None:
        for raw in items.raw[: ITEMS_FOR_COLUMNS - self._seen]:
            for name, value in members_of(memoryview(raw)).items():
                self._types.setdefault(printable(name), set()).add(json_type(value))
        for raw in items.raw[: max(0, ITEMS_SHOWN - self._seen)]:
            with suppress(RecursionError):  # Valid, but nested deeper than Python's json reads.
                item = json.loads(bytes(raw), parse_int=number)
                self._shown.append({printable(k): cell(k, v) for k, v in item.items()})
        self._seen += min(len(items), ITEMS_FOR_COLUMNS - self._seen)

    @property
    def columns(self) -> Mapping[str, str]:
        """The members of the items seen, with their JSON types: `integer|null` if they differ."""
        return {name: "|".join(sorted(types)) for name, types in self._types.items()}

    @property
    def table(self) -> str:
        """A Markdown table of numbers, dates and titles; empty if nothing may be shown."""
        rows = self._shown
        names = [name for name in (rows[0] if rows else {}) if all(row.get(name) for row in rows)]
        names = sorted(names, key=rank)[:COLUMNS_SHOWN]
        if not names:
            return ""
        lines = [names, ["---"] * len(names), *([row[name] for name in names] for row in rows)]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def json_type(value: memoryview) -> str:
    """Return the JSON type of a value; integers beyond 64 bits are numbers."""
    first = bytes(value[:1])
    if first in TYPES:
        return TYPES[first]
    return "integer" if INTEGER.fullmatch(value) else "number"


def rank(column: str) -> int:
    found = TELLING.fullmatch(column)
    return found.lastindex or 0 if found else len(column) + 9


def printable(text: str) -> str:
    """Replace what can't be stored as UTF-8 text: half of a surrogate pair, and NUL."""
    return text.encode("utf-8", "replace").decode().replace("\0", "?")


def number(digits: str) -> int | float:
    """Python refuses to parse integers of thousands of digits; JSON allows them."""
    return int(digits) if len(digits) < 20 else float(digits)


def cell(name: str, value: Any) -> str:
    """Return the text of a cell; empty where it may not or can't be shown."""
    if isinstance(value, dict):  # WordPress's titles are {"rendered": …}.
        value = value.get("rendered")
    if isinstance(value, (bool, int, float)):
        return str(value)
    if not isinstance(value, str) or "://" in value or "@" in value:
        return ""
    if not SHOWN_TEXTS.fullmatch(name) and not NUMBER_OR_DATE.fullmatch(value):
        return ""
    # WordPress's titles are HTML.
    text = unescape(re.sub(r"<[^>]*>", "", printable(value[:LONGEST_TEXT])))
    text = re.sub(r"[\s|`<>]+", " ", text).strip()
    return text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…"
