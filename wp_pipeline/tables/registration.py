"""Registers stored tables in Glue, where a site has a Glue database."""

from collections.abc import Mapping

from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.glue import Catalog, GlueColumn, GlueTable
from wp_pipeline.settings import Settings

# DuckDB's types of columns, and what Glue calls them.
# https://docs.aws.amazon.com/athena/latest/ug/data-types.html
GLUE_TYPES: Mapping[str, str] = {
    "BIGINT": "bigint",
    "DOUBLE": "double",
    "BOOLEAN": "boolean",
    "VARCHAR": "string",
    "TIMESTAMP": "timestamp",
    "DATE": "date",
    "BIGINT[]": "array<bigint>",
    "VARCHAR[]": "array<string>",
}


def catalog_of(settings: Settings) -> Catalog | None:
    """Return the catalog in which a site's tables are registered; None if there is none."""
    if not settings.glue_database:
        return None
    return Catalog(settings.glue_database, lambda: build_client("glue"))


def register(
    catalog: Catalog,
    name: str,
    uri: str,
    columns: Mapping[str, str],
    descriptions: Mapping[str, str],
) -> bool:
    """Register a table that was stored; return whether Glue was told something new.

    `uri` is that of its object, `columns` has DuckDB's types. Raises an AwsError.
    """
    folder = uri.rpartition("/")[0] + "/"
    known = [
        GlueColumn(column, GLUE_TYPES[kind], descriptions.get(column, ""))
        for column, kind in columns.items()
    ]
    return catalog.register(GlueTable(name, folder, known))
