"""A transport of `requests` that answers from a SampleSite, without a socket."""

import http.client
from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPResponse

from sample_site.messages import Answer, Request
from sample_site.site import SampleSite


class SampleSiteAdapter(BaseAdapter):
    """Mount it on a session: `session.mount("http://sample.test", SampleSiteAdapter(site))`.

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
