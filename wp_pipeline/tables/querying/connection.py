"""Opens a DuckDB connection that reads and writes one folder, and nothing else.

DuckDB itself refuses what a statement could do besides reading tables: files and addresses,
extensions, other databases, and settings that undo this.
https://duckdb.org/docs/stable/operations_manual/securing_duckdb/overview
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from wp_pipeline.tables.parquet.database import load_duckdb, quoted

# Without python_enable_replacements, a name is not looked up among the variables of our code.
FIXED = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "python_enable_replacements": False,
}
SPILLED = "spilled"


@contextmanager
def locked_connection(folder: Path, memory: int) -> Iterator[Any]:
    """Yield a DuckDB connection to a database in memory, and close it.

    `memory` is in MB; what needs more is written to a folder in `folder`, if DuckDB can do so.
    Results do not depend on the machine: one thread, times in UTC. Raises ExtraMissing.
    """
    with load_duckdb().connect(":memory:", config=FIXED) as connection:
        for setting, value in (
            ("memory_limit", quoted(f"{memory}MB")),
            ("threads", "1"),
            ("TimeZone", quoted("UTC")),
            ("temp_directory", quoted(str(folder / SPILLED))),
            ("allowed_directories", f"[{quoted(str(folder))}]"),
            ("enable_external_access", "false"),
            ("lock_configuration", "true"),
        ):
            connection.execute(f"SET {setting} = {value}")
        yield connection
