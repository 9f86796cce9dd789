"""Raw objects and their tables in the fake AWS."""

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from wp_pipeline.aws.lake import Lake
from wp_pipeline.tables.build import build_table
from wp_pipeline.tables.table import Table
from wp_pipeline_tests.fakes.aws import BUCKET, FakeAws
from wp_pipeline_tests.support.tables.built_tables import Row, Schema, read_rows, read_types

PREFIX = "wordpress-api"


@dataclass
class TablesBucket:
    """Stores raw objects, builds their tables, and reads these by DuckDB."""

    aws: FakeAws
    folder: Path

    @property
    def lake(self) -> Lake:
        return Lake(lambda: self.aws.client("s3"), BUCKET, PREFIX)

    def store(self, name: str, content: Any, day: str = "2026-11-26") -> bytes:
        """Store JSON, or bytes as they are, as an extraction does."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        rows = len(content) if isinstance(content, list) else None
        metadata = {
            "sha256": sha256(body).hexdigest(),
            "extracted-at": f"{day}T07:00:00.000+00:00",
            **({} if rows is None else {"row-count": str(rows)}),
        }
        self.aws.put_object(f"{PREFIX}/{name}.json", body, Metadata=metadata)
        return body

    def build(self, name: str, schema: Schema = {}, rebuild: bool = False) -> Table:  # noqa: B006
        return build_table(name, self.lake, schema, rebuild)

    def key(self, name: str) -> str:
        return f"{PREFIX}-tables/{name}/{name}.parquet"

    def file(self, name: str) -> Path:
        file = self.folder / f"{name}.parquet"
        file.write_bytes(self.aws.object(self.key(name)))
        return file

    def rows(self, name: str) -> list[Row]:
        return read_rows(self.file(name))

    def types(self, name: str) -> dict[str, str]:
        return read_types(self.file(name))
