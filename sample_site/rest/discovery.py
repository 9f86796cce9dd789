"""The routes that describe the site: its index, its types, and the answers to OPTIONS."""

from functools import lru_cache
from typing import Any

from sample_site.content import COLLECTIONS, read_data
from sample_site.items import Addresses
from sample_site.rest import queries
from sample_site.rest.queries import Refusal
from sample_site.rest.rendering import resolved

DISCOVERY: dict[str, Any] = read_data("discovery")
DESCRIBED: dict[str, str] = DISCOVERY["error_codes"]
SCHEMAS: dict[str, dict[str, Any]] = read_data("schemas")


@lru_cache(maxsize=64)
def described(name: str, addresses: Addresses) -> dict[str, Any]:
    """The index, or the post types, taxonomies or statuses."""
    return resolved(DISCOVERY[name], addresses)


@lru_cache(maxsize=64)
def routes(addresses: Addresses, max_per_page: int) -> dict[str, Any]:
    """Every route with its parameters, as the index lists them."""
    known = {
        route.replace("${suffix}", addresses.suffix): resolved(entry, addresses)
        for route, entry in DISCOVERY["routes"].items()
    }
    for collection in COLLECTIONS.values():
        parameters = queries.schemas(collection, max_per_page)
        known[collection.route]["endpoints"][0]["args"] = parameters
    return known


def options(route: str, addresses: Addresses, max_per_page: int) -> dict[str, Any]:
    """A route's parameters, and the schema of its items, which plugins do not give.

    Raises Refusal for an unknown route.
    """
    known = routes(addresses, max_per_page)
    if route not in known:
        raise Refusal("rest_no_route")
    properties = SCHEMAS.get(route.removeprefix("/wp/v2/"))
    schema = {"schema": {"type": "object", "properties": properties}} if properties else {}
    return known[route] | schema


def document(route: str, addresses: Addresses, max_per_page: int) -> Any:
    """What is at a route that describes the site. Raises Refusal."""
    known = routes(addresses, max_per_page)
    if route == "/":
        return {**described("index", addresses), "routes": known}
    if route[1:] in DISCOVERY["index"]["namespaces"]:
        own = {path: entry for path, entry in known.items() if entry["namespace"] == route[1:]}
        up = [{"href": addresses.rest("/")}]
        return {"namespace": route[1:], "routes": own, "_links": {"up": up}}
    name, _, slug = route.removeprefix("/wp/v2/").partition("/")
    if name not in DESCRIBED or not route.startswith("/wp/v2/"):
        raise Refusal("rest_no_route")
    found = described(name, addresses)
    if slug and slug not in found:
        raise Refusal(DESCRIBED[name])
    return found[slug] if slug else found
