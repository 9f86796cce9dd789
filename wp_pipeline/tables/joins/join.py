"""A joined table: one SELECT statement over other tables, in a .sql file.

A comment in the file can name columns that may be missing in the tables of a site, with types:

    -- optional: users (id BIGINT, name VARCHAR)

Such a table may also be missing as a whole, if the comment names all columns that are read.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from wp_pipeline.tables.errors import TableError
from wp_pipeline.tables.querying.errors import QueryError
from wp_pipeline.tables.querying.statements import tables_named_in
from wp_pipeline.tables.querying.tables import Columns

TABLE_NAME = re.compile(r"[a-z][a-z0-9_]*")
OPTIONAL = re.compile(r"^[ \t]*--[ \t]*optional:[ \t]*(.*)$", re.MULTILINE)
TABLE = re.compile(r"(\w+)[ \t]*\((.+)\)[ \t]*")
COLUMN = re.compile(r"[ \t]*(\w+)[ \t]+([A-Z]+(?:\[\])?)[ \t]*")
SUFFIX = ".sql"


class JoinError(TableError):
    """A .sql file that makes no table, in one line that names it."""


@dataclass(frozen=True)
class Join:
    """A table that a statement makes. `file` is the name of the file, for messages.

    `stored_as` has the names by which tables are stored, if the statement uses other names.
    `needs` are the tables without which it can't be built, by their names in the statement; empty
    if that is not known.
    """

    name: str
    sql: str = field(repr=False)
    file: str
    stored_as: Mapping[str, str] = field(default_factory=dict)
    needs: frozenset[str] = frozenset()

    @cached_property
    def optional(self) -> Mapping[str, Columns]:
        """The columns that may be missing, by the table's name in the statement.

        Raises JoinError.
        """
        found: dict[str, dict[str, str]] = {}
        for text in OPTIONAL.findall(self.sql):
            table = TABLE.fullmatch(text)
            columns = [COLUMN.fullmatch(one) for one in table[2].split(",")] if table else []
            if table is None or not all(columns):
                raise JoinError(
                    f"{self.file}: after `optional:` there must be a table with columns and types,"
                    " such as `users (id BIGINT, name VARCHAR)`; correct it"
                )
            found.setdefault(table[1], {}).update((one[1], one[2]) for one in columns if one)
        return found

    @cached_property
    def views(self) -> Mapping[str, str]:
        """The tables that the statement names, each with the name by which it is stored.

        Raises JoinError.
        """
        try:
            names = tables_named_in(self.sql, self.file)
        except QueryError as error:
            reason = str(error)
        else:
            return {name: self.stored_as.get(name, name) for name in names}
        raise JoinError(reason)

    def reads(self, tables: Collection[str]) -> tuple[str, ...]:
        """Return which of these tables the statement reads. Raises JoinError."""
        return tuple(name for name in dict.fromkeys(self.views.values()) if name in tables)

    def waits_for(self, tables: Collection[str]) -> tuple[str, ...]:
        """Return which of these tables must be there before it is built. Raises JoinError."""
        needed = {self.views[name] for name in self.needs or self.views}
        return tuple(name for name in self.reads(tables) if name in needed)


def read_join(path: Path) -> Join:
    """Return the join of a site's own file, named as the file. Raises JoinError."""
    name = path.name.removesuffix(SUFFIX)
    if not TABLE_NAME.fullmatch(name):
        raise JoinError(
            f"{path.name}: the file's name becomes that of the table: use lower-case letters,"
            " digits and _"
        )
    try:
        join = Join(name, path.read_text(encoding="utf-8"), path.name)
    except (OSError, UnicodeDecodeError) as error:
        reason = f"{path.name}: can't be read: {type(error).__name__}; make it a file in UTF-8"
    else:
        return verified(join)
    raise JoinError(reason)


def verified(join: Join) -> Join:
    """Return a join whose file makes a table of others. Raises JoinError."""
    if not join.views:
        raise JoinError(f"{join.file}: the statement names no table; name one")
    if join.name in join.views.values():
        raise JoinError(
            f"{join.file}: the statement reads the table that it makes; rename the file"
        )
    missing = [name for name in join.optional if name not in join.views]
    if missing:
        raise JoinError(
            f"{join.file}: the statement does not read the optional table {missing[0]}; correct it"
        )
    return join
