"""Registers stored tables in Glue, where a site has a Glue database.

    catalog = catalog_of(settings)
    if catalog:
        register(catalog, table)

A table is registered after its object was stored, never before.
"""

from collections.abc import Mapping

from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.glue import Catalog, GlueColumn, GlueTable
from wp_pipeline.settings import Settings
from wp_pipeline.tables.table import Table

# The types of columns in DuckDB and in Glue.
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
    return Catalog(settings.glue_database, lambda: build_client("glue"), settings.site)


def register(catalog: Catalog, table: Table) -> bool:
    """Register a table that is stored; return whether it was created or updated in Glue.

    An unchanged table is registered too: the run that stored it may have ended before it did so.
    Raises an AwsError.
    """
    if not table.columns:
        return False
    folder = table.uri.rpartition("/")[0] + "/"
    columns = [
        GlueColumn(one.name, GLUE_TYPES[one.type.sql], one.description) for one in table.columns
    ]
    return catalog.register(GlueTable(table.name, folder, columns))
