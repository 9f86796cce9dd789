"""The routes that a site lists in its index, where everybody can read them.

https://developer.wordpress.org/rest-api/extending-the-rest-api/routes-and-endpoints/
"""

from urllib.parse import unquote

from wp_pipeline.wordpress.endpoints.address import ROUTE_PARAMETER, Address
from wp_pipeline.wordpress.endpoints.endpoint import Endpoint
from wp_pipeline.wordpress.http.cancellation import Cancellation
from wp_pipeline.wordpress.http.retries import RetryingClient
from wp_pipeline.wordpress.site.api_root import object_in

TRIES = 2


def public_routes(
    endpoint: Endpoint, client: RetryingClient, cancellation: Cancellation
) -> frozenset[str]:
    """Return the routes in the index that an endpoint's site shows to visitors, such as
    `/wp/v2/posts`. Raises a SiteError.
    """
    index = endpoint.address.api_root.with_parameters({"_fields": "routes"})
    answer = client.anonymous().get(index, cancellation, TRIES)
    routes = object_in(answer.body).get("routes")
    return frozenset(map(without_slash, routes if isinstance(routes, dict) else ()))


def without_slash(route: str) -> str:
    return route.rstrip("/")


def route_of(address: Address) -> str:
    """Return the route as the index lists it: `/wp/v2/posts`."""
    given = dict(address.parameters).get(ROUTE_PARAMETER)
    if given:
        return given.rstrip("/")
    root = unquote(address.api_root.path)
    return "/" + unquote(address.route).removeprefix(root).strip("/")


def is_public(endpoint: Endpoint, routes: frozenset[str]) -> bool:
    return route_of(endpoint.address) in routes
