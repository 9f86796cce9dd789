"""Tables in a folder, for tests that are not about S3: what `TableStore` has for reading."""

import shutil
from pathlib import Path

import duckdb


class FolderOfTables:
    """Parquet files of a folder. `downloaded` lists the names of those that were copied."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.downloaded: list[str] = []

    def add(self, name: str, select: str) -> None:
        """Store what a SELECT returns as a table."""
        with duckdb.connect(":memory:") as connection:
            connection.execute(f"COPY ({select}) TO '{self.path(name)}' (FORMAT parquet)")

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
