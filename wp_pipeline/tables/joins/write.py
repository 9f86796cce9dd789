"""Writes the table that a join makes to a Parquet file, and verifies it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from wp_pipeline.tables.joins.column_types import casts, table_columns
from wp_pipeline.tables.joins.join import Join, JoinError
from wp_pipeline.tables.querying.connection import identifier, literal
from wp_pipeline.tables.querying.errors import QueryError, QueryFailed, UnknownTable
from wp_pipeline.tables.querying.tables import Columns, Tables

ROWS_IN_A_GROUP = 20_000


@dataclass(frozen=True)
class Written:
    """What was written: the number of rows, and the columns with DuckDB's types."""

    rows: int
    columns: Columns


def write_join(join: Join, tables: Tables, path: Path, footer: Mapping[str, str]) -> Written:
    """Write a joined table to a file in the folder of the tables.

    `footer` is kept in the file. Raises JoinError, which names the .sql file, or an AwsError.
    """
    try:
        return written(join, tables, path, footer)
    except QueryError as error:
        reason = f"{join.file}: {error}"
    raise JoinError(reason)


def written(join: Join, tables: Tables, path: Path, footer: Mapping[str, str]) -> Written:
    for view, name in join.views.items():
        if tables.load(name, view, join.optional.get(view)) is None:
            raise UnknownTable(f"the table {name} is not stored yet; build it first")
    statement = tables.prepared(join.sql)
    selected = tables.columns_of(statement)
    columns = table_columns(selected)
    kept = ", ".join(f"{identifier(key)}: {literal(text)}" for key, text in footer.items())
    ((rows,),) = tables.fetch(
        f"COPY (SELECT {', '.join(casts(selected))} FROM ({statement}\n))"  # noqa: S608
        f" TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd,"
        f" ROW_GROUP_SIZE {ROWS_IN_A_GROUP}, KV_METADATA {{{kept}}})"
    )
    verify(tables, path, Written(rows, columns))
    return Written(rows, columns)


def verify(tables: Tables, path: Path, wanted: Written) -> None:
    """Read the file back. Raises QueryFailed where it is not what was to be written."""
    source = f"FROM read_parquet({literal(str(path))})"
    ((rows,),) = tables.fetch(f"SELECT count(*) {source}")
    if rows != wanted.rows or tables.columns_of(source) != wanted.columns:
        raise QueryFailed("the file is not what was to be written; build the table again")
