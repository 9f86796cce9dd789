"""Requests the JSON Schema of a route's items, by `OPTIONS`: the meaning of their members.

https://developer.wordpress.org/rest-api/extending-the-rest-api/schema/ describes it. A plugin may
register routes without a schema.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from wp_pipeline.wordpress.endpoints.address import ROUTE_PARAMETER
from wp_pipeline.wordpress.endpoints.endpoint import Endpoint
from wp_pipeline.wordpress.http.cancellation import Cancellation
from wp_pipeline.wordpress.http.retries import RetryingClient

LARGEST = 4 << 20  # bytes of an answer; WordPress's own have 20 kB
LONGEST_DESCRIPTION = 300  # characters
MOST_VALUES = 20
CONTEXT, VIEW = "context", "view"


@dataclass(frozen=True)
class Member:
    """What a schema says of a member.

    `types` are JSON Schema's, such as `("string", "null")`; `format` is a format such as
    `date-time`; `values` are the allowed values, if they are few; `items` are the types of a list's
    items, `properties` the names of an object's members.
    """

    types: tuple[str, ...] = ()
    format: str = ""
    description: str = ""
    values: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    properties: frozenset[str] = frozenset()


Schema = Mapping[str, Member]


def schema_of(endpoint: Endpoint, client: RetryingClient, cancellation: Cancellation) -> Schema:
    """Return the members of a route's items, with one request; empty without a schema.

    With plain permalinks, nginx answers 405 to OPTIONS, so a parameter is sent instead. Elsewhere
    no parameter is used, since a cache that ignores the query could store the schema as the items.
    Members that are not sent in the endpoint's `context` are left out. Raises a SiteError.
    """
    address = endpoint.address.without({"_fields"})
    if ROUTE_PARAMETER in dict(address.parameters):
        address = address.with_parameters({"_method": "OPTIONS"})
    else:
        client = client.for_options()
    answer = client.get(address, cancellation, tries=1, endpoint=endpoint.name)
    if len(answer.body) > LARGEST:
        return {}
    context = dict(endpoint.address.parameters).get(CONTEXT, VIEW)
    return parse_schema(bytes(answer.body), context)


def parse_schema(body: bytes, context: str = VIEW) -> Schema:
    """Return the members that an answer to `OPTIONS` declares; empty for any other body."""
    with suppress(ValueError, RecursionError):
        properties = member(member(loaded(body), "schema"), "properties")
        if isinstance(properties, dict):
            return {
                name: member_of(declared)
                for name, declared in properties.items()
                if isinstance(declared, dict) and is_sent(declared, context)
            }
    return {}


def loaded(body: bytes) -> Any:
    """Return a JSON value; half a surrogate pair in its texts becomes a question mark."""
    text = json.dumps(json.loads(body), ensure_ascii=False)
    return json.loads(text.encode(errors="replace"))


def member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def is_sent(declared: Mapping[str, Any], context: str) -> bool:
    contexts = declared.get(CONTEXT)
    return not isinstance(contexts, list) or context in contexts


def member_of(declared: Mapping[str, Any]) -> Member:
    properties = declared.get("properties")
    return Member(
        types=texts_in(declared.get("type")),
        format="".join(texts_in(declared.get("format"))),
        description=one_line(declared.get("description")),
        values=few(texts_in(declared.get("enum"))),
        items=texts_in(member(declared.get("items"), "type")),
        properties=frozenset(properties) if isinstance(properties, dict) else frozenset(),
    )


def texts_in(value: Any) -> tuple[str, ...]:
    """Return a text, or the texts of a list, as PHP writes lists and objects."""
    if isinstance(value, dict):
        value = list(value.values())
    several = value if isinstance(value, list) else [value]
    return tuple(text for text in several if isinstance(text, str) and text)


def few(values: tuple[str, ...]) -> tuple[str, ...]:
    return values if len(values) <= MOST_VALUES else ()


def one_line(value: Any) -> str:
    text = " ".join(value.split()) if isinstance(value, str) else ""
    return text if len(text) <= LONGEST_DESCRIPTION else f"{text[: LONGEST_DESCRIPTION - 1]}…"
