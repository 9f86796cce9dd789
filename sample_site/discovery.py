"""How a client finds out what the site serves: the index, types, taxonomies, statuses, pages."""

import html
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, urlencode

from sample_site import clock, parameters
from sample_site.addresses import Addresses
from sample_site.items import LATEST
from sample_site.kinds import COLLECTIONS, POST, TERM, Collection
from sample_site.messages import Answer, Request
from sample_site.shapes import CURIES, Json

NAME = "The Tidewell Lantern"
DESCRIPTION = "News, notes &amp; natter from the Arle estuary"
NAMESPACES = ("oembed/1.0", "mo/v1", "wp/v2")

# What WordPress says of a slug that it does not know.
UNKNOWN = {
    "/wp/v2/types": ("rest_type_invalid", "Invalid post type."),
    "/wp/v2/taxonomies": ("rest_taxonomy_invalid", "Invalid taxonomy."),
    "/wp/v2/statuses": ("rest_status_invalid", "Invalid status."),
}


def document(
    route: str, addresses: Addresses, max_per_page: int, plugin_routes: Iterable[str]
) -> Any | None:
    """What stands at a route that describes the site; None if there is no such route."""
    if route == "/":
        return index(addresses, routes(addresses, max_per_page, plugin_routes))
    namespace = route.removeprefix("/")
    if namespace in NAMESPACES:
        known = routes(addresses, max_per_page, plugin_routes)
        own = {path: entry for path, entry in known.items() if entry["namespace"] == namespace}
        up = [{"href": addresses.rest("/")}]
        return {"namespace": namespace, "routes": own, "_links": {"up": up}}
    described = {
        "/wp/v2/types": types,
        "/wp/v2/taxonomies": taxonomies,
        "/wp/v2/statuses": statuses,
    }
    if route in described:
        return described[route](addresses)
    parent, _, slug = route.rpartition("/")
    return described[parent](addresses).get(slug) if parent in described else None


def index(addresses: Addresses, known: Json) -> Json:
    """What `/wp-json/` says."""
    authorization = f"{addresses.url}/wp-admin/authorize-application.php"
    return {
        "name": NAME,
        "description": DESCRIPTION,
        "url": addresses.url,
        "home": addresses.url,
        "gmt_offset": clock.offset(LATEST) // 3600,
        "timezone_string": clock.TIMEZONE,
        "namespaces": list(NAMESPACES),
        "authentication": {
            "application-passwords": {"endpoints": {"authorization": authorization}}
        },
        "routes": known,
        "site_logo": 0,
        "site_icon": 0,
        "site_icon_url": "",
        "_links": {"help": [{"href": "https://developer.wordpress.org/rest-api/"}]},
    }


def routes(addresses: Addresses, max_per_page: int, plugin_routes: Iterable[str]) -> Json:
    """Every route with its parameters; the plugin's random suffixes are no secret here."""
    context = {"default": "view", "required": False}
    known: dict[str, Json] = {"/": {"context": context}}
    for namespace in NAMESPACES[1:]:
        default = {"default": namespace, "required": False}
        known[f"/{namespace}"] = {"namespace": default, "context": context}
        if namespace == "mo/v1":
            known |= {route: {} for route in plugin_routes}
    for collection in COLLECTIONS.values():
        known[collection.route] = parameters.schemas(collection, max_per_page)
        known[f"{collection.route}/(?P<id>[\\d]+)"] = {"context": context}
    for name in ("types", "taxonomies", "statuses"):
        known[f"/wp/v2/{name}"] = {"context": context}
    known["/wp/v2/users/me"] = {"context": context}
    return {route: entry(route, args, addresses) for route, args in known.items()}


def entry(route: str, args: Json, addresses: Addresses) -> Json:
    """A route as the index lists it; only those without a pattern have an address."""
    described: Json = {
        "namespace": "/".join(route.split("/")[1:3]) if route != "/" else "",
        "methods": ["GET"],
        "endpoints": [{"methods": ["GET"], "args": args or []}],
    }
    if "(" not in route:
        described["_links"] = {"self": [{"href": addresses.rest(route)}]}
    return described


def links(addresses: Addresses, name: str, collection: Collection) -> Json:
    return {
        "collection": [{"href": addresses.rest(f"/wp/v2/{name}")}],
        "wp:items": [{"href": addresses.rest(collection.route)}],
        "curies": CURIES,
    }


def types(addresses: Addresses) -> Json:
    return {
        collection.slug: {
            "description": "",
            "hierarchical": collection.hierarchical,
            "has_archive": False,
            "name": collection.label,
            "slug": collection.slug,
            "icon": collection.icon,
            "taxonomies": [COLLECTIONS[name].slug for name in collection.taxonomies],
            "rest_base": collection.name,
            "rest_namespace": "wp/v2",
            "_links": links(addresses, "types", collection),
        }
        for collection in COLLECTIONS.values()
        if collection.kind is POST
    }


def taxonomies(addresses: Addresses) -> Json:
    return {
        taxonomy.slug: {
            "name": taxonomy.label,
            "slug": taxonomy.slug,
            "description": "",
            "types": [
                collection.slug
                for collection in COLLECTIONS.values()
                if taxonomy.name in collection.taxonomies
            ],
            "hierarchical": taxonomy.hierarchical,
            "rest_base": taxonomy.name,
            "rest_namespace": "wp/v2",
            "_links": links(addresses, "taxonomies", taxonomy),
        }
        for taxonomy in COLLECTIONS.values()
        if taxonomy.kind is TERM
    }


def statuses(addresses: Addresses) -> Json:
    return {
        "publish": {
            "name": "Published",
            "public": True,
            "queryable": True,
            "slug": "publish",
            "date_floating": False,
            "_links": {"archives": [{"href": addresses.rest("/wp/v2/posts")}]},
        }
    }


def web_page(request: Request, addresses: Addresses) -> Answer:
    """What a browser gets; on a site with plain permalinks, so does who asks for /wp-json/."""
    html_type = {"Content-Type": "text/html; charset=UTF-8"}
    if addresses.plain and not request.path.endswith(("/", ".php")):
        query = f"?{urlencode(request.query)}" if request.query else ""
        location = f"{addresses.url}{quote(request.path)}/{query}"
        return Answer(301, {**html_type, "X-Redirect-By": "WordPress", "Location": location}, b"")
    headers = {**html_type, "Link": f'<{addresses.root}>; rel="https://api.w.org/"'}
    body = PAGE.format(name=NAME, root=html.escape(addresses.root)).encode()
    known = addresses.plain or request.path in ("/", "/index.php")
    return Answer(200 if known else 404, headers, body)


PAGE = """<!DOCTYPE html>
<html lang="en-GB">
<head>
<title>{name}</title>
<link rel="https://api.w.org/" href="{root}" />
</head>
<body><h1>{name}</h1></body>
</html>
"""
