"""Builds a joined table and stores it beside the others, unless it is stored already.

    for join in joins_of(collections, others):
        table = build_join(join, TableStore(lake))

The tables that a join reads are built first; the caller keeps that order.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from wp_pipeline.aws.lake import StoredObject
from wp_pipeline.tables.build import former_columns
from wp_pipeline.tables.columns.column import Column
from wp_pipeline.tables.errors import no_room
from wp_pipeline.tables.joins.join import Join
from wp_pipeline.tables.joins.write import Written, write_join
from wp_pipeline.tables.kept import CODE_VERSION, Kept, digest_of
from wp_pipeline.tables.parquet.database import duckdb_version
from wp_pipeline.tables.querying.tables import open_tables
from wp_pipeline.tables.store import TableStore
from wp_pipeline.tables.table import Table
from wp_pipeline.tables.workspace import workspace

FILE = "joined.parquet"
NONE = "0"


def build_join(join: Join, store: TableStore, rebuild: bool = False) -> Table:
    """Build and store a joined table, unless it is stored for the same tables and statement.

    With `rebuild`, it is built anyway. Raises JoinError or another TableError, or an AwsError; then
    the stored table is as it was.
    """
    stored = store.stored(join.name)
    sources = {name: store.stored(name) for name in join.views.values()}
    source = version_of(join, sources)
    if stored and not rebuild and Kept.of(stored).source == source:
        columns = columns_of(join.name, store, stored)
        return Kept.of(stored).table(join.name, store.uri(join.name), stored, columns)
    with open_tables(store) as tables:
        file = tables.folder / FILE
        written = write_join(join, tables, file, source)
        kept = kept_of(written, source, sources)
        placed = put(join.name, store, file, kept, stored)
    return Table(
        join.name,
        store.uri(join.name),
        rows=written.rows,
        size=placed.size or 0,
        columns=written.columns,
        data_version=kept.data_version,
    )


def columns_of(name: str, store: TableStore, stored: StoredObject) -> Sequence[Column]:
    """Return the columns by the footer of a stored table; none if it is not one of ours.

    Raises NotATable, NoRoom or an AwsError.
    """
    try:
        with workspace() as folder:
            return former_columns(name, store, stored, folder)
    except OSError:
        error = no_room(name)
    raise error  # Outside of the except block: the OSError holds a path.


def put(
    name: str, store: TableStore, file: Path, kept: Kept, stored: StoredObject | None
) -> StoredObject:
    """Raises NoRoom where the file can't be read, or an AwsError."""
    try:
        return store.put(name, file, kept.metadata(), stored)
    except OSError:
        error = no_room(name)
    raise error  # Outside of the except block: the OSError holds a path.


def version_of(join: Join, sources: Mapping[str, StoredObject | None]) -> str:
    """Return a digest that is equal for the same statement, DuckDB and tables.

    Raises ExtraMissing.
    """
    read = [f"{view} {name} {identity(sources[name])}" for view, name in join.views.items()]
    return digest_of(join.sql, CODE_VERSION, duckdb_version(), *read)


def identity(stored: StoredObject | None) -> str:
    """Return what tells a version of a table from others; empty if there is none."""
    return (stored.metadata.get("sha256") or stored.etag) if stored else ""


def kept_of(written: Written, source: str, sources: Mapping[str, StoredObject | None]) -> Kept:
    """Return the metadata. A joined table is as of the oldest extraction of its tables."""
    times = [one.metadata.get("extracted-at", "") for one in sources.values() if one]
    return Kept(
        source=source,
        code=CODE_VERSION,
        declaration="",
        data_version=source,
        row_count=str(written.rows),
        misfits=NONE,
        repaired=NONE,
        duplicates=NONE,
        extracted_at=min(filter(None, times), default=""),
    )
