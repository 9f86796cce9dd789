"""The query parameters that a collection understands, and how WordPress refuses bad ones."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus

from sample_site import clock
from sample_site.kinds import COMMENT, POST, Collection

INTEGER = re.compile(r"\s*[+-]?\d+(\.0*)?\s*")
DATE = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.\d+)?([Zz]|[+-]\d{2}(?::\d{2})?)?"
)
CONTEXTS = ("view", "embed", "edit")

Schema = dict[str, Any]


class InvalidParameter(Exception):
    """A value that WordPress refuses: its error code, message and the error's own data."""

    def __init__(self, code: str, message: str, data: Any = None) -> None:
        super().__init__(message)
        self.detail = {"code": code, "message": message, "data": data}


@lru_cache(maxsize=256)
def schemas(collection: Collection, max_per_page: int) -> dict[str, Schema]:
    """The parameters of a collection in WordPress' order, as its index and validation know them."""
    ids: Schema = {"type": "array", "items": {"type": "integer"}, "default": []}
    date: Schema = {"type": "string", "format": "date-time"}
    kind = collection.kind
    known: dict[str, Schema] = {
        "context": {"type": "string", "enum": list(CONTEXTS), "default": "view"},
        "page": {"type": "integer", "default": 1, "minimum": 1},
        "per_page": {
            "type": "integer",
            "default": min(10, max_per_page),
            "minimum": 1,
            "maximum": max_per_page,
        },
        **dict.fromkeys(kind.date_parameters, date),
        "exclude": ids,
        "include": ids,
        "offset": {"type": "integer"},
        "order": {"type": "string", "enum": ["asc", "desc"], "default": kind.order},
        "orderby": {"type": "string", "enum": list(collection.orders), "default": kind.orderby},
    }
    if not collection.honours_offset:
        del known["offset"]
    if kind is POST:
        public = "inherit" if collection.name == "media" else "publish"
        known["status"] = {"type": "array", "items": {"enum": [public]}, "default": public}
    if kind is COMMENT:
        known["post"] = ids
    return {name: {**schema, "required": False} for name, schema in known.items()}


def read(
    known: Mapping[str, Schema], query: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, InvalidParameter]]:
    """The values of the known parameters, defaults included, and those that are refused."""
    values: dict[str, Any] = {}
    refused: dict[str, InvalidParameter] = {}
    for name, schema in known.items():
        if name not in query:
            values[name] = schema.get("default")
            continue
        try:
            values[name] = parsed(name, query[name], schema)
        except InvalidParameter as refusal:
            refused[name] = refusal
    return values, refused


def parsed(name: str, text: str, schema: Schema) -> Any:
    """The value of one parameter. Raises InvalidParameter."""
    if schema["type"] == "integer":
        return integer(name, text, schema)
    if schema["type"] == "array":
        return listed(name, text, schema["items"])
    if "enum" in schema and text not in schema["enum"]:
        choices = in_words(schema["enum"])
        raise InvalidParameter("rest_not_in_enum", f"{name} is not one of {choices}.")
    return moment(text) if schema.get("format") == "date-time" else text


def in_words(names: list[str]) -> str:
    """`asc and desc`; `view, embed, and edit`."""
    if len(names) == 2:
        return " and ".join(names)
    return ", ".join(names[:-1]) + f", and {names[-1]}"


def integer(name: str, text: str, schema: Schema) -> int:
    if not INTEGER.fullmatch(text):
        message = f"{name} is not of type integer."
        raise InvalidParameter("rest_invalid_type", message, {"param": name})
    value = int(float(text))
    lowest, highest = schema.get("minimum", value), schema.get("maximum")
    if lowest <= value <= (value if highest is None else highest):
        return value
    bounds = f"greater than or equal to {lowest}"
    if highest is not None:
        bounds = f"between {lowest} (inclusive) and {highest} (inclusive)"
    raise InvalidParameter("rest_out_of_bounds", f"{name} must be {bounds}")


def listed(name: str, text: str, items: Schema) -> list[Any]:
    """The values of a list, without the empty ones."""
    words = [word for word in re.split(r"[\s,]+", text) if word]
    if "enum" in items:
        if set(words) - set(items["enum"]):
            raise InvalidParameter("rest_forbidden_status", "Status is forbidden.", {"status": 401})
        return words
    for place, word in enumerate(words):
        if not INTEGER.fullmatch(word):
            where = f"{name}[{place}]"
            message = f"{where} is not of type integer."
            raise InvalidParameter("rest_invalid_type", message, {"param": where})
    return [int(float(word)) for word in words]


def moment(text: str) -> str:
    """A date as it is compared: in the site's time zone."""
    match = DATE.fullmatch(text)
    if not match:
        raise InvalidParameter("rest_invalid_date", "Invalid date.")
    day, time, zone = match.groups(default="")
    return clock.local_column(f"{day}T{time}{zone}{':00' if len(zone) == 3 else ''}")


def query_string(
    query: Mapping[str, str], known: Mapping[str, Schema], values: Mapping[str, Any], page: int
) -> str:
    """The query of a Link header: the caller's parameters as understood, with another page."""
    pairs: list[tuple[str, str]] = []
    for name, text in {**query, "page": str(page)}.items():
        kind = known.get(name, {}).get("type") if name != "page" else None
        if kind == "array":
            pairs += [(f"{name}[{place}]", str(word)) for place, word in enumerate(values[name])]
        else:
            pairs.append((name, str(values[name]) if kind == "integer" else text))
    return "&".join(
        f"{quote_plus(name)}={quote_plus(text)}" if text else quote_plus(name)
        for name, text in pairs
    )
