"""A DuckDB connection that reads and writes one folder, and nothing else.

What a statement could do beside reading tables is refused by DuckDB itself: files and addresses,
extensions, databases, and undoing the lock.
https://duckdb.org/docs/stable/operations_manual/securing_duckdb/overview
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

# python_enable_replacements: a name would otherwise be looked up among the variables of our code.
FIXED: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "python_enable_replacements": False,
}
SPILLED = "spilled"


@contextmanager
def locked_connection(folder: Path, memory: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection to a database in memory, and close it.

    `memory` is in MB; what needs more is written to a folder in `folder`, where it can be. Results
    do not depend on the machine: one thread, times in UTC.
    """
    connection = duckdb.connect(":memory:", config=FIXED)
    try:
        for setting, value in (
            ("memory_limit", literal(f"{memory}MB")),
            ("threads", "1"),
            ("TimeZone", literal("UTC")),
            ("temp_directory", literal(str(folder / SPILLED))),
            ("allowed_directories", f"[{literal(str(folder))}]"),
            ("enable_external_access", "false"),
            ("lock_configuration", "true"),
        ):
            connection.execute(f"SET {setting} = {value}")
        yield connection
    finally:
        connection.close()


def literal(text: str) -> str:
    """Quote a text as a value."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Quote the name of a table or column."""
    return '"' + name.replace('"', '""') + '"'
