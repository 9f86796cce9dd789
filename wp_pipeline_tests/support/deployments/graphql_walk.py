"""Queries everything that Dagster's webserver answers, by walking its GraphQL schema."""

from collections.abc import Iterator
from typing import Any

import requests
from graphql import (
    GraphQLField,
    GraphQLObjectType,
    build_client_schema,
    get_introspection_query,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_required_argument,
)

SECONDS_FOR_AN_ANSWER = 120
# Fields that always fail in Dagster itself; further ones are found while querying.
UNANSWERABLE = frozenset(
    {
        "AssetMaterializationPlannedEvent.pipelineName",
        "AssetNode.dataVersionByPartition",
        "AssetNode.staleCausesByPartition",
        "AssetNode.staleStatusByPartition",
        "DaemonHealth.daemonStatus",
        "ErrorChainLink.message",
        "Instance.concurrencyLimit",
        "InstigationEventConnection.cursor",
        "SolidHandle.stepStats",
    }
)
# Fields that are not queried in any type: nextTick makes Dagster evaluate a sensor again, the
# others lead back to what is queried elsewhere.
NOT_QUERIED = frozenset({"nextTick", "repository", "runOrError"})
# A type is not queried within itself, which would never end. Errors have causes, though.
MOST_WITHIN_ITSELF = {"PythonError": 2}


class Dagster:
    """Queries a webserver for everything below a field."""

    def __init__(self, url: str) -> None:
        self._url = f"{url}/graphql"
        introspection = self._answer(get_introspection_query(descriptions=False), {})
        self._schema = build_client_schema(introspection["data"])
        self._unanswerable = set(UNANSWERABLE)

    def everything(self, field: str, depth: int, **arguments: Any) -> Any:
        """Return everything below a field of the query type, down to a depth of types.

        Fields that fail are left out of the next query: one failing field removes its whole list.
        """
        while True:
            question = Question(self._schema, frozenset(self._unanswerable), field, arguments)
            answer = self._answer(question.text(depth), arguments)
            if "errors" not in answer:
                return answer["data"][field]
            failed = {question.field_at(error["path"]) for error in answer["errors"]}
            assert not failed <= self._unanswerable, answer["errors"]
            self._unanswerable |= failed

    def _answer(self, query: str, variables: dict[str, Any]) -> Any:
        question = {"query": query, "variables": variables}
        return requests.post(self._url, json=question, timeout=SECONDS_FOR_AN_ANSWER).json()


class Question:
    """The query for everything below a field."""

    def __init__(
        self, schema: Any, unanswerable: frozenset[str], field: str, arguments: dict[str, Any]
    ) -> None:
        self._schema = schema
        self._unanswerable = unanswerable
        self._field = field
        self._arguments = arguments
        self._asked: dict[tuple[str, ...], str] = {}

    def text(self, depth: int) -> str:
        root = self._schema.query_type.fields[self._field]
        typed = ", ".join(f"${name}: {root.args[name].type}" for name in self._arguments)
        given = ", ".join(f"{name}: ${name}" for name in self._arguments)
        head = f"query ({typed}) {{ {self._field}({given})" if typed else f"{{ {self._field}"
        return f"{head} {self._selection(root.type, depth, (), (self._field,))} }}"

    def field_at(self, path: list[str | int]) -> str:
        """Return the field of an error's path, as `Type.field`."""
        return self._asked[tuple(step for step in path if isinstance(step, str))]

    def _selection(
        self, wrapped: Any, depth: int, within: tuple[str, ...], path: tuple[str, ...]
    ) -> str | None:
        """Return the selection for a type: "" for a leaf, None if it is not to be queried."""
        kind = get_named_type(wrapped)
        if is_leaf_type(kind):
            return ""
        if depth == 0:
            return None
        kinds = self._schema.get_possible_types(kind) if is_abstract_type(kind) else [kind]
        parts = [
            f"... on {one.name} {{ {' '.join(self._fields(one, depth, within, path))} }}"
            for one in kinds
            if within.count(one.name) < MOST_WITHIN_ITSELF.get(one.name, 1)
        ]
        return f"{{ __typename {' '.join(parts)} }}" if parts else None

    def _fields(
        self, kind: GraphQLObjectType, depth: int, within: tuple[str, ...], path: tuple[str, ...]
    ) -> Iterator[str]:
        """Yield a type's fields, each with an alias that is unique among types."""
        yield "__typename"
        for name, field in kind.fields.items():
            if name in NOT_QUERIED or needs_arguments(field):
                continue
            if f"{kind.name}.{name}" in self._unanswerable:
                continue
            alias = f"{kind.name}_{name}"
            selection = self._selection(field.type, depth - 1, (*within, kind.name), (*path, alias))
            if selection is not None:
                self._asked[(*path, alias)] = f"{kind.name}.{name}"
                yield f"{alias}: {name} {selection}"


def needs_arguments(field: GraphQLField) -> bool:
    return any(is_required_argument(argument) for argument in field.args.values())
