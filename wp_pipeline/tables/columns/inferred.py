"""Infers the types of columns that nothing declares, from the kinds of values in all items.

Nothing is guessed: a text that looks like a number or a date stays a text.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from wp_pipeline.tables.columns.column import RENDERED, ColumnType
from wp_pipeline.tables.columns.limits import is_bigint, is_double

# Kinds of values. A number is huge if neither BIGINT nor DOUBLE holds all of its digits, and an
# integer is long if only BIGINT does.
INTEGER, LONG, DECIMAL, HUGE = "integer", "long integer", "decimal", "huge"
TEXT, TRUE, FALSE, NULL = "text", "true", "false", "null"
EMPTY, OTHER = "empty list", "list or object"
WITH_RENDERED = "object with a member `rendered`"

INTEGERS = re.compile(rb"-?\d+")
BY_FIRST_BYTE: Mapping[int, str] = {b'"'[0]: TEXT, b"t"[0]: TRUE, b"f"[0]: FALSE, b"n"[0]: NULL}
OPENS_OBJECT, OPENS_LIST = b"{"[0], b"["[0]
SHORTEST_LONG = 16  # digits: those of 2^53 + 1
MOST_MEMBERS = 1000  # that become columns; the values of others are kept as misfits
# What each type holds without a misfit, besides null.
HOLDS: Mapping[ColumnType, frozenset[str]] = {
    ColumnType.BIGINT: frozenset({INTEGER, LONG}),
    ColumnType.DOUBLE: frozenset({INTEGER, DECIMAL}),
    ColumnType.BOOLEAN: frozenset({TRUE, FALSE}),
    ColumnType.VARCHAR: frozenset({TEXT}),
}
NUMBERS = frozenset({INTEGER, LONG, DECIMAL, HUGE})
ANY_TEXT = (ColumnType.VARCHAR, ColumnType.JSON)

Kinds = set[str]
split_object: Callable[[bytes | memoryview], dict[str, msgspec.Raw]] = msgspec.json.Decoder(
    dict[str, msgspec.Raw]
).decode


@dataclass
class Seen:
    """The kinds of values of each member, and of each part of objects with `rendered`.

    Both are in the order in which they were first sent. The kinds of `settled` members are not
    looked at: their types do not depend on them.
    """

    settled: frozenset[str] = frozenset()
    kinds: dict[str, Kinds] = field(default_factory=dict)
    parts: dict[str, dict[str, Kinds]] = field(default_factory=dict)
    items: int = 0

    def add(self, members: Mapping[str, msgspec.Raw]) -> None:
        """Look at the members of one item."""
        self.items += 1
        kinds = self.kinds
        if not members.keys() <= kinds.keys():
            self._add_new(members)
        for member in (members.keys() - self.settled) & kinds.keys():
            value = bytes(members[member])
            kind = kind_of(value)
            if kind is WITH_RENDERED:
                self._add_parts(member, value)
            kinds[member].add(kind)

    def _add_new(self, members: Iterable[str]) -> None:
        for member in members:
            if len(self.kinds) < MOST_MEMBERS:
                self.kinds.setdefault(member, set())

    def _add_parts(self, member: str, value: bytes) -> None:
        parts = self.parts.setdefault(member, {})
        for part, inner in split_object(value).items():
            if part in parts or len(parts) < MOST_MEMBERS:
                parts.setdefault(part, set()).add(kind_of(bytes(inner)))

    def is_rendered(self, member: str) -> bool:
        """Whether every value of a member that is not null is an object with `rendered`."""
        return self.kinds.get(member, set()) - {NULL} == {WITH_RENDERED}


def kind_of(value: bytes) -> str:
    """Return the kind of a JSON value."""
    first = value[0]
    if kind := BY_FIRST_BYTE.get(first):
        return kind
    if first == OPENS_LIST:
        return OTHER if value[1:-1].strip() else EMPTY
    if first == OPENS_OBJECT:
        has_rendered = b'"rendered"' in value and RENDERED in split_object(value)
        return WITH_RENDERED if has_rendered else OTHER
    if INTEGERS.fullmatch(value):
        if not is_bigint(value):
            return HUGE
        return INTEGER if len(value) < SHORTEST_LONG or is_double(value) else LONG
    return DECIMAL if is_double(value) else HUGE


def inferred_type(kinds: Collection[str]) -> ColumnType:
    """Return the narrowest type that holds values of these kinds."""
    found = set(kinds) - {NULL}
    if not found or found <= {FALSE, EMPTY}:  # PHP sends these for an empty value of any type.
        return ColumnType.JSON
    narrowest = next((kind for kind, holds in HOLDS.items() if found <= holds), None)
    return narrowest or (ColumnType.VARCHAR if found <= NUMBERS else ColumnType.JSON)


def widened(kind: ColumnType, kinds: Collection[str]) -> ColumnType:
    """Return a type that holds all values of `kind` and values of these kinds."""
    found = set(kinds) - {NULL}
    if kind in ANY_TEXT or found <= HOLDS.get(kind, frozenset()):
        return kind
    if kind is ColumnType.BIGINT and found <= HOLDS[ColumnType.DOUBLE]:
        return ColumnType.DOUBLE
    return ColumnType.VARCHAR
