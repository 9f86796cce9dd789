"""Lists the public collections of a site, from its own index, types and taxonomies."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from wp_pipeline.wordpress.address import Address
from wp_pipeline.wordpress.answers.json_text import without_bom
from wp_pipeline.wordpress.collections.page import total_in
from wp_pipeline.wordpress.errors import MalformedAnswer, SiteError, SiteUnavailable
from wp_pipeline.wordpress.http.cancellation import Cancellation
from wp_pipeline.wordpress.http.retries import RetryingClient

ROUTE = re.compile(r"[A-Za-z0-9_/.%-]+")
ALWAYS_THERE = ("comments", "users")  # Neither a post type nor a taxonomy.


class NotWordPress(SiteError):
    """The address answers, but there is no WordPress REST API."""


@dataclass(frozen=True)
class DiscoveredCollection:
    """A collection that a visitor may read, and how many items it reports."""

    address: Address = field(repr=False)
    total: int


def discover(
    site_url: str, client: RetryingClient, cancellation: Cancellation
) -> list[DiscoveredCollection]:
    """Return the collections of a site that answer a visitor, in a few small requests.

    Raises MalformedEndpoints if the address is no URL, NotWordPress, or another SiteError.
    """
    Address.parse(site_url)
    discovery = Discovery(client, cancellation)
    root = discovery.api_root(Address(site_url))
    found = (discovery.collection(root, route) for route in dict.fromkeys(discovery.routes(root)))
    return [collection for collection in found if collection]


class Discovery:
    """The requests of one discovery."""

    def __init__(self, client: RetryingClient, cancellation: Cancellation) -> None:
        self._client = client
        self._cancellation = cancellation

    def api_root(self, site: Address) -> Address:
        """Find the API's root: /wp-json/, or ?rest_route=/ where permalinks are plain."""
        for root in site.api_roots():
            try:
                index = self._object(root)
            except SiteUnavailable:
                raise
            except SiteError:
                continue
            namespaces = index.get("namespaces")
            if isinstance(namespaces, list) and "wp/v2" in namespaces:
                return root
        raise NotWordPress("no WordPress REST API (wp/v2) answers at that address")

    def routes(self, root: Address) -> Iterator[str]:
        """Yield the routes of post types and taxonomies, comments and users."""
        for kind in ("types", "taxonomies"):
            for described in self._object(root.below(f"wp/v2/{kind}")).values():
                if not isinstance(described, dict) or "rest_base" not in described:
                    raise MalformedAnswer(f"HTTP 200 with {kind} that lack a rest_base")
                namespace = described.get("rest_namespace", "wp/v2")  # Since WordPress 5.9.
                yield f"{namespace}/{described['rest_base']}"
        for name in ALWAYS_THERE:
            yield f"wp/v2/{name}"

    def collection(self, root: Address, route: str) -> DiscoveredCollection | None:
        """Return a collection if a visitor may read it."""
        if not ROUTE.fullmatch(route):  # Below another item: wp/v2/font-families/(?P<id>[\d]+)/…
            return None
        address = root.below(route)
        try:
            answer = self._client.get(
                address.with_parameters({"per_page": 1, "_fields": "id"}), self._cancellation
            )
        except SiteUnavailable:
            raise
        except SiteError:
            return None  # It wants a login, as templates and menus do.
        total = total_in(answer.headers)
        return None if total is None else DiscoveredCollection(address, total)

    def _object(self, address: Address) -> Mapping[str, Any]:
        answer = self._client.get(address, self._cancellation)
        try:
            described = json.loads(bytes(without_bom(answer.body)))
        except (ValueError, RecursionError):
            described = None
        if not isinstance(described, dict):
            raise MalformedAnswer("HTTP 200 with something else than a JSON object")
        return described
