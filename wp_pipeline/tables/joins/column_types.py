"""The columns of a joined table: their names, and casts to the types that all tables have.

An expression of another type is cast; a DATE becomes the TIMESTAMP of its midnight.
"""

import re
from collections.abc import Iterator

from wp_pipeline.tables.parquet.database import identifier
from wp_pipeline.tables.querying.errors import NotAllowed
from wp_pipeline.tables.querying.tables import Columns

COLUMN_NAME = re.compile(r"\w+")
KEPT = "BIGINT|DOUBLE|BOOLEAN|VARCHAR|TIMESTAMP"
INTEGERS = "U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?"
# A type of DuckDB, and what becomes of it.
CASTS = (
    (re.compile(f"(?:{KEPT})"), r"\g<0>"),
    (re.compile(r"(?:BIGINT|VARCHAR)\[\]"), r"\g<0>"),
    (re.compile(INTEGERS), "BIGINT"),
    (re.compile(rf"{INTEGERS}\[\]"), "BIGINT[]"),
    (re.compile(r"FLOAT|DECIMAL\(.*\)"), "DOUBLE"),
    (re.compile(r"DATE|TIMESTAMP(_\w+| WITH TIME ZONE)"), "TIMESTAMP"),
    (re.compile(r"TIME|TIME WITH TIME ZONE|UUID|INTERVAL|JSON|\"NULL\"|ENUM\(.*\)"), "VARCHAR"),
)


def table_columns(columns: Columns) -> dict[str, str]:
    """Return the columns of a table by those of a statement: names in lower case, allowed types.

    Raises NotAllowed for a name or a type that a table can't have.
    """
    found: dict[str, str] = {}
    for column, kind in columns.items():
        name = column.lower()
        if not COLUMN_NAME.fullmatch(name):
            raise NotAllowed(
                f"the column {column!r} needs a name of letters, digits and _; add AS and a name"
            )
        if name in found:
            raise NotAllowed(f"two columns are called {name}; rename one with AS")
        found[name] = type_of(name, kind)
    return found


def type_of(name: str, kind: str) -> str:
    for pattern, becomes in CASTS:
        match = pattern.fullmatch(kind)
        if match:
            return match.expand(becomes)
    raise NotAllowed(
        f"the column {name} has the type {kind[:40]}, which no table may have; CAST it to VARCHAR,"
        " or select its parts"
    )


def casts(columns: Columns) -> Iterator[str]:
    """Yield the columns of a table as expressions over those of the statement."""
    for (column, kind), (name, becomes) in zip(
        columns.items(), table_columns(columns).items(), strict=True
    ):
        source = identifier(column)
        value = source if kind == becomes else f"CAST({source} AS {becomes})"
        yield f"{value} AS {identifier(name)}"
