"""Lists the stored tables with their columns."""

from collections.abc import Iterator
from dataclasses import dataclass

from wp_pipeline.aws.lake import StoredObject
from wp_pipeline.tables.joins.build import columns_of
from wp_pipeline.tables.kept import Kept
from wp_pipeline.tables.querying.tables import Columns, open_tables
from wp_pipeline.tables.store import TableStore


@dataclass(frozen=True)
class Listed:
    """A stored table.

    `size` is in bytes. `extracted_at` is in ISO 8601, and empty if it is not known. `columns` has
    the type of each column, as DuckDB names it.
    """

    name: str
    uri: str
    rows: int | None
    size: int | None
    extracted_at: str
    columns: Columns


def listed(store: TableStore) -> Iterator[Listed]:
    """Yield the stored tables by name. Raises a QueryError, a TableError or an AwsError."""
    for name in store.names():
        stored = store.stored(name)
        if stored is not None:  # It may have been removed meanwhile.
            extracted = Kept.of(stored).extracted_at
            columns = columns_in(name, store, stored)
            yield Listed(name, store.uri(name), stored.rows, stored.size, extracted, columns)


def columns_in(name: str, store: TableStore, stored: StoredObject) -> Columns:
    """Return the columns by the footer of a table, or by a copy of it if it is not one of ours."""
    ours = columns_of(name, store, stored)
    if ours:
        return {column.name: column.type.sql for column in ours}
    with open_tables(store) as tables:
        return tables.load(name) or {}
