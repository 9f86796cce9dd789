"""Builds a table of items in a folder, without a bucket, and reads tables by DuckDB."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from wp_pipeline.tables.columns.column import Column
from wp_pipeline.tables.columns.declared import declared_by
from wp_pipeline.tables.columns.evolution import evolve, settled
from wp_pipeline.tables.columns.inferred import Seen
from wp_pipeline.tables.conversion.items import parsed
from wp_pipeline.tables.conversion.rows import Rows
from wp_pipeline.tables.parquet.footer import Footer
from wp_pipeline.tables.parquet.parts import write_parts
from wp_pipeline.tables.parquet.writing import write_parquet
from wp_pipeline.wordpress.reading.schema import Member

Schema = Mapping[str, Member]
Row = dict[str, Any]


@dataclass
class Built:
    """A table that was built in a folder, without a bucket."""

    columns: Sequence[Column]
    rows: list[Row]
    types: dict[str, str] = field(default_factory=dict)
    counts: Rows | None = None
    bytes: bytes = b""


def table_of(
    items: Sequence[Any],
    folder: Path,
    schema: Schema = {},  # noqa: B006
    previous: Sequence[Column] = (),
) -> Built:
    """Build a table of items: JSON values, or bytes as they are."""
    texts = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in items]
    declaration = declared_by(schema)
    seen = Seen(settled(declaration, previous))
    for text in texts:
        seen.add(parsed(text).members)
    columns = evolve(declaration, seen, previous, "2026-11-26").columns
    if not columns:
        return Built((), [])
    counts = Rows(columns)
    parts = write_parts((counts.line(parsed(text)) for text in texts), folder)
    file = folder / "table.parquet"
    write_parquet("posts", parts, counts, Footer(columns), file)
    return Built(columns, read_rows(file), read_types(file), counts, file.read_bytes())


def read_rows(file: Path) -> list[Row]:
    with duckdb.connect() as connection:
        found = connection.execute(
            "SELECT * FROM read_parquet($file, hive_partitioning = false)", {"file": str(file)}
        )
        names = [one[0] for one in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def read_types(file: Path) -> dict[str, str]:
    with duckdb.connect() as connection:
        query = "DESCRIBE SELECT * FROM read_parquet($file, hive_partitioning = false)"
        described = connection.execute(query, {"file": str(file)}).fetchall()
    return {row[0]: row[1] for row in described}
