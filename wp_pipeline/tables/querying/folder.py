"""Tables in a folder of this machine, `<name>/<name>.parquet` each, such as those of `make run`.

    with open_tables(TablesFolder(Path("lake/sandbox/wordpress-api-tables"))) as tables:
        answer = tables.ask("SELECT count(*) FROM posts")

`TableStore` does the same for tables in S3.
"""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from wp_pipeline.tables.parquet.database import identifier
from wp_pipeline.tables.querying.listing import Listed
from wp_pipeline.tables.querying.tables import open_tables


class TablesFolder:
    """The stored tables in a folder, as `open_tables` reads them."""

    none = "the folder has no tables, such as posts/posts.parquet; name another one"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> Sequence[str]:
        files = [file for file in self._folder.glob("*/*.parquet") if file.is_file()]
        return sorted(file.stem for file in files if file.stem == file.parent.name)

    def download(self, name: str, path: Path) -> bool:
        """Copy a table to a file; return False if there is none. Raises OSError."""
        file = self._file(name)
        if not file.is_file():
            return False
        shutil.copyfile(file, path)
        return True

    def listed(self) -> Iterator[Listed]:
        """Yield the tables by name. Raises a QueryError or a TableError."""
        for name in self.names():
            with open_tables(self) as tables:
                columns = tables.load(name) or {}
                ((rows,),) = tables.fetch(f"SELECT count(*) FROM {identifier(name)}")  # noqa: S608
            file = self._file(name)
            yield Listed(name, str(file), rows, file.stat().st_size, "", columns)

    def _file(self, name: str) -> Path:
        return self._folder / name / f"{name}.parquet"
