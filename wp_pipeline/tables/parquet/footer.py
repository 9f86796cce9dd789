"""The footer of a table's Parquet file: its columns, its source and the code version."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wp_pipeline.tables.columns.column import Column, column_from
from wp_pipeline.tables.errors import NotATable, WriteFailed
from wp_pipeline.tables.parquet.database import database, quoted

COLUMNS, SOURCE, CODE = "wp_pipeline.columns", "wp_pipeline.source", "wp_pipeline.code"


@dataclass(frozen=True)
class Footer:
    """What the footer says. `source` is the SHA-256 of the raw object, or that of a joined table.

    `code` is the version of the conversion.
    """

    columns: Sequence[Column] = ()
    source: str = ""
    code: str = ""

    def pairs(self) -> Mapping[str, str]:
        """Return the footer as the key-value metadata of a Parquet file."""
        return {COLUMNS: columns_text(self.columns), SOURCE: self.source, CODE: self.code}


def columns_text(columns: Sequence[Column]) -> str:
    return json.dumps([column.as_json() for column in columns], ensure_ascii=False, sort_keys=True)


def read_footer(name: str, file: Path) -> Footer:
    """Return the footer of a table; an empty one if the file is not one of ours.

    Raises NotATable, or another TableError.
    """
    query = f"SELECT key, value FROM parquet_kv_metadata({quoted(str(file))})"  # noqa: S608
    try:
        with database(name, file.parent) as connection:
            found = connection.execute(query).fetchall()
    except WriteFailed:
        raise NotATable(
            f"{name}: what is stored as the table is no Parquet file; delete it, or run"
            " wp-pipeline tables --rebuild"
        ) from None
    pairs = {bytes(key).decode("utf-8", "replace"): bytes(value) for key, value in found}
    return Footer(
        columns_in(pairs.get(COLUMNS, b"[]")),
        pairs.get(SOURCE, b"").decode("utf-8", "replace"),
        pairs.get(CODE, b"").decode("utf-8", "replace"),
    )


def columns_in(text: bytes) -> Sequence[Column]:
    """Return the columns in a footer; none if it can't be read, such as that of a later version."""
    try:
        kept: list[Mapping[str, Any]] = json.loads(text)
        return [column_from(one) for one in kept]
    except (ValueError, KeyError, TypeError):
        return ()
