"""A column of a table, and the types that columns have."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

RENDERED = "rendered"  # The member of WordPress's titles and texts that holds their HTML.
MISFITS = "misfits"


class ColumnType(str, Enum):
    """The types of columns. All but JSON are DuckDB's own; JSON is a VARCHAR that holds JSON."""

    BIGINT = "BIGINT"
    DOUBLE = "DOUBLE"
    BOOLEAN = "BOOLEAN"
    VARCHAR = "VARCHAR"
    TIMESTAMP = "TIMESTAMP"
    BIGINTS = "BIGINT[]"
    VARCHARS = "VARCHAR[]"
    JSON = "JSON"

    @property
    def sql(self) -> str:
        """The type in DuckDB, and in the Parquet file."""
        return "VARCHAR" if self is ColumnType.JSON else self.value


@dataclass(frozen=True)
class Source:
    """Where the values of a column come from: a member, or a `part` of a member that is an object.

    With `is_text`, the column holds the member's HTML with its entities decoded.
    """

    member: str
    part: str = ""
    is_text: bool = False


@dataclass(frozen=True)
class Column:
    """A column of a table.

    `name` is in lower case, and unique in the table. A column `is_declared` if its type comes from
    the site's schema or from a known table of WordPress. `gone_since` is the day of the first
    extraction in which no item had the member, such as `2026-11-24`, or `unknown`; empty if an item
    has it. The column of misfits has no source.
    """

    name: str
    type: ColumnType
    source: Source | None
    description: str = ""
    is_declared: bool = False
    gone_since: str = ""

    @property
    def member(self) -> str:
        """The member of the items that the column comes from; empty for the misfits."""
        return self.source.member if self.source else ""

    def as_json(self) -> Mapping[str, Any]:
        """Return the column as the footer of a table holds it; `column_from` reads it."""
        source = self.source
        return {
            "name": self.name,
            "type": self.type.value,
            **({"member": source.member} if source else {}),
            **({"part": source.part} if source and source.part else {}),
            **({"text": True} if source and source.is_text else {}),
            **({"description": self.description} if self.description else {}),
            **({"declared": True} if self.is_declared else {}),
            **({"gone_since": self.gone_since} if self.gone_since else {}),
        }


def column_from(kept: Mapping[str, Any]) -> Column:
    """Read what `Column.as_json` returned. Raises KeyError or ValueError for anything else."""
    source = None
    if "member" in kept:
        source = Source(kept["member"], kept.get("part", ""), kept.get("text", False))
    return Column(
        kept["name"],
        ColumnType(kept["type"]),
        source,
        kept.get("description", ""),
        kept.get("declared", False),
        kept.get("gone_since", ""),
    )


def unique_name(wanted: str, taken: Iterable[str]) -> str:
    """Return a name for a column: in lower case, at most 200 bytes, with `_2` if it is taken.

    >>> unique_name("ID", ["id"])
    'id_2'
    """
    visible = "".join(one if one.isprintable() else "_" for one in wanted.lower()).strip()
    name = visible.encode()[:LONGEST_NAME].decode(errors="ignore").rstrip() or "unnamed"
    others, number, found = set(taken), 1, name
    while found in others:
        number += 1
        found = f"{name}_{number}"
    return found


LONGEST_NAME = 200  # bytes of UTF-8; Glue accepts 255
