"""Answers questions from local copies of the stored tables that a question names.

    with open_tables(store) as tables:
        answer = tables.ask("SELECT title_text FROM posts ORDER BY date DESC LIMIT 10")
        for row in answer.rows():
            ...

`statements.py` decides what may be asked.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any, Protocol

from wp_pipeline.tables.errors import no_room
from wp_pipeline.tables.parquet.database import identifier, quoted
from wp_pipeline.tables.querying.connection import locked_connection
from wp_pipeline.tables.querying.errors import (
    QueryError,
    QueryFailed,
    UnknownTable,
    calling_duckdb,
)
from wp_pipeline.tables.querying.statements import named_in, single_select
from wp_pipeline.tables.workspace import workspace

MEMORY = 256  # MB
ROWS_AT_ONCE = 500
MOST_SUGGESTED = 20
ANYWHERE = "SELECT view_name FROM duckdb_views() WHERE internal"

Columns = Mapping[str, str]  # Names of columns, and their types as DuckDB names them.


class StoredTables(Protocol):
    """Where tables are stored: a TableStore, or a TablesFolder.

    `none` says in one line that there are no tables, and what to do.
    """

    none: str

    def names(self) -> Sequence[str]: ...

    def download(self, name: str, path: Path) -> bool:
        """Copy a table to a file; return False if there is none. Raises an AwsError or OSError."""
        ...


@dataclass(frozen=True)
class QueryAnswer:
    """The columns of an answer with their types, and its rows, which can be read once."""

    columns: Columns
    connection: Any

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Yield the rows. Raises a QueryError."""
        while rows := calling_duckdb(lambda: self.connection.fetchmany(ROWS_AT_ONCE)):
            yield from rows


class Tables:
    """Stored tables. Each becomes a view of a local copy when it is first named."""

    def __init__(self, store: StoredTables, folder: Path, connection: Any) -> None:
        self._store, self.folder, self.connection = store, folder, connection
        self._columns: dict[str, Columns] = {}

    @cached_property
    def names(self) -> Sequence[str]:
        """The stored tables, sorted."""
        return sorted(self._store.names())

    def ask(self, sql: str) -> QueryAnswer:
        """Answer one SELECT statement. Raises a QueryError, or an AwsError."""
        statement = self.prepared(sql)
        found = calling_duckdb(lambda: self.connection.execute(statement))
        columns: dict[str, str] = {}
        for name, kind, *_ in found.description or ():
            columns[unique(str(name), columns)] = str(kind)
        return QueryAnswer(columns, self.connection)

    def prepared(self, sql: str) -> str:
        """Copy the tables that one SELECT statement names, and return the statement.

        Raises a QueryError, or an AwsError.
        """
        statement = single_select(sql, self.connection)
        for name in self._needed(statement):
            self.load(name)
        return statement

    def load(self, name: str, view: str = "", optional: Columns | None = None) -> Columns | None:
        """Make a stored table a view, once, and return its columns; None if it is not stored.

        `view` is the name of the view, if it differs from that of the table. `optional` columns
        that the table lacks are NULL, and those of another type are cast, as far as their values
        fit; if the whole table is missing, the view has only these columns and no rows. Raises
        QueryFailed if the object is no table or another view has this name in other letters,
        NoRoom, or an AwsError.
        """
        view = view or name
        if view not in self._columns:
            path = self.folder / f"{len(self._columns)}.parquet"
            if self._downloaded(name, path):
                rows = self._rows_of(name, path, optional or {})
            elif optional:
                rows = f"SELECT {nulls(optional)} WHERE false"
            else:
                return None
            self._require_distinct(view)
            self.fetch(f"CREATE VIEW {identifier(view)} AS {rows}")
            self._columns[view] = self.columns_of(f"FROM {identifier(view)}")
        return self._columns[view]

    def _require_distinct(self, view: str) -> None:
        """Raises QueryFailed if a view has this name in other letters: SQL ignores case."""
        same = [one for one in self._columns if one.casefold() == view.casefold()]
        if same:
            raise QueryFailed(
                f"the names of the tables {same[0]} and {view} differ in case only, and SQL ignores"
                " case; ask one of them at a time"
            )

    def _downloaded(self, name: str, path: Path) -> bool:
        """Copy a table; return whether there is one. Raises NoRoom, or an AwsError."""
        try:
            return self._store.download(name, path)
        except OSError:
            error = no_room(name)
        raise error

    def _rows_of(self, name: str, path: Path, optional: Columns) -> str:
        """Return a SELECT of the rows of a file, with the optional columns in their types."""
        rows = f"FROM {rows_of_file(path)}"
        try:
            there = self.columns_of(rows)
        except QueryError:
            error = QueryFailed(f"the stored object of {name} is no Parquet table; build it again")
        else:
            missing = {one: kind for one, kind in optional.items() if one not in there}
            others = {one: kind for one, kind in optional.items() if there.get(one, kind) != kind}
            cast = f" REPLACE ({casts(others)})" if others else ""
            return f"SELECT *{cast}{', ' * bool(missing)}{nulls(missing)} {rows}"
        raise error

    def columns_of(self, statement: str) -> Columns:
        """Return the columns of a prepared statement. Raises QueryFailed."""
        described = self.fetch(f"DESCRIBE ({statement}\n)")
        return {column: kind for column, kind, *_ in described}

    def fetch(self, statement: str) -> list[tuple[Any, ...]]:
        """Return all rows of a statement of ours that returns few. Raises a QueryError."""
        return calling_duckdb(lambda: self.connection.execute(statement).fetchall())

    def _needed(self, statement: str) -> Iterator[str]:
        """Yield the stored tables that a statement names. Raises UnknownTable."""
        stored = {name.casefold(): name for name in self.names}
        for name in named_in(statement, self.connection):
            if name in self._columns:
                continue
            if name in self.names or name.casefold() in stored:
                yield name if name in self.names else stored[name.casefold()]
            elif (name,) not in self.fetch(ANYWHERE):
                raise UnknownTable(self._unknown(name))

    def _unknown(self, name: str) -> str:
        if not self.names:
            return f"there is no table {name}: {self._store.none}"
        close = get_close_matches(name, self.names, 1)
        if close:
            return f"there is no table {name}; did you mean {close[0]}?"
        names = ", ".join(self.names[:MOST_SUGGESTED])
        more = ", …" if len(self.names) > MOST_SUGGESTED else ""
        return f"there is no table {name}; the tables are: {names}{more}"


def rows_of_file(path: Path) -> str:
    """Return the SQL that reads a Parquet file. A folder such as `a=1` becomes no column."""
    return f"read_parquet({quoted(str(path))}, hive_partitioning = false)"


def unique(name: str, taken: Columns) -> str:
    """Return a name for a column of an answer, with `_2` if another column has it."""
    if name not in taken:
        return name
    return next(other for n in count(2) if (other := f"{name}_{n}") not in taken)


def casts(columns: Columns) -> str:
    """Return the SQL of columns in these types: NULL where a value does not fit."""
    return ", ".join(
        f"TRY_CAST({identifier(name)}::VARCHAR AS {kind}) AS {identifier(name)}"
        for name, kind in columns.items()
    )


def nulls(columns: Columns) -> str:
    """Return the SQL of columns that are NULL, as part of a list of columns."""
    return ", ".join(
        f"CAST(NULL AS {kind}) AS {identifier(name)}" for name, kind in columns.items()
    )


@contextmanager
def open_tables(store: StoredTables, memory: int = MEMORY) -> Iterator[Tables]:
    """Yield the tables of a store. Copies are removed when the context ends; `memory` is in MB."""
    with workspace() as folder, locked_connection(folder, memory) as connection:
        yield Tables(store, folder, connection)
