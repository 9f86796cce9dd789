"""A sample site that the real clients read in this process, without sockets."""

import http.client
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPResponse

from sample_site.messages import Answer, Request
from sample_site.site import SampleSite
from wp_pipeline.wordpress.answers.items import Item
from wp_pipeline.wordpress.answers.single_answer import SingleAnswer
from wp_pipeline.wordpress.endpoints.endpoint import parse_endpoint
from wp_pipeline.wordpress.http.cancellation import Cancellation
from wp_pipeline.wordpress.http.client import HttpClient
from wp_pipeline.wordpress.http.connections import Session
from wp_pipeline.wordpress.http.retries import RetryingClient
from wp_pipeline.wordpress.reading.collection import Collection
from wp_pipeline.wordpress.reading.reader import read_endpoint

URL = "http://sample.test"
JSON = {"Content-Type": "application/json; charset=UTF-8"}

Answers = Callable[[Request], Answer]


class InProcessSite:
    """A sample site behind real clients, without sockets. `answers` replaces its own answers."""

    def __init__(self, answers: Answers | None = None, site: SampleSite | None = None) -> None:
        self.site = site or SampleSite({})
        self.adapter = SampleSiteAdapter(self.site)
        if answers:
            self.adapter.answers = answers

    @property
    def requests(self) -> list[str]:
        """The requests that the site got, as `path?query`."""
        return self.adapter.requests

    def client(self, **options: Any) -> HttpClient:
        return HttpClient("tests", new_session=self._session, **options)

    def retrying_client(self, at_once: int = 4, longest_wait: float = 120.0) -> RetryingClient:
        return RetryingClient(self.client(), at_once, longest_wait, 0.001, None, 0.01)

    def read(self, route: str) -> SingleAnswer | list[Item]:
        """Return the single answer at a route, or all items of its collection."""
        with ThreadPoolExecutor(4) as pool:
            endpoint = parse_endpoint(f"{URL}{route}")
            reading = read_endpoint(endpoint, self.retrying_client(), pool, Cancellation(20))
            if isinstance(reading, Collection):
                return [item for batch in reading.batches for item in batch]
            return reading

    def ids(self, route: str) -> list[int | None]:
        """Read a collection, and return its ids in the order of the result."""
        items = self.read(route)
        assert isinstance(items, list), "it was read as a single answer"
        return [item.id for item in items]

    def _session(self) -> Session:
        session = Session()
        for scheme in ("http://", "https://"):
            session.mount(scheme, self.adapter)
        return session


class SampleSiteAdapter(BaseAdapter):
    """A transport of `requests` that answers from a SampleSite.

    Mount it on a session: `session.mount("http://sample.test", SampleSiteAdapter(site))`.

    `before_request` is called with each request first, and may change the site. `answers` may be
    replaced by a function that misbehaves or raises what a transport raises. `requests` lists
    the received requests, as `path?query`.
    """

    def __init__(
        self, site: SampleSite, before_request: Callable[[Request], None] | None = None
    ) -> None:
        super().__init__()
        self.site = site
        self.before_request = before_request
        self.answers: Callable[[Request], Answer] = site.answer
        self.requests: list[str] = []
        self._builder = HTTPAdapter()

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> requests.Response:
        headers = {name: str(value) for name, value in request.headers.items()}
        headers["Host"] = urlsplit(request.url or "").netloc
        parsed = Request.parse(request.method or "GET", request.url or "", headers)
        self.requests.append(request.path_url)
        if self.before_request:
            self.before_request(parsed)
        answer = self.answers(parsed)
        raw = HTTPResponse(
            body=BytesIO(answer.body),
            headers=answer.headers,
            status=answer.status,
            reason=http.client.responses.get(answer.status),
            version=11,
            preload_content=False,
            request_method=request.method,
        )
        return self._builder.build_response(request, raw)

    def close(self) -> None:
        """Do nothing: no connection is open."""


def always(status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> Answers:
    return lambda request: Answer(status, {**JSON, **(headers or {})}, body)


def one_after_another(*answers: Answer) -> Answers:
    """Give each answer once, then the last one again and again."""
    left = list(answers)
    return lambda request: left.pop(0) if len(left) > 1 else left[0]
