"""Errors of a question to the tables, each in one line that says what to do.

QueryError
├── UnknownTable    a name that is no stored table
├── NotAllowed      not one SELECT statement, or one that reads something else than the tables
└── QueryFailed     DuckDB can't answer it: the SQL, the values or the memory

`calling_duckdb` raises them outside of its `except` block. Of a message of DuckDB, which quotes the
statement in further lines, only the first part is kept.
"""

import re
from collections.abc import Callable
from typing import TypeVar

from wp_pipeline.tables.parquet.database import is_interruption, load_duckdb

Result = TypeVar("Result")

LONGEST = 300  # characters
KIND = re.compile(r"^(?:[A-Z]\w* )+Error: ")
QUOTED_STATEMENT = re.compile(
    r"\n\s*\nLINE \d+:.*|\nLINE \d+:.*|\n\s*\nPossible solutions:.*", re.DOTALL
)
# A message may quote values of the site, which must not be in a log.
VALUE = re.compile(r"'.*'|\".*\"|(?<=Input: ).*")
ONLY_TABLES = (
    "only the tables can be read: no files, addresses, extensions or other databases; remove what"
    " reads them"
)


class QueryError(Exception):
    """A reason in one line."""


class UnknownTable(QueryError):
    pass


class NotAllowed(QueryError):
    pass


class QueryFailed(QueryError):
    pass


def calling_duckdb(function: Callable[[], Result]) -> Result:
    """Call a function that calls DuckDB, and return its result.

    Raises a QueryError, or KeyboardInterrupt.
    """
    duckdb = load_duckdb()
    try:
        return function()
    except duckdb.Error as fault:
        error = error_from(fault)
    except RuntimeError as fault:
        if not is_interruption(fault):
            raise
        error = KeyboardInterrupt()
    raise error


def error_from(fault: Exception) -> QueryError:
    """Return the error for one of DuckDB's."""
    duckdb = load_duckdb()
    if isinstance(fault, duckdb.PermissionException):
        return NotAllowed(ONLY_TABLES)
    if isinstance(fault, duckdb.OutOfMemoryException):
        return QueryFailed(
            "the question needs more memory than it may use; ask for fewer columns or rows"
        )
    if isinstance(fault, duckdb.IOException):  # Its message holds a path.
        return QueryFailed("the disk is full or can't be used; free some space or set TMPDIR")
    text = one_line(str(fault))
    if isinstance(fault, (duckdb.DataError, duckdb.InvalidInputException)):
        text = f"{VALUE.sub('…', text)}; use TRY_CAST where a value may not fit"
    return QueryFailed(text[:LONGEST])


def one_line(message: str) -> str:
    """Return DuckDB's message without its kind and the statement that it quotes.

    >>> one_line('Binder Error: Referenced column "i" not found!\\n\\nLINE 1: select i\\n')
    'Referenced column "i" not found!'
    """
    text = KIND.sub("", QUOTED_STATEMENT.sub("", message))
    return " ".join(text.split())
