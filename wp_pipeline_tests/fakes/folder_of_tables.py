"""Tables in a folder, for tests that are not about S3: what `TableStore` has for reading."""

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from wp_pipeline.tables.store import TableStore


class FolderOfTables:
    """Parquet files of a folder. `downloaded` lists the names of those that were copied."""

    none = TableStore.none

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.downloaded: list[str] = []

    def add(self, name: str, select: str) -> None:
        """Store what a SELECT returns as a table."""
        self.path(name).write_bytes(parquet_of(select))

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.parquet"

    def names(self) -> list[str]:
        return sorted(path.stem for path in self.folder.glob("*.parquet"))

    def download(self, name: str, path: Path) -> bool:
        if not self.path(name).exists():
            return False
        self.downloaded.append(name)
        shutil.copy(self.path(name), path)
        return True


@cache
def parquet_of(select: str) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "table.parquet"
        writer().execute(f"COPY ({select}) TO '{path}' (FORMAT parquet)")
        return path.read_bytes()


@cache
def writer() -> Any:
    """One connection for all tests: to open one takes longer than to write a table."""
    return duckdb.connect(":memory:")
