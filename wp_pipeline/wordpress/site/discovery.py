"""Lists the public collections of a site, from its own index, types and taxonomies."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from wp_pipeline.wordpress.address import Address
from wp_pipeline.wordpress.answers.items import items_of
from wp_pipeline.wordpress.answers.json_text import require_json, without_bom
from wp_pipeline.wordpress.collections.page import total_in
from wp_pipeline.wordpress.errors import (
    AccessDenied,
    Cancelled,
    DeadlineExceeded,
    MalformedAnswer,
    RouteNotFound,
    SiteError,
    StatusError,
)
from wp_pipeline.wordpress.http.cancellation import Cancellation
from wp_pipeline.wordpress.http.client import Answer
from wp_pipeline.wordpress.http.retries import RetryingClient
from wp_pipeline.wordpress.site.api_root import ApiRootFinder, object_in

TRIES = 2
ROUTE = re.compile(r"(?!.*\.\.)[A-Za-z0-9_/.-]{1,200}")
BELOW_AN_ITEM = "(?P<"  # wp/v2/font-families/(?P<id>[\d]+)/font-faces
ALWAYS_THERE = ("wp/v2/comments", "wp/v2/users")  # Neither a post type nor a taxonomy.
# Where a site does not tell its types or taxonomies.
USUAL = {
    "types": ("wp/v2/posts", "wp/v2/pages", "wp/v2/media"),
    "taxonomies": ("wp/v2/categories", "wp/v2/tags"),
}
ODD_ROUTE = "its address can't be shown or named; write it by hand, as name=URL"
NO_TOTAL = "it sends no X-WP-Total: it is no collection, or a cache drops its headers"


@dataclass(frozen=True)
class DiscoveredCollection:
    """A collection that a visitor may read, and how many items it reports."""

    address: Address = field(repr=False)
    total: int


@dataclass(frozen=True)
class LeftOut:
    """A route that was left out, though it may be for visitors, and why."""

    route: str
    reason: str


@dataclass(frozen=True)
class DiscoveredSite:
    """What a site serves to visitors.

    `moved_to` is where its API is, if that can't be told from the given address; nothing otherwise.
    """

    collections: tuple[DiscoveredCollection, ...]
    left_out: tuple[LeftOut, ...] = ()
    moved_to: str = ""


def discover(site_url: str, client: RetryingClient, cancellation: Cancellation) -> DiscoveredSite:
    """Return the collections of a site that answer a visitor, in a few small requests.

    What WordPress itself refuses to a visitor is not mentioned; what fails otherwise is left out
    with a reason. Raises MalformedEndpoints if the address is no URL, NotWordPress, or another
    SiteError.
    """
    site = Address.parse(site_url)
    root = ApiRootFinder(client, cancellation).find(site)
    discovery = Discovery(root, client, cancellation)
    routes = dict.fromkeys(discovery.routes())
    found = [*discovery.left_out, *(discovery.look_at(route) for route in routes)]
    return DiscoveredSite(
        tuple(one for one in found if isinstance(one, DiscoveredCollection)),
        tuple(one for one in found if isinstance(one, LeftOut)),
        "" if root in site.api_roots() else root.shown,
    )


class Discovery:
    """The requests of one discovery, below the root of an API."""

    def __init__(self, root: Address, client: RetryingClient, cancellation: Cancellation) -> None:
        self._root = root
        self._client = client
        self._cancellation = cancellation
        self.left_out: list[LeftOut] = []

    def routes(self) -> Iterator[str]:
        """Yield the routes of post types and taxonomies, comments and users."""
        for kind in ("types", "taxonomies"):
            try:
                yield from self._described(kind)
            except StatusError as refusal:
                self.left_out.append(LeftOut(f"wp/v2/{kind}", str(refusal)))
                yield from USUAL[kind]
        yield from ALWAYS_THERE

    def look_at(self, route: str) -> DiscoveredCollection | LeftOut | None:
        """Return a collection if a visitor may read it; None if it is not for visitors."""
        if BELOW_AN_ITEM in route:
            return None
        if not ROUTE.fullmatch(route):
            return LeftOut("a route", ODD_ROUTE)
        address = self._root.below(route)
        try:
            total = total_of(self._get(address.with_parameters({"per_page": 1, "_fields": "id"})))
        except (DeadlineExceeded, Cancelled):
            raise
        except (AccessDenied, RouteNotFound) as refusal:
            return None if refusal.code else LeftOut(route, str(refusal))
        except SiteError as failure:
            return LeftOut(route, str(failure))
        return LeftOut(route, NO_TOTAL) if total is None else DiscoveredCollection(address, total)

    def _described(self, kind: str) -> list[str]:
        """Return the routes of all types or taxonomies. Raises a SiteError."""
        described = object_in(self._get(self._root.below(f"wp/v2/{kind}")).body).values()
        if not all(isinstance(one, dict) and "rest_base" in one for one in described):
            raise MalformedAnswer(f"HTTP 200 with {kind} that lack a rest_base")
        # rest_namespace exists since WordPress 5.9.
        return [f"{one.get('rest_namespace', 'wp/v2')}/{one['rest_base']}" for one in described]

    def _get(self, address: Address) -> Answer:
        return self._client.get(address, self._cancellation, TRIES)


def total_of(answer: Answer) -> int | None:
    """Return the total of a page of items. Raises MalformedAnswer if it is none."""
    body = without_bom(answer.body)
    require_json(body)
    items_of(body)
    return total_in(answer.headers)
