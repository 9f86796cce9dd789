"""Writes the table that a join makes to a Parquet file, and verifies it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from wp_pipeline.tables.columns.column import Column, ColumnType
from wp_pipeline.tables.joins.column_types import casts, table_columns
from wp_pipeline.tables.joins.join import Join, JoinError
from wp_pipeline.tables.kept import CODE_VERSION
from wp_pipeline.tables.parquet.database import identifier, quoted
from wp_pipeline.tables.parquet.footer import Footer
from wp_pipeline.tables.querying.errors import QueryError, QueryFailed, UnknownTable
from wp_pipeline.tables.querying.tables import Columns, Tables, rows_of_file

ROWS_IN_A_GROUP = 20_000


@dataclass(frozen=True)
class Written:
    """How many rows a file has, and its columns."""

    rows: int
    columns: Sequence[Column]


def write_join(join: Join, tables: Tables, path: Path, source: str) -> Written:
    """Write a joined table to a file, which must be in the folder of the tables.

    Its footer has `source`. Raises JoinError, which names the .sql file, another TableError, or an
    AwsError.
    """
    try:
        return written(join, tables, path, source)
    except QueryError as error:
        reason = f"{join.file}: {error}"
    raise JoinError(reason)


def written(join: Join, tables: Tables, path: Path, source: str) -> Written:
    for view, name in join.views.items():
        if tables.load(name, view, join.optional.get(view)) is None:
            raise UnknownTable(f"the table {name} is not stored yet; build it first")
    statement = tables.prepared(join.sql)
    selected = columns_of(statement, join, tables)
    columns = table_columns(selected)
    described = [Column(name, ColumnType(kind), None) for name, kind in columns.items()]
    footer = Footer(described, source, CODE_VERSION).pairs()
    kept = ", ".join(f"{identifier(key)}: {quoted(text)}" for key, text in footer.items())
    ((rows,),) = tables.fetch(
        f"COPY (SELECT {', '.join(casts(selected))} FROM ({statement}\n))"  # noqa: S608
        f" TO {quoted(str(path))} (FORMAT parquet, COMPRESSION zstd,"
        f" ROW_GROUP_SIZE {ROWS_IN_A_GROUP}, KV_METADATA {{{kept}}})"
    )
    verify(tables, path, rows, columns)
    return Written(rows, described)


def columns_of(statement: str, join: Join, tables: Tables) -> Columns:
    """Return the columns of a statement. Raises QueryFailed, with the missing tables."""
    try:
        return tables.columns_of(statement)
    except QueryFailed as error:
        reason = str(error)
    missing = [name for name in join.views.values() if name not in tables.names]
    raise QueryFailed(
        "; ".join([reason, *(f"the table {one} is not stored yet" for one in missing)])
    )


def verify(tables: Tables, path: Path, wanted: int, columns: Columns) -> None:
    """Read the file back. Raises QueryFailed if it has other rows or columns than it should."""
    source = f"FROM {rows_of_file(path)}"
    ((rows,),) = tables.fetch(f"SELECT count(*) {source}")
    if rows != wanted or tables.columns_of(source) != columns:
        raise QueryFailed("the file has other rows or columns than it should; build it again")
