"""What a materialization of a table shows."""

from collections.abc import Sequence
from typing import Any

import dagster as dg

from wp_pipeline.tables.columns.column import MISFITS, Column
from wp_pipeline.tables.table import Table

CHANGED_COLUMNS = "changed_columns"
NO_TABLE = "no table"


def materialization_of(
    table: Table, key: dg.AssetKey, raw: dg.AssetKey | None
) -> dg.MaterializeResult:
    """Return the materialization of a table.

    `raw` is the asset of the object that the table was made of; None for a joined table.
    """
    if table.reason:
        return dg.MaterializeResult(
            key,
            data_version=dg.DataVersion(NO_TABLE),
            metadata={"dagster/row_count": 0, NO_TABLE: table.reason},
        )
    return dg.MaterializeResult(
        key,
        data_version=dg.DataVersion(table.data_version),
        metadata={
            "dagster/row_count": table.rows,
            "dagster/uri": table.uri,
            "table": dg.MetadataValue.path(table.uri),  # With a button that copies it.
            "size_bytes": table.size,
            "unchanged": table.unchanged,
            "misfits": table.misfits.count,
            "repaired": table.repaired,
            "duplicates": table.duplicates,
            CHANGED_COLUMNS: dict(table.changes),
            **columns_of(table.columns, raw),
            **examples_of(table),
            **({"preview": dg.MetadataValue.md(table.preview)} if table.preview else {}),
        },
    )


def columns_of(columns: Sequence[Column], raw: dg.AssetKey | None) -> dict[str, Any]:
    """Return the columns, and from which member of the object each comes."""
    if not columns:
        return {}
    shown = [
        dg.TableColumn(one.name, one.type.value.lower(), one.description or None) for one in columns
    ]
    schema = {"dagster/column_schema": dg.TableSchema(shown)}
    if raw is None:
        return schema
    lineage = {one.name: [dg.TableColumnDep(raw, one.member)] for one in columns if one.member}
    return {**schema, "dagster/column_lineage": dg.TableColumnLineage(lineage)}


def examples_of(table: Table) -> dict[str, dg.MetadataValue]:
    """Return a few values that do not fit their columns, as far as they may be shown."""
    if not table.misfits.examples:
        return {}
    records = [
        dg.TableRecord({"column": one.column, "row": one.row, "value": one.value})
        for one in table.misfits.examples
    ]
    schema = dg.TableSchema(
        [dg.TableColumn("column"), dg.TableColumn("row", "int"), dg.TableColumn("value")]
    )
    return {f"{MISFITS}_examples": dg.MetadataValue.table(records, schema)}
