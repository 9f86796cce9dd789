"""Errors of building a table, each in one line that begins with the table's name.

TableError
├── NothingStored      there is no raw object
├── NotRows            the raw object is neither a list of JSON objects nor one of them
├── SourceReplaced     the raw object was replaced during the build      * a retry may help
├── NotATable          the object stored as the table is no Parquet file
├── NotVerified        rows or ids differ: of the table, the object and its metadata
├── NoRoom             the temporary folder is full, or can't be written
├── WriteFailed        DuckDB could not write it, such as for lack of memory
├── ExtraMissing       DuckDB is not installed
└── JoinError          a .sql file makes no table; defined in joins/join.py
"""

from typing import ClassVar


class TableError(Exception):
    """The stored table, if any, was not changed."""

    retry_may_help: ClassVar[bool] = False


class NothingStored(TableError):
    pass


class NotRows(TableError):
    pass


class NotATable(TableError):
    pass


class SourceReplaced(TableError):
    retry_may_help = True


class NotVerified(TableError):
    pass


class NoRoom(TableError):
    pass


class WriteFailed(TableError):
    pass


class ExtraMissing(TableError):
    def __init__(self) -> None:
        super().__init__("tables need DuckDB; run: pip install 'wp-pipeline[tables]'")


def no_room(name: str) -> NoRoom:
    return NoRoom(f"{name}: the disk does not accept the table; free some space or set TMPDIR")
