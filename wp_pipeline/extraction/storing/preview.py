"""What may be shown of a payload: its columns and a few items, nothing secret or personal.

All of it comes from the site, which may be hostile: it is bounded, and has no markup and no control
characters.
"""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any

import msgspec

from wp_pipeline.wordpress.answers.members import members_of, number

ITEMS_FOR_COLUMNS = 100
ITEMS_SHOWN = 3
COLUMNS_SHOWN = 5
MOST_COLUMNS = 200
LONGEST_NAME = 64  # characters
LARGEST_VALUE = 4000  # bytes
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
MARKUP = re.compile(r"[\s|`<>\"]+")
# What makes links, images, emphasis and entities.
MARKDOWN = re.compile(r"([\\\[\]*~!&]|(?<=www)\.)", re.IGNORECASE)
# A URL or an e-mail address: some objects have them as names.
ADDRESS = re.compile(r"://|[^\s@]@[^\s@]")
INVISIBLE = frozenset(
    ["Cc", "Cf", "Co", "Cn", "Zl", "Zp"]
)  # Unicode's control and format characters

Row = bytes | memoryview | msgspec.Raw


class Preview:
    """Collects the first items of a payload."""

    def __init__(self) -> None:
        self._seen = 0
        self._types: dict[str, set[str]] = {}
        self._shown: list[Mapping[str, str]] = []

    def add(self, rows: Sequence[Row]) -> None:
        """Look at rows, each a JSON object, until enough have been seen."""
        for raw in rows[: ITEMS_FOR_COLUMNS - self._seen]:
            members = {
                harmless(name)[:LONGEST_NAME]: value
                for name, value in members_of(memoryview(raw)).items()
                if not ADDRESS.search(name)
            }
            for name, value in members.items():
                self._add_type(name, json_type(value))
            if len(self._shown) < ITEMS_SHOWN:
                self._shown.append({name: cell(name, value) for name, value in members.items()})
        self._seen += min(len(rows), ITEMS_FOR_COLUMNS - self._seen)

    def _add_type(self, name: str, kind: str) -> None:
        if name in self._types or len(self._types) < MOST_COLUMNS:
            self._types.setdefault(name, set()).add(kind)

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
        lines = [
            [escaped(name) for name in names],
            ["---"] * len(names),
            *([row[name] for name in names] for row in rows),
        ]
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


def harmless(text: str) -> str:
    """Return a text without markup, control characters and what can't be stored as UTF-8."""
    return MARKUP.sub(" ", harmless_line(text)).strip()


def harmless_line(text: str) -> str:
    """Return a text without control characters and what can't be stored as UTF-8."""
    text = text.encode("utf-8", "replace").decode()
    if text.isprintable():
        return text
    return "".join(" " if unicodedata.category(one) in INVISIBLE else one for one in text)


def cell(name: str, raw: memoryview) -> str:
    """Return the text of a cell; empty where it may not or can't be shown."""
    value = decoded(raw)
    if isinstance(value, dict):  # WordPress's titles are {"rendered": …}.
        value = value.get("rendered")
    if isinstance(value, (bool, int, float)):
        return str(value)
    if not isinstance(value, str) or ADDRESS.search(value):
        return ""
    if not SHOWN_TEXTS.fullmatch(name) and not NUMBER_OR_DATE.fullmatch(value):
        return ""
    # WordPress's titles are HTML.
    text = harmless(unescape(re.sub(r"<[^>]*>", "", value[:LONGEST_TEXT])))
    text = text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…"
    return escaped(text)


def escaped(text: str) -> str:
    return MARKDOWN.sub(r"\\\1", text)


def decoded(raw: memoryview) -> Any:
    """Decode a short value; None for a longer one, or one nested too deeply."""
    if len(raw) > LARGEST_VALUE:
        return None
    try:
        return json.loads(bytes(raw), parse_int=number)
    except RecursionError:
        return None
