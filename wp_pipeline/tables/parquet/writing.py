"""Writes parts of JSON to one Parquet file, by DuckDB, and compares the file with them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from wp_pipeline.tables.columns.column import Column, ColumnType
from wp_pipeline.tables.conversion.rows import Rows, id_column
from wp_pipeline.tables.errors import NotVerified
from wp_pipeline.tables.parquet.database import database, identifier, quoted
from wp_pipeline.tables.parquet.footer import Footer

ROW_GROUP = 24 << 20  # bytes of JSON in a row group, which is held in memory
FEWEST, MOST = 64, 20_000  # rows of a row group
SMALLEST_OBJECT = 16 << 20  # bytes: DuckDB's default for the longest line


def write_parquet(name: str, parts: Sequence[Path], rows: Rows, footer: Footer, file: Path) -> None:
    """Write a table with the columns of `rows`, and verify its rows and ids.

    Raises NoRoom, WriteFailed or NotVerified.
    """
    options = {
        "FORMAT": "parquet",
        "COMPRESSION": "zstd",
        "ROW_GROUP_SIZE": str(row_group_size(rows)),
        "KV_METADATA": struct({key: quoted(value) for key, value in footer.pairs().items()}),
    }
    listed = ", ".join(f"{option} {value}" for option, value in options.items())
    with database(name, file.parent, rows.largest) as connection:
        source = selection(parts, rows)
        connection.execute(f"COPY ({source}) TO {quoted(str(file))} ({listed})")
        verify(name, connection, file, rows)


def row_group_size(rows: Rows) -> int:
    """Return how many rows a row group may have, so that it fits in memory."""
    mean = max(1, rows.size // max(1, rows.count))
    return max(FEWEST, min(MOST, ROW_GROUP // mean))


def selection(parts: Sequence[Path], rows: Rows) -> str:
    """Return the SELECT that reads the parts with the types of the columns."""
    listed = ", ".join(quoted(str(part)) for part in parts)
    read = struct({f"c{n}": quoted(json_type(one)) for n, one in enumerate(rows.columns)})
    columns = ", ".join(
        f"{read_column(number, column)} AS {identifier(column.name)}"
        for number, column in enumerate(rows.columns)
    )
    longest = max(SMALLEST_OBJECT, 2 * rows.largest)
    return (
        f"SELECT {columns} FROM read_json([{listed}], columns = {read},"  # noqa: S608
        f" format = 'newline_delimited', hive_partitioning = false,"
        f" maximum_object_size = {longest})"
    )


def json_type(column: Column) -> str:
    """Return the type of a column in the parts. Dates are microseconds there."""
    return "BIGINT" if column.type is ColumnType.TIMESTAMP else column.type.sql


def read_column(number: int, column: Column) -> str:
    return f"make_timestamp(c{number})" if column.type is ColumnType.TIMESTAMP else f"c{number}"


def struct(members: dict[str, str]) -> str:
    listed = ", ".join(f"{quoted(name)}: {value}" for name, value in members.items())
    return f"{{{listed}}}"


def verify(name: str, connection: Any, file: Path, rows: Rows) -> None:
    """Raises NotVerified if the file has not as many rows, or not the ids, that were converted."""
    found = id_column(rows.columns)
    value = identifier(found.name) if found else "0"
    numbered = (
        f"SELECT row_number() OVER () AS number, {value} AS id"  # noqa: S608
        f" FROM read_parquet({quoted(str(file))}, hive_partitioning = false)"
    )
    query = (
        "SELECT count(*), coalesce(sum(number::HUGEINT * id), 0)::VARCHAR"  # noqa: S608
        f" FROM ({numbered})"
    )
    [(count, ids)] = connection.execute(query).fetchall()
    if count != rows.count:
        raise NotVerified(
            f"{name}: the table has {count:,} rows, but the object {rows.count:,}; the stored"
            " table is kept; report it"
        )
    if int(ids) != rows.ids:
        raise NotVerified(
            f"{name}: the table has other ids than the object; the stored table is kept; report it"
        )
