"""Converts items to rows of a table: one line of JSON each, which DuckDB reads with given types.

    rows = Rows(columns)
    line = rows.line(parsed(item))      # b'{"c0":7,"c1":1795417200000000}'

The members of a line are called c0, c1, and so on, in the order of the columns.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from wp_pipeline.tables.columns.column import RENDERED, Column, ColumnType
from wp_pipeline.tables.columns.evolution import DROPPED
from wp_pipeline.tables.columns.inferred import OPENS_OBJECT, split_object
from wp_pipeline.tables.conversion.items import ParsedItem, has_duplicates
from wp_pipeline.tables.conversion.values import CONVERT, NULL, Convert, bigint, plain_text, to_json

EXAMPLES = 20
LONGEST_EXAMPLE = 200  # bytes
IDS = ("id", "ID")


@dataclass(frozen=True)
class Misfit:
    """A value that does not fit its column. `row` counts from 1.

    `value` is as sent; empty if it is longer than 200 bytes.
    """

    column: str
    row: int
    value: bytes = field(repr=False)


class ColumnTarget(NamedTuple):
    """The column of a member, or of a part of it: its key in a line, its conversion, its name."""

    key: bytes
    convert: Convert
    name: str


@dataclass
class Rows:
    """Converts items, and counts what was found in them.

    `size` is that of all lines, and `largest` that of the longest, in bytes. `ids` is the sum of
    each row's number times its id, by which a table is compared with its items.
    """

    columns: Sequence[Column]
    count: int = 0
    size: int = 0
    largest: int = 0
    repaired: int = 0
    duplicates: int = 0
    misfits: Counter[str] = field(default_factory=Counter)
    examples: list[Misfit] = field(default_factory=list)
    ids: int = 0

    def __post_init__(self) -> None:
        self._whole: dict[str, list[ColumnTarget]] = {}
        self._parts: dict[str, dict[str, list[ColumnTarget]]] = {}
        self._misfits_key = b""
        ids = id_column(self.columns)
        self._id_member = ids.member if ids else None
        for number, column in enumerate(self.columns):
            self._add_target(column, b'"c%d":' % number)

    def _add_target(self, column: Column, key: bytes) -> None:
        source = column.source
        if source is None:
            self._misfits_key = key
            return
        convert = plain_text if source.is_text else CONVERT[column.type]
        target = ColumnTarget(key, convert, column.name)
        if source.part:
            parts = self._parts.setdefault(source.member, {})
            parts.setdefault(source.part, []).append(target)
        else:
            self._whole.setdefault(source.member, []).append(target)

    def line(self, item: ParsedItem) -> bytes:
        """Return the row of an item, without a line feed."""
        self.count += 1
        self.repaired += item.is_repaired
        fields: list[bytes] = []
        misfits: dict[str, bytes] = {}
        size = 0
        for member, raw in item.members.items():
            value = bytes(raw)
            size += len(value)
            if targets := self._whole.get(member):
                self._convert(targets, value, fields, misfits)
            elif member in self._parts:
                self._flatten(member, value, fields, misfits)
            elif member not in DROPPED:
                self._keep(misfits, member, value)
        self.duplicates += has_duplicates(item, size)
        self.ids += self.count * self._id_of(item)
        if misfits:
            fields.append(self._misfits_key + to_json(self._misfits_text(misfits)))
        line = b"{%b}" % b",".join(fields)
        self.size += len(line)
        self.largest = max(self.largest, len(line))
        return line

    def _convert(
        self,
        targets: Sequence[ColumnTarget],
        value: bytes,
        fields: list[bytes],
        misfits: dict[str, bytes],
    ) -> None:
        for key, convert, name in targets:
            found = convert(value)
            if found:
                fields.append(key + found)
            elif found is not None:
                self._keep(misfits, name, value)

    def _id_of(self, item: ParsedItem) -> int:
        if self._id_member is None or self._id_member not in item.members:
            return 0
        return int(bigint(bytes(item.members[self._id_member])) or 0)

    def _flatten(
        self, member: str, value: bytes, fields: list[bytes], misfits: dict[str, bytes]
    ) -> None:
        """Convert the parts of `{"rendered": …}`; any other value is a misfit."""
        if value == NULL:
            return
        parts = self._parts[member]
        if value[0] != OPENS_OBJECT:
            self._keep(misfits, parts[RENDERED][0].name, value)
            return
        for part, raw in split_object(value).items():
            inner = bytes(raw)
            if targets := parts.get(part):
                self._convert(targets, inner, fields, misfits)
            else:
                self._keep(misfits, f"{member}.{part}", inner)

    def _keep(self, misfits: dict[str, bytes], name: str, value: bytes) -> None:
        misfits[name] = value
        self.misfits[name] += 1
        if len(self.examples) < EXAMPLES:
            shown = value if len(value) <= LONGEST_EXAMPLE else b""
            self.examples.append(Misfit(name, self.count, shown))

    def _misfits_text(self, misfits: Mapping[str, bytes]) -> str:
        members = (b"%b:%b" % (to_json(name), value) for name, value in misfits.items())
        return (b"{%b}" % b",".join(members)).decode()


def id_column(columns: Sequence[Column]) -> Column | None:
    """Return the column of ids: that of the member `id` or `ID`, or the first one of integers."""
    numbers = [one for one in columns if one.type is ColumnType.BIGINT and is_whole(one)]
    named = (one for one in numbers if one.member in IDS)
    return next(named, numbers[0] if numbers else None)


def is_whole(column: Column) -> bool:
    return column.source is not None and not column.source.part
