"""What a text of SQL is, before anything is read: one SELECT statement, and the tables it names."""

import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from wp_pipeline.tables.querying.connection import locked_connection
from wp_pipeline.tables.querying.errors import NotAllowed, QueryError, calling_duckdb

MEMORY = 64  # MB: nothing is executed
ONE_SELECT = (
    "must be one SELECT statement (also WITH, FROM, DESCRIBE and SUMMARIZE), and nothing else"
)
WORD = re.compile(r"\w+|\"(?:[^\"]|\"\")+\"")


def single_select(sql: str, connection: duckdb.DuckDBPyConnection) -> str:
    """Return the text of the only statement. Raises NotAllowed, or QueryFailed where it is no SQL.

    COPY, ATTACH, INSTALL, SET, PRAGMA, CREATE and the like are no SELECT.
    """
    found = calling_duckdb(lambda: connection.extract_statements(sql))
    if len(found) != 1 or found[0].type != duckdb.StatementType.SELECT:
        raise NotAllowed(f"the SQL {ONE_SELECT}")
    return without_semicolon(found[0].query)


def without_semicolon(statement: str) -> str:
    """Return what is before the semicolon that ends a statement, if there is one.

    >>> without_semicolon("SELECT ';' ; -- all")
    "SELECT ';'"
    """
    text = statement.encode()  # DuckDB counts bytes.
    for place, kind in duckdb.tokenize(statement):
        if kind == duckdb.token_type.operator and text[place : place + 1] == b";":
            return text[:place].decode().strip()
    return statement.strip()


def named_in(statement: str, connection: duckdb.DuckDBPyConnection) -> Sequence[str]:
    """Return the tables that a statement names, in their order, without those of WITH.

    Raises a QueryError. The connection must be locked: DuckDB opens the files that are named.
    """
    names = calling_duckdb(lambda: connection.get_table_names(statement))
    words = [word.strip('"').replace('""', '"') for word in WORD.findall(statement)]
    places = {name: words.index(name) for name in names if name in words}
    return sorted(names, key=lambda name: (places.get(name, len(words)), name))


def tables_named_in(sql: str, source: str = "the SQL") -> Sequence[str]:
    """Return the tables that one SELECT statement names, the first named first.

    `source` begins the message, such as the name of a file. Raises a QueryError.
    """
    with TemporaryDirectory() as folder, locked_connection(Path(folder), MEMORY) as connection:
        try:
            return named_in(single_select(sql, connection), connection)
        except QueryError as error:
            reason = str(error).removeprefix("the SQL ")
            raise type(error)(f"{source}: {reason}") from None
