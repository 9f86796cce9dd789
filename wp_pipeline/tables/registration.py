"""Registers stored tables in Glue, where a site has a Glue database.

catalog = catalog_of(settings)
if catalog:
    register(catalog, table, store)          # after the object was stored, never before
"""

from collections.abc import Mapping, Sequence

from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.glue import Catalog, GlueColumn, GlueTable
from wp_pipeline.settings import Settings
from wp_pipeline.tables.columns.column import Column
from wp_pipeline.tables.errors import no_room
from wp_pipeline.tables.parquet.footer import read_footer
from wp_pipeline.tables.store import TableStore
from wp_pipeline.tables.table import Table
from wp_pipeline.tables.workspace import workspace

FILE = "stored.parquet"
# DuckDB's types of columns, and what Glue calls them.
# https://docs.aws.amazon.com/athena/latest/ug/data-types.html
GLUE_TYPES: Mapping[str, str] = {
    "BIGINT": "bigint",
    "DOUBLE": "double",
    "BOOLEAN": "boolean",
    "VARCHAR": "string",
    "TIMESTAMP": "timestamp",
    "BIGINT[]": "array<bigint>",
    "VARCHAR[]": "array<string>",
}


def catalog_of(settings: Settings) -> Catalog | None:
    """Return the catalog in which a site's tables are registered; None if there is none."""
    if not settings.glue_database:
        return None
    return Catalog(settings.glue_database, lambda: build_client("glue"))


def register(catalog: Catalog, table: Table, store: TableStore) -> bool:
    """Register a table that is stored; return whether Glue was told something new.

    Of an unchanged table the columns are read from its footer. Raises NoRoom, or an AwsError.
    """
    columns = table.columns or stored_columns(table.name, store)
    if not columns:
        return False
    folder = table.uri.rpartition("/")[0] + "/"
    described = [GlueColumn(one.name, GLUE_TYPES[one.type.sql], one.description) for one in columns]
    return catalog.register(GlueTable(table.name, folder, described))


def stored_columns(name: str, store: TableStore) -> Sequence[Column]:
    """Return the columns of a stored table; none if there is none. Raises NoRoom or an AwsError."""
    try:
        with workspace() as folder:
            file = folder / FILE
            return read_footer(name, file).columns if store.download(name, file) else ()
    except OSError:
        error = no_room(name)
    raise error
