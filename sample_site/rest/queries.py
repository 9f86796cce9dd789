"""The query of a collection: its parameters as WordPress validates them, and what they select.

`data/parameters.json` lists the parameters of each collection, in the form and order in which
WordPress lists them in its index.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote_plus

from sample_site.content import Collection, read_data
from sample_site.database import StoredItems
from sample_site.items import Item
from sample_site.messages import Request, local, local_from_text

Schema = dict[str, Any]
Values = dict[str, Any]

PARAMETERS: dict[str, dict[str, Schema]] = read_data("parameters")
ERRORS: dict[str, tuple[int, str]] = read_data("errors")
# Errors after the permission check: besides 400s, only these answers still say `Allow: GET`.
AFTER_PERMISSION = frozenset({"rest_not_logged_in", "rest_type_invalid", "rest_taxonomy_invalid"})
# What visitors may ask for of the filters of comments.
PUBLIC_FILTERS = (("status", "approve"), ("type", "comment"), ("author", ""), ("author_email", ""))
INTEGER = re.compile(r"\s*[+-]?\d+(\.0*)?\s*")
DATE = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.\d+)?([Zz]|[+-]\d{2}(?::\d{2})?)?"
)


class Refusal(Exception):
    """An error that WordPress answers with. `ERRORS` has its status and message."""

    def __init__(
        self, code: str, detail: str = "", *, status: int | None = None, **data: Any
    ) -> None:
        usual_status, message = ERRORS[code]
        self.status = status or usual_status
        data = {"status": self.status, **data}
        self.body = {"code": code, "message": message.format(detail), "data": data}
        self.allows_get = self.status == 400 or code in AFTER_PERMISSION


class InvalidParameter(Exception):
    """A value that WordPress refuses: its error code, message and the error's own data."""

    def __init__(self, code: str, message: str, data: Any = None) -> None:
        super().__init__(message)
        self.detail = {"code": code, "message": message, "data": data}


@lru_cache(maxsize=256)
def schemas(collection: Collection, max_per_page: int) -> dict[str, Schema]:
    """The parameters of a collection, on a site with a lower maximum for `per_page`."""
    known = PARAMETERS[collection.name]
    limits = {"default": min(10, max_per_page), "maximum": max_per_page}
    return {**known, "per_page": {**known["per_page"], **limits}}


def parsed(known: Mapping[str, Schema], request: Request) -> Values:
    """The values of the known parameters, defaults included. Raises Refusal for invalid ones."""
    values: Values = {}
    errors: dict[str, InvalidParameter] = {}
    for name, schema in known.items():
        try:
            text = request.query.get(name)
            values[name] = schema.get("default") if text is None else value_of(name, text, schema)
        except InvalidParameter as error:
            errors[name] = error
    if errors:
        messages = {name: str(error) for name, error in errors.items()}
        details = {name: error.detail for name, error in errors.items()}
        raise Refusal("rest_invalid_param", ", ".join(errors), params=messages, details=details)
    return values


def value_of(name: str, text: str, schema: Schema) -> Any:
    """The value of one parameter. Raises InvalidParameter."""
    if schema["type"] == "integer":
        return within_bounds(name, integer(name, text), schema)
    if schema["type"] == "array":
        return parsed_list(name, text, schema["items"])
    if "enum" in schema and text not in schema["enum"]:
        *others, last = schema["enum"]
        choices = f"{', '.join(others)}{',' if len(others) > 1 else ''} and {last}"
        raise InvalidParameter("rest_not_in_enum", f"{name} is not one of {choices}.")
    return local_date(text) if schema.get("format") == "date-time" else text


def integer(name: str, text: str) -> int:
    if not INTEGER.fullmatch(text):
        message = f"{name} is not of type integer."
        raise InvalidParameter("rest_invalid_type", message, {"param": name})
    return int(float(text))


def within_bounds(name: str, value: int, schema: Schema) -> int:
    lowest, highest = schema.get("minimum", value), schema.get("maximum", value)
    if lowest <= value <= highest:
        return value
    bounds = f"greater than or equal to {lowest}"
    if "maximum" in schema:
        bounds = f"between {lowest} (inclusive) and {highest} (inclusive)"
    raise InvalidParameter("rest_out_of_bounds", f"{name} must be {bounds}")


def parsed_list(name: str, text: str, items: Schema) -> list[Any]:
    """The values of a list, without the empty ones."""
    words = [word for word in re.split(r"[\s,]+", text) if word]
    if "enum" not in items:
        return [integer(f"{name}[{place}]", word) for place, word in enumerate(words)]
    if set(words) - set(items["enum"]):
        raise InvalidParameter("rest_forbidden_status", "Status is forbidden.", {"status": 401})
    return words


def local_date(text: str) -> str:
    """A date in the site's time zone, in which WordPress compares dates."""
    match = DATE.fullmatch(text)
    if not match:
        raise InvalidParameter("rest_invalid_date", "Invalid date.")
    day, time, zone = match.groups(default="")
    return local_from_text(f"{day}T{time}{zone}{':00' if len(zone) == 3 else ''}")


def query_string(
    query: Mapping[str, str], known: Mapping[str, Schema], values: Mapping[str, Any], page: int
) -> str:
    """The query of a Link header: the caller's parameters as understood, with another page."""
    pairs: list[tuple[str, Any]] = []
    for name, text in {**query, "page": str(page)}.items():
        kind = known.get(name, {}).get("type") if name != "page" else None
        if kind == "array":
            pairs += [(f"{name}[{place}]", value) for place, value in enumerate(values[name])]
        else:
            pairs.append((name, values[name] if kind == "integer" else text))
    encoded = [(quote_plus(name), quote_plus(str(value))) for name, value in pairs]
    return "&".join(f"{name}={value}" if value else name for name, value in encoded)


def check(collection: Collection, values: Values, request: Request, *, signed_in: bool) -> None:
    """Refuse what only editors may read, and orders that lack a parameter. Raises Refusal."""
    orderby = values["orderby"]
    if values["context"] == "edit" and not signed_in:
        raise Refusal("rest_forbidden_context", collection.edit_list_message)
    if collection.kind == "post" and orderby == "include" and not values["include"]:
        raise Refusal("rest_orderby_include_missing_include")
    if orderby == "relevance" and "search" not in request.query:
        raise Refusal("rest_no_search_term_defined")
    if orderby in ("registered_date", "email") and not signed_in:
        raise Refusal("rest_forbidden_orderby")
    if collection.kind == "comment" and not signed_in:
        asked = request.query
        forbidden = [name for name, public in PUBLIC_FILTERS if asked.get(name, public) != public]
        if forbidden:
            raise Refusal("rest_forbidden_param", ", ".join(forbidden))


class Page(NamedTuple):
    """A page of a collection: its items (hidden ones included) and what the headers say."""

    items: list[Item]
    total: int
    pages: int
    number: int

    def neighbours(self) -> Iterator[tuple[str, int]]:
        """The pages that the Link header names; past the end, `prev` is the last page."""
        if self.number > 1:
            yield "prev", min(self.number - 1, self.pages)
        if self.number < self.pages:
            yield "next", self.number + 1


def page(database: StoredItems, collection: Collection, values: Values) -> Page:
    """The page for which the parameters ask."""
    per_page, number, offset = values["per_page"], values["page"], values.get("offset")
    # WP_Query and the other query classes take the absolute value of a negative offset.
    start = (number - 1) * per_page if offset is None else abs(offset)
    matching = matches(database, collection, values, start + per_page)
    items, total = matching[start : start + per_page], len(matching)
    if collection.kind == "post" and not items and offset is not None:
        total = 0  # WordPress does not read SQL_CALC_FOUND_ROWS when no row came.
    if collection.kind in ("term", "user") and offset is not None:
        number = max(1, -(-offset // per_page) + 1)
    return Page(items, total, -(-total // per_page), number)


def matches(
    database: StoredItems, collection: Collection, values: Values, limit: int
) -> list[Item]:
    """All items that the parameters select, sorted; `limit` is where the page ends."""
    descending, orderby, include = values["order"] == "desc", values["orderby"], values["include"]
    if orderby == "include" and not include:
        if collection.kind == "comment":
            return []  # An SQL error in WordPress: ORDER BY FIELD() of nothing.
        orderby = PARAMETERS[collection.name]["orderby"]["default"]
    items = database.public(collection.name, orderby, descending=descending, limit=limit)
    items = filtered(items, collection, values)
    if orderby == "include":
        # `order` reverses terms and users only.
        reverse = descending and collection.kind in ("term", "user")
        items.sort(key=lambda item: include.index(item.id), reverse=reverse)
    return items


def filtered(items: list[Item], collection: Collection, values: Values) -> list[Item]:
    """The items that pass the filters."""
    if values["include"]:
        included = set(values["include"])
        items = [item for item in items if item.id in included]
    # Except for comments, WordPress reads `exclude` only where there is no `include`.
    if values["exclude"] and (collection.kind == "comment" or not values["include"]):
        excluded = set(values["exclude"])
        items = [item for item in items if item.id not in excluded]
    if values.get("post"):
        items = [item for item in items if item.target in values["post"]]
    for name in ("after", "before", "modified_after", "modified_before"):
        if values.get(name):
            items = [item for item in items if is_within(item, name, values[name])]
    return items


def is_within(item: Item, name: str, bound: str) -> bool:
    """Whether a date lies strictly after or before a bound, in the site's time zone."""
    date = local(item.modified if name.startswith("modified") else item.date)
    return date > bound if name.endswith("after") else date < bound
