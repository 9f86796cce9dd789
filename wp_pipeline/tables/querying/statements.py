"""Checks that SQL is one SELECT statement, and finds the tables that it names.

DuckDB returns the parse tree as JSON. To do so, it needs no table to exist, and opens nothing that
the statement names. https://duckdb.org/docs/stable/data/json/sql_to_and_from_json
"""

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from wp_pipeline.tables.parquet.database import load_duckdb
from wp_pipeline.tables.querying.connection import locked_connection
from wp_pipeline.tables.querying.errors import (
    NotAllowed,
    QueryError,
    QueryFailed,
    calling_duckdb,
)

MEMORY = 64  # MB: nothing is executed
ONE_SELECT = (
    "must be one SELECT statement (also WITH, FROM, DESCRIBE and SUMMARIZE), and nothing else"
)
TREE = "SELECT json_serialize_sql(?)"
MAIN = "main"
Node = Mapping[str, Any]
Scope = frozenset[str]  # The names of WITH that are visible at a place, casefolded.


def single_select(sql: str, connection: Any) -> str:
    """Return the text of the only statement, without the semicolon at its end.

    Raises NotAllowed if it is not one SELECT statement or has a parameter, or QueryFailed if it is
    no SQL. COPY, ATTACH, INSTALL, SET, PRAGMA, CREATE and the like are no SELECT.
    """
    duckdb = load_duckdb()
    if not is_unicode(sql):
        raise QueryFailed("the SQL has bytes that are not UTF-8; write it in UTF-8")
    found = calling_duckdb(lambda: connection.extract_statements(sql))
    if len(found) != 1 or found[0].type != duckdb.StatementType.SELECT:
        raise NotAllowed(f"the SQL {ONE_SELECT}")
    if found[0].named_parameters:
        raise NotAllowed("the SQL has a parameter, such as ? or $1; write its value instead")
    return without_semicolon(found[0].query)


def is_unicode(text: str) -> bool:
    """Whether a text has no half surrogate pairs. Arguments that are not UTF-8 have some."""
    return text.isascii() or not any("\ud800" <= one <= "\udfff" for one in text)


def without_semicolon(statement: str) -> str:
    """Return a statement without the semicolon at its end and what follows it.

    >>> without_semicolon("SELECT ';' ; -- all")
    "SELECT ';'"
    """
    duckdb = load_duckdb()
    text = statement.encode()  # DuckDB counts bytes.
    for place, kind in duckdb.tokenize(statement):
        if kind == duckdb.token_type.operator and text[place : place + 1] == b";":
            return text[:place].decode().strip()
    return statement.strip()


def named_in(statement: str, connection: Any) -> Sequence[str]:
    """Return the tables that a statement names, in the order of the text, without those of WITH.

    Raises a QueryError.
    """
    tree = calling_duckdb(lambda: connection.execute(TREE, [statement]).fetchall()[0][0])
    try:
        parsed = json.loads(tree)
    except RecursionError:
        parsed = {"error_message": "the statement is nested too deeply"}
    if parsed.get("error_message"):
        raise QueryFailed(parsed["error_message"])
    places: dict[str, int] = {}
    for name, place in tables_in(parsed):
        places[name] = min(place, places.get(name, place))
    return sorted(places, key=lambda name: (places[name], name))


def tables_in(tree: Node) -> Iterator[tuple[str, int]]:
    """Yield the tables in a parse tree, with their places in the text.

    Names with another schema than `main` are no tables of ours.
    """
    waiting: list[tuple[Any, Scope]] = [(tree, frozenset())]
    while waiting:
        node, scope = waiting.pop()
        if isinstance(node, list):
            waiting += ((one, scope) for one in node)
        elif isinstance(node, dict):
            if is_table(node) and not is_of_with(node, scope):
                yield node["table_name"], node.get("query_location", 0)
            waiting += children(node, scope)


def is_table(node: Node) -> bool:
    """Whether a node names a table, in FROM or in SHOW."""
    is_one = node.get("type") == "BASE_TABLE" or node.get("show_type") == "SHOW"
    return is_one and node["schema_name"].casefold() in ("", MAIN) and not node["catalog_name"]


def is_of_with(node: Node, scope: Scope) -> bool:
    return not node["schema_name"] and node["table_name"].casefold() in scope


def children(node: Node, scope: Scope) -> Iterator[tuple[Any, Scope]]:
    """Yield the parts of a node, each with the names of WITH that are visible there."""
    if node.get("type") == "RECURSIVE_CTE_NODE":  # It may name itself.
        scope |= {str(node.get("cte_name", "")).casefold()}
    for one in (node.get("cte_map") or {}).get("map", ()):
        yield one["value"], scope
        scope |= {one["key"].casefold()}
    yield from ((value, scope) for key, value in node.items() if key != "cte_map")


def tables_named_in(sql: str, source: str = "") -> Sequence[str]:
    """Return the tables that one SELECT statement names, in the order of the text.

    Messages of errors begin with `source`, such as the name of a file. Raises a QueryError.
    """
    with locked_connection(Path(tempfile.gettempdir()), MEMORY) as connection:
        try:
            return named_in(single_select(sql, connection), connection)
        except QueryError as error:
            kind, reason = type(error), str(error)
    raise kind(f"{source}: {reason}" if source else reason)
