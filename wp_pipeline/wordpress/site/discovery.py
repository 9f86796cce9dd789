"""Lists what a site serves, from its own index, types and taxonomies: in a few small requests.

A route that WordPress itself refuses needs a login. A route that fails for another reason is listed
with that reason.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count

from wp_pipeline.wordpress.endpoints.address import Address
from wp_pipeline.wordpress.errors import (
    AccessDenied,
    Cancelled,
    DeadlineExceeded,
    MalformedAnswer,
    RouteNotFound,
    SiteError,
    StatusError,
    UnexpectedStatus,
)
from wp_pipeline.wordpress.http.cancellation import Cancellation
from wp_pipeline.wordpress.http.retries import RetryingClient
from wp_pipeline.wordpress.site.api_root import (
    WHAT_IS_ASKED,
    FoundApi,
    object_in,
)
from wp_pipeline.wordpress.site.discovered import (
    CLOSED,
    EMPTY,
    FAILED,
    NO_LIST,
    DiscoveredCollection,
    DiscoveredSite,
    ExcludedRoute,
)
from wp_pipeline.wordpress.site.index import (
    ALWAYS_THERE,
    BELOW_AN_ITEM,
    BUILT_IN,
    CUSTOM_TYPE,
    PLUGIN,
    TAXONOMY,
    TYPE,
    USUAL,
    Route,
    SiteIndex,
)
from wp_pipeline.wordpress.site.route_names import ROUTE, looks_secret, shown
from wp_pipeline.wordpress.site.sample import TRIES, NoRows, Sample, Sampler

# Which routes are read: the types, taxonomies, comments and users; the lists of plugins too; or
# every route that needs no argument, and internals of the editor that are empty.
COLLECTIONS, LISTS, ALL = "collections", "lists", "all"

# Error codes of routes that require an argument which the index does not mention.
WANTS_ARGUMENTS = ("rest_missing_callback_param", "rest_invalid_param")
ODD_ROUTE = "its address can't be shown or named; write it by hand, as name=URL"
NO_TOTAL = "it sends no X-WP-Total: it is no collection, or a cache drops its headers"


def discover(
    api: FoundApi, client: RetryingClient, cancellation: Cancellation, scope: str = COLLECTIONS
) -> DiscoveredSite:
    """Return what the site with this API serves. Raises a SiteError."""
    index = SiteIndex(api.index)
    discovery = Discovery(api.root, index, client, cancellation, scope)
    found = discovery.found()
    secret = (api.root.below(path) for path in index.paths if looks_secret(path))
    return DiscoveredSite(
        tuple(one for one in found if isinstance(one, DiscoveredCollection)),
        tuple(one for one in found if isinstance(one, ExcludedRoute)),
        api.moved_to,
        index,
        tuple(dict.fromkeys(map(shown, secret))),
    )


class Discovery:
    """The requests of one discovery, below the root of an API."""

    def __init__(
        self,
        root: Address,
        index: SiteIndex,
        client: RetryingClient,
        cancellation: Cancellation,
        scope: str,
    ) -> None:
        self._root = root
        self._index = index
        self._client = client
        self._cancellation = cancellation
        self._scope = scope
        self._reader = RouteReader(root, client, cancellation, scope)
        self._excluded: list[ExcludedRoute] = []
        self._number = count(1)

    def found(self) -> list[DiscoveredCollection | ExcludedRoute]:
        """Read every route, several at a time."""
        routes: dict[str, Route] = {}
        for route in self._routes():
            routes.setdefault(route.path, route)

        def read(route: Route) -> DiscoveredCollection | ExcludedRoute:
            found = self._reader.read(route)
            shown = self._reader.shown(route)
            self._client.observer.looked_at(shown, next(self._number), len(routes))
            return found

        with ThreadPoolExecutor(self._client.concurrency, "discovery") as threads:
            try:
                found = list(threads.map(read, routes.values()))
            except BaseException:  # Also Ctrl-C: leaving the context waits for the requests.
                self._cancellation.cancel()
                raise
        return [*self._excluded, *found]

    def _routes(self) -> Iterator[Route]:
        """Yield the routes to read."""
        for kind in ("types", "taxonomies"):
            try:
                yield from self._described(kind)
            except StatusError as refusal:
                self._excluded.append(ExcludedRoute(f"wp/v2/{kind}", str(refusal)))
                yield from (Route(path, kind_of(path, kind)) for path in USUAL[kind])
        yield from map(Route, ALWAYS_THERE)
        if self._scope != COLLECTIONS:
            yield from self._index.plugin_routes(self._root)
        if self._scope == ALL:
            yield from self._index.other_routes()

    def _described(self, kind: str) -> list[Route]:
        """Return the routes of all types or taxonomies. Raises a SiteError."""
        address = self._root.below(f"wp/v2/{kind}")
        answer = self._client.get(address, self._cancellation, TRIES, WHAT_IS_ASKED)
        described = object_in(answer.body).values()
        if not all(isinstance(one, dict) and "rest_base" in one for one in described):
            raise MalformedAnswer(f"HTTP 200 with {kind} that lack a rest_base")
        # rest_namespace exists since WordPress 5.9.
        paths = [f"{one.get('rest_namespace', 'wp/v2')}/{one['rest_base']}" for one in described]
        return [Route(path, kind_of(path, kind)) for path in paths if BELOW_AN_ITEM not in path]


class RouteReader:
    """Takes a sample of a route, which shows whether the route is a collection."""

    def __init__(
        self, root: Address, client: RetryingClient, cancellation: Cancellation, scope: str
    ) -> None:
        self._root = root
        self._client = client
        self._visitor = client.anonymous()
        self._cancellation = cancellation
        self._scope = scope

    def read(self, route: Route) -> DiscoveredCollection | ExcludedRoute:
        """Return a collection if it can be read, or else why not."""
        if not ROUTE.fullmatch(route.path):
            return ExcludedRoute("a route", ODD_ROUTE)
        address, name = self._root.below(route.path), self.shown(route)
        # A route that is not described as a list may do anything: no login is sent there.
        client = self._client if route.is_sure else self._visitor
        try:
            sample = Sampler(client, self._cancellation).take(address, name)
        except (DeadlineExceeded, Cancelled):
            raise
        except SiteError as failure:
            return self._classified(route, failure)
        if excluded := self._without_rows(route, sample):
            return excluded
        visitors = None
        if self._client.has_credentials:
            visitors = self._seen_by_visitors(address, name) if route.is_sure else sample.readable
        return DiscoveredCollection(address, sample.items, route.kind, sample, visitors)

    def _classified(self, route: Route, failure: SiteError) -> ExcludedRoute:
        """Return the route as excluded, with what its failure means."""
        verdict = FAILED
        if isinstance(failure, (AccessDenied, RouteNotFound)) and failure.code:
            verdict = CLOSED
        elif isinstance(failure, NoRows):
            verdict = NO_LIST
        elif isinstance(failure, UnexpectedStatus) and failure.code in WANTS_ARGUMENTS:
            verdict = NO_LIST if route.kind == PLUGIN else FAILED
        if route.is_internal and self._scope != ALL and verdict != FAILED:
            verdict = EMPTY
        return ExcludedRoute(self.shown(route), str(failure), verdict, route.kind)

    def _without_rows(self, route: Route, sample: Sample) -> ExcludedRoute | None:
        """Return the route as excluded if its sample is not one of a collection."""
        name, is_all = self.shown(route), self._scope == ALL
        if route.is_internal and not is_all and not sample.items:
            return ExcludedRoute(name, "it is empty", EMPTY, route.kind)
        if not sample.is_list and route.kind == PLUGIN and not is_all:
            return ExcludedRoute(name, "it is one object", NO_LIST, route.kind)
        must_tell = route.kind != PLUGIN and route.is_sure and not route.is_internal
        if must_tell and (sample.total is None or not sample.is_list):
            return ExcludedRoute(name, NO_TOTAL, FAILED, route.kind)
        return None

    def _seen_by_visitors(self, address: Address, name: str) -> int | None:
        """Return how many items a visitor can read; None if WordPress refuses them."""
        only_ids = address.with_parameters({"_fields": "id"})
        try:
            return Sampler(self._visitor, self._cancellation).take(only_ids, name).readable
        except (StatusError, NoRows):
            return None

    def shown(self, route: Route) -> str:
        return shown(self._root.below(route.path)) if ROUTE.fullmatch(route.path) else "a route"


def kind_of(path: str, kind: str) -> str:
    if kind == "taxonomies":
        return TAXONOMY
    return TYPE if path in BUILT_IN else CUSTOM_TYPE
