"""What a person sees of a payload: its columns and a few items, nothing secret or personal."""

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from html import unescape
from typing import Any

from wp_pipeline.wordpress.answers.items import Item

ITEMS_FOR_COLUMNS = 100
ITEMS_SHOWN = 3
COLUMNS_SHOWN = 5
TELLING = re.compile(
    r"(id|term_id)|((?:post_)?title|name)|(slug|taxonomy)|(status|type)|(date)", re.I
)
LONGEST_CELL = 48
LONGEST_LOOK = 1000  # Tags and entities beyond it are not worth the time.
# Text is shown under these names only: any other may hold an address, a password or a URL.
SHOWN_TEXTS = re.compile(r"(post_)?(title|name|slug|status|type)|taxonomy", re.IGNORECASE)
NUMBER_OR_DATE = re.compile(r"-?\d{1,19}|\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}:\d{2})?")
TYPES = {
    dict: "object", list: "array", str: "string", bool: "boolean",
    int: "integer", float: "number", type(None): "null",
}  # fmt: skip


class Sample:
    """The first items of a payload."""

    def __init__(self) -> None:
        self._items: list[Mapping[str, Any]] = []

    def see(self, items: Sequence[Item]) -> None:
        for item in items[: ITEMS_FOR_COLUMNS - len(self._items)]:
            # Valid, and yet nested deeper than Python's json reads.
            with suppress(RecursionError):
                self._items.append(json.loads(bytes(item.raw), parse_int=number))

    @property
    def columns(self) -> Mapping[str, str]:
        """The members of the items seen, with their JSON types: `integer|null` if they differ."""
        types: dict[str, dict[str, None]] = {}
        for item in self._items:
            for name, value in item.items():
                types.setdefault(printable(name), {})[TYPES[type(value)]] = None
        return {name: "|".join(sorted(kinds)) for name, kinds in types.items()}

    @property
    def preview(self) -> str:
        """A Markdown table: numbers, dates and titles of the first items."""
        items = self._items[:ITEMS_SHOWN]
        rows = [{printable(k): shown(k, v) for k, v in item.items()} for item in items]
        names = [name for name in (rows[0] if rows else {}) if all(row.get(name) for row in rows)]
        names = sorted(names, key=how_telling)[:COLUMNS_SHOWN]
        if not names:
            return ""
        lines = [names, ["---"] * len(names), *([row[name] for name in names] for row in rows)]
        return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def how_telling(name: str) -> int:
    """Rank a column: what an item is comes first, then what it is called, …"""
    found = TELLING.fullmatch(name)
    return found.lastindex or 0 if found else len(name) + 9


def printable(text: str) -> str:
    """Replace what can't be stored as UTF-8 text: half of a surrogate pair, and NUL."""
    return text.encode("utf-8", "replace").decode().replace("\0", "?")


def number(digits: str) -> int | float:
    """Python refuses to read integers of thousands of digits; JSON does not."""
    return int(digits) if len(digits) < 20 else float(digits)


def shown(name: str, value: Any) -> str:
    """Return a cell's text, or nothing where it must not or can't be shown."""
    if isinstance(value, dict):  # WordPress's titles are {"rendered": …}.
        value = value.get("rendered")
    if isinstance(value, (bool, int, float)):
        return str(value)
    if not isinstance(value, str) or "://" in value or "@" in value:
        return ""
    if not SHOWN_TEXTS.fullmatch(name) and not NUMBER_OR_DATE.fullmatch(value):
        return ""
    # WordPress's titles are HTML.
    text = unescape(re.sub(r"<[^>]*>", "", printable(value[:LONGEST_LOOK])))
    text = re.sub(r"[\s|`<>]+", " ", text).strip()
    return text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…"
