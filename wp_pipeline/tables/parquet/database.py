"""Opens DuckDB in memory, with a limit on memory, and without access to the network."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from wp_pipeline.tables.errors import ExtraMissing, NoRoom, WriteFailed, no_room

MEMORY = 256 << 20  # bytes
# DuckDB holds several copies of a row. Measured: a row of 40 MB needs 480 MB.
COPIES = 12
INTERRUPTED = "Query interrupted"


@contextmanager
def database(name: str, folder: Path, largest: int = 0) -> Iterator[Any]:
    """Open a DuckDB connection for a table whose largest row has `largest` bytes.

    What does not fit in memory goes to `folder`. It has one thread, so that the same rows give
    the same file. Raises ExtraMissing; NoRoom or WriteFailed for what DuckDB raises, or
    KeyboardInterrupt.
    """
    duckdb = load_duckdb()
    config = {
        "threads": 1,
        "memory_limit": f"{max(MEMORY, COPIES * largest) >> 20}MiB",
        "temp_directory": str(folder / "spill"),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    error = None
    try:
        with duckdb.connect(":memory:", config=config) as connection:
            yield connection
    except duckdb.Error as fault:  # Its message holds values and paths.
        error = error_from(name, fault)
    except RuntimeError as fault:
        if not is_interruption(fault):
            raise
        error = KeyboardInterrupt()
    if error:
        raise error


def load_duckdb() -> Any:
    """Import DuckDB, which takes 0.1 s. Raises ExtraMissing."""
    try:
        import duckdb
    except ImportError:
        raise ExtraMissing from None
    return duckdb


def duckdb_version() -> str:
    """Raises ExtraMissing."""
    return str(load_duckdb().__version__)


def is_interruption(fault: RuntimeError) -> bool:
    """Whether DuckDB raised this error because of Ctrl-C."""
    return str(fault) == INTERRUPTED


def error_from(name: str, fault: Exception) -> NoRoom | WriteFailed:
    """Return the error for one of DuckDB's, without its message."""
    kind = type(fault).__name__
    if kind == "IOException":
        return no_room(name)
    if kind == "OutOfMemoryException":
        return WriteFailed(f"{name}: the table does not fit in memory; give the process more")
    return WriteFailed(f"{name}: DuckDB refused to write the table ({kind}); report it")


def quoted(text: str) -> str:
    """Return a text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Return a name as an identifier of SQL."""
    return '"' + name.replace('"', '""') + '"'
