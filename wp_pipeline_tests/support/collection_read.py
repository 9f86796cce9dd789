"""Reads a sample site in this process, without sockets, with a hook before each request."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sample_site.messages import Request
from sample_site.site import SampleSite
from wp_pipeline.wordpress.endpoints.address import Address
from wp_pipeline.wordpress.endpoints.endpoint import Endpoint
from wp_pipeline.wordpress.http.cancellation import Cancellation
from wp_pipeline.wordpress.http.client import HttpClient
from wp_pipeline.wordpress.http.connections import Session
from wp_pipeline.wordpress.http.retries import RetryingClient
from wp_pipeline.wordpress.reading.collection import Collection
from wp_pipeline.wordpress.reading.reader import read_endpoint
from wp_pipeline_tests.fakes.in_process_site import SampleSiteAdapter

MOST_REQUESTS = 400


class CollectionRead:
    """One read of one collection: its items, its ids, and the requests that it took."""

    def __init__(
        self,
        site: SampleSite,
        collection: str,
        before_request: Callable[[Request], None] | None = None,
        at_once: int = 1,
    ) -> None:
        self.adapter = SampleSiteAdapter(site, self._count)
        self._before_request = before_request
        client = HttpClient("tests", new_session=self._session)
        endpoint = Endpoint(collection, Address(f"{site.url}/wp-json/wp/v2/{collection}"))
        with ThreadPoolExecutor(at_once) as pool:
            retrying = RetryingClient(client, at_once, 120.0, backoff=0.001)
            reading = read_endpoint(endpoint, retrying, pool, Cancellation(60))
            assert isinstance(reading, Collection)
            self.items = [item for batch in reading.batches for item in batch]
        self.ids = [item.id for item in self.items]

    @property
    def requests(self) -> list[str]:
        """The requests that the site got, as `path?query`."""
        return self.adapter.requests

    def _count(self, request: Request) -> None:
        assert len(self.requests) < MOST_REQUESTS, "the read does not end"
        if self._before_request:
            self._before_request(request)

    def _session(self) -> Session:
        session = Session()
        session.mount("http://", self.adapter)
        return session
