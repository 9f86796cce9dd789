"""What a site serves to anybody: its public collections, told by its own index and types."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from wp_pipeline.wordpress.answers.items import without_bom
from wp_pipeline.wordpress.collections.windows import total_in
from wp_pipeline.wordpress.endpoints import Endpoint, parse_url
from wp_pipeline.wordpress.errors import MalformedAnswer, SiteError, SiteUnavailable
from wp_pipeline.wordpress.http.client import Deadline
from wp_pipeline.wordpress.http.throttle import RetryingClient

ROUTE = re.compile(r"[A-Za-z0-9_/.%-]+")
ALWAYS_THERE = ("comments", "users")  # Neither a post type nor a taxonomy.


class NotWordPress(SiteError):
    """The address answers, but no WordPress REST API is there."""


@dataclass(frozen=True)
class Found:
    """A collection that a visitor may read, and how many items it says it has."""

    url: str = field(repr=False)
    total: int


def discover(site_url: str, client: RetryingClient, deadline: Deadline) -> list[Found]:
    """Return the collections of a site that answer a visitor, in a handful of small requests.

    Raises MalformedEndpoints if the address is no URL, NotWordPress, or another SiteError.
    """
    parse_url(site_url)
    site = Site(site_url.rstrip("/"), client, deadline)
    site.find_root()
    found = (site.look_at(route) for route in dict.fromkeys(site.routes()))
    return [collection for collection in found if collection]


class Site:
    def __init__(self, url: str, client: RetryingClient, deadline: Deadline) -> None:
        self._url = url
        self._client = client
        self._deadline = deadline
        self._root = ""

    def find_root(self) -> None:
        """Find the API's root: /wp-json/, or ?rest_route=/ where permalinks are plain."""
        for root in (f"{self._url}/wp-json/", f"{self._url}/?rest_route=/"):
            self._root = root
            try:
                index = self._get("")
            except SiteUnavailable:
                raise
            except SiteError:
                continue
            namespaces = index.get("namespaces")
            if isinstance(namespaces, list) and "wp/v2" in namespaces:
                return
        raise NotWordPress("no WordPress REST API (wp/v2) answers at that address")

    def routes(self) -> Iterator[str]:
        """Yield the routes of post types and taxonomies, comments and users."""
        for kind in ("types", "taxonomies"):
            for described in self._get(f"wp/v2/{kind}").values():
                if not isinstance(described, dict) or "rest_base" not in described:
                    raise MalformedAnswer(f"HTTP 200 with {kind} that lack a rest_base")
                namespace = described.get("rest_namespace", "wp/v2")  # Since WordPress 5.9.
                yield f"{namespace}/{described['rest_base']}"
        for name in ALWAYS_THERE:
            yield f"wp/v2/{name}"

    def look_at(self, route: str) -> Found | None:
        """Return a collection if a visitor may read it."""
        if not ROUTE.fullmatch(route):  # Below another item: wp/v2/font-families/(?P<id>[\d]+)/…
            return None
        endpoint = Endpoint(route, self._root + route)
        url = endpoint.url_with({"per_page": 1, "_fields": "id"})
        try:
            answer = self._client.get(url, self._deadline)
        except SiteUnavailable:
            raise
        except SiteError:
            return None  # It wants a login, as templates and menus do.
        total = total_in(answer.headers.get("X-WP-Total"))
        return None if total is None else Found(endpoint.url, total)

    def _get(self, route: str) -> Mapping[str, Any]:
        answer = self._client.get(self._root + route, self._deadline)
        try:
            described = json.loads(bytes(without_bom(answer.body)))
        except (ValueError, RecursionError):
            described = None
        if not isinstance(described, dict):
            raise MalformedAnswer("HTTP 200 with something else than a JSON object")
        return described
