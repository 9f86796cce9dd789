"""Reads a site, with its connections, retries, throttle, credentials and cancellation.

    with open_site(reading_options(settings)) as site:      # of extraction/extract.py
        reading = site.read(endpoint)
        if isinstance(reading, Collection):
            for items in reading.batches:               # verified, in ascending order of id
                payload.write_items(items)

`Collection` is in `reading/collection.py`. The other result, for an endpoint whose whole content is
one answer, is the `SingleAnswer` of `answers/single_answer.py`.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wp_pipeline.observer import Observer
from wp_pipeline.wordpress.answers.items import Items
from wp_pipeline.wordpress.answers.single_answer import SingleAnswer
from wp_pipeline.wordpress.collections.fetch import PageFetcher
from wp_pipeline.wordpress.collections.windows import Window
from wp_pipeline.wordpress.endpoints.address import Address, Origin
from wp_pipeline.wordpress.endpoints.endpoint import Endpoint
from wp_pipeline.wordpress.errors import AccessDenied, CompletenessNotProven
from wp_pipeline.wordpress.http.cancellation import FOREVER, Cancellation
from wp_pipeline.wordpress.http.client import HttpClient
from wp_pipeline.wordpress.http.connections import Session
from wp_pipeline.wordpress.http.credentials import Credentials
from wp_pipeline.wordpress.http.retries import RetryingClient
from wp_pipeline.wordpress.reading.collection import Collection
from wp_pipeline.wordpress.reading.probe import MODIFIED, Probe, probe
from wp_pipeline.wordpress.reading.reader import read_endpoint
from wp_pipeline.wordpress.reading.schema import Schema, schema_of

if TYPE_CHECKING:  # Imported in methods: an extraction needs none of them, and saves 0.02 s.
    from wp_pipeline.wordpress.site.api_root import FoundApi
    from wp_pipeline.wordpress.site.diagnosis.queries import Diagnosis
    from wp_pipeline.wordpress.site.discovered import DiscoveredSite

FOR_ALL = "that is the limit for all endpoints of the site together"

KEYS_FOR_PLUGINS = (
    "the credentials are WooCommerce keys, which only the routes of plugins know; all others are"
    " read as a visitor reads them"
)


@dataclass(frozen=True)
class SiteOptions:
    """How to read a site. Times in seconds, `largest_body` in bytes.

    What has no default here is a setting, with a default in settings.py. `deadline` is for each
    endpoint, `deadline_for_all` for everything that is read of the site. `credentials` are sent to
    `origin` only.
    """

    user_agent: str
    concurrency: int
    timeout: float
    deadline: float
    longest_wait: float
    largest_body: int
    deadline_for_all: float = FOREVER
    backoff: float = 1.0
    maintenance_wait: float = 30.0
    credentials: Credentials | None = field(default=None, repr=False)
    origin: Origin | None = field(default=None, repr=False)
    new_session: Callable[[], Session] = Session


class Site:
    """Reads endpoints of one site. Thread-safe.

    Closing it cancels every request under way: readers then raise Cancelled.
    """

    def __init__(self, client: RetryingClient, options: SiteOptions) -> None:
        self.concurrency = client.concurrency
        self._client = client
        self._credentials = options.credentials
        self._deadline = options.deadline
        self._cancellation = Cancellation(options.deadline_for_all, FOR_ALL)
        self._pool = ThreadPoolExecutor(client.concurrency, "request")

    def __enter__(self) -> "Site":
        return self

    def __exit__(self, *exception: object) -> None:
        self.cancel()
        self._pool.shutdown(cancel_futures=True)

    def cancel(self) -> None:
        """Let every request under way end soon, with Cancelled."""
        self._cancellation.cancel()

    @property
    def seconds_left(self) -> float:
        """The seconds until the deadline for everything; negative when it has passed."""
        return self._cancellation.seconds_left

    @property
    def cancellation(self) -> Cancellation:
        """The deadline for everything, and what `cancel` sets: for work beside the reading."""
        return self._cancellation

    def read(self, endpoint: Endpoint) -> SingleAnswer | Collection:
        """Start reading an endpoint; its deadline begins now. Raises a SiteError."""
        return read_endpoint(endpoint, self._client, self._pool, self._limited())

    def items(self, endpoint: Endpoint, ids: Sequence[int]) -> Items:
        """Return the items with these ids that can be read.

        What does not come is requested again, since some sites send fewer items than requested,
        until an answer brings nothing. Raises a SiteError.
        """
        fetch = PageFetcher(endpoint, self._client, self._pool, self._limited())
        found, missing = Items(), list(ids)
        while missing and (more := fetch.by_ids(missing).in_order().items):
            came = set(more.known_ids)
            if not came <= set(missing):
                raise CompletenessNotProven(
                    "the site ignores `include`; check its plugins and caches"
                )
            found, missing = found + more, [one for one in missing if one not in came]
        return found

    def rows(self, endpoint: Endpoint, start: int, size: int) -> Items:
        """Return `size` rows from row `start` on, in order of id, without hidden rows.

        Raises a SiteError.
        """
        fetch = PageFetcher(endpoint, self._client, self._pool, self._limited())
        return fetch.page(Window(start, size)).in_order().items

    def probe(self, endpoint: Endpoint, orderby: str = MODIFIED) -> Probe | None:
        """Probe a collection; None for a single answer. Raises a SiteError."""
        return probe(endpoint, self._client, self._limited(), orderby)

    def schema(self, endpoint: Endpoint) -> Schema:
        """Return what the site says of the members of an endpoint's items. Raises a SiteError."""
        return schema_of(endpoint, self._client, self._limited())

    def find_api(self, addresses: Sequence[Address]) -> "FoundApi":
        """Find the REST API of the site at one of these addresses. Raises a SiteError."""
        from wp_pipeline.wordpress.site.api_root import ApiRootFinder

        return ApiRootFinder(self._client.anonymous(), self._limited()).find(addresses)

    def discover(self, api: "FoundApi", scope: str) -> "DiscoveredSite":
        """Return what the site with this API serves. Raises a SiteError."""
        from wp_pipeline.wordpress.site.discovery import discover

        return discover(api, self._client, self._limited(), scope)

    def diagnose(self, endpoint: Endpoint) -> "Diagnosis | None":
        """Find out whether the site applies queries; None if the endpoint can't be sorted by id.

        Raises a SiteError.
        """
        from wp_pipeline.wordpress.site.diagnosis.queries import diagnose

        return diagnose(endpoint, self._client, self._limited())

    def public_routes(self, endpoint: Endpoint) -> frozenset[str]:
        """Return the routes that the endpoint's site shows to visitors. Raises a SiteError."""
        from wp_pipeline.wordpress.site.diagnosis.public_index import public_routes

        return public_routes(endpoint, self._client, self._limited())

    def rejected_logins(self, endpoints: Sequence[Endpoint]) -> Mapping[str, str]:
        """Return the names of endpoints whose site rejects the login, with the reasons.

        Raises a SiteError.
        """
        if self._credentials is None:
            return {}
        if self._credentials.is_consumer_key:
            if not all(endpoint.has_own_keys for endpoint in endpoints):
                self._client.observer.noticed("", KEYS_FOR_PLUGINS)
            return {}
        from wp_pipeline.wordpress.site.login import rejected_logins

        return rejected_logins(endpoints, self._client, self._limited())

    def require_login(self, api: "FoundApi") -> None:
        """Raises AccessDenied if the site rejects the credentials, or another SiteError.

        If it does not tell, the observer is told.
        """
        from wp_pipeline.wordpress.site.consumer_keys import require_keys
        from wp_pipeline.wordpress.site.login import POSTS

        if self._credentials and self._credentials.is_consumer_key:
            require_keys(api.root, self._client, self._limited())
            return
        login = Endpoint("login", api.root.below(POSTS))
        if reason := self.rejected_logins([login]).get(login.name):
            raise AccessDenied(reason)

    def _limited(self) -> Cancellation:
        return self._cancellation.with_deadline(self._deadline)


def open_site(options: SiteOptions, observer: Observer | None = None) -> Site:
    """Return a site, to be used in a `with` statement."""
    client = HttpClient(
        options.user_agent,
        options.timeout,
        options.largest_body,
        options.credentials,
        options.origin,
        options.new_session,
    )
    retrying = RetryingClient(
        client,
        options.concurrency,
        options.longest_wait,
        options.backoff,
        observer,
        options.maintenance_wait,
    )
    return Site(retrying, options)
