"""What tables are stored, with their columns."""

from collections.abc import Iterator
from dataclasses import dataclass

from wp_pipeline.tables.kept import Kept
from wp_pipeline.tables.querying.tables import Columns, open_tables
from wp_pipeline.tables.store import TableStore


@dataclass(frozen=True)
class Listed:
    """A stored table. `size` is in bytes; `extracted_at` is ISO 8601, empty if not known."""

    name: str
    uri: str
    rows: int | None
    size: int | None
    extracted_at: str
    columns: Columns


def listed(store: TableStore) -> Iterator[Listed]:
    """Yield the stored tables by name; each is copied, one at a time, for its columns.

    Raises a QueryError, a TableError or an AwsError.
    """
    for name in store.names():
        stored = store.stored(name)
        with open_tables(store) as tables:
            columns = tables.load(name)
        if stored is not None and columns is not None:
            extracted = Kept.of(stored).extracted_at
            yield Listed(name, store.uri(name), stored.rows, stored.size, extracted, columns)
