"""Builds the request for an address: method, URL, headers, and credentials where they may be sent.

builder = RequestBuilder({"User-Agent": "wp-pipeline/1.0"})
request = builder.build(endpoint.address)
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

from wp_pipeline.wordpress.endpoints.address import Address, Origin
from wp_pipeline.wordpress.http.credentials import Credentials

# Requests sends a query of these characters as it is.
PLAIN_QUERY = re.compile(r"[\w.~=&,/:+-]+", re.ASCII)


@dataclass(frozen=True)
class RequestBuilder:
    """Builds the requests of one client. Thread-safe.

    `credentials` are sent to `origin` only, and only over https or to loopback.
    """

    headers: Mapping[str, str]
    method: str = "GET"
    credentials: Credentials | None = field(default=None, repr=False)
    origin: Origin | None = field(default=None, repr=False)
    _normalized: dict[str, str] = field(default_factory=dict, repr=False)

    def build(self, address: Address) -> requests.PreparedRequest:
        """Return the request, without the user and password that the address may carry.

        `PreparedRequest.prepare` would take them from the URL, and look for cookies and a body.
        http.client verifies the headers. Raises what requests raises for a URL.
        """
        request = requests.PreparedRequest()
        request.prepare_method(self.method)
        request.url = self._url_of(address)
        headers: Any = {**self.headers}  # In place of requests' own dict, which is slow.
        if self.credentials and self._may_be_told(Address(request.url)):
            headers["Authorization"] = self.credentials.header
        request.headers = headers
        return request

    def _url_of(self, address: Address) -> str:
        """Return the URL as requests sends it. Pages differ in the query only, which is plain."""
        beginning, _, query = address.url.partition("?")
        if not PLAIN_QUERY.fullmatch(query):
            return normalized(address.url)
        if beginning not in self._normalized:
            self._normalized[beginning] = normalized(beginning)
        return f"{self._normalized[beginning]}?{query}"

    def _may_be_told(self, address: Address) -> bool:
        return address.origin == self.origin and address.is_confidential


def normalized(url: str) -> str:
    """Return a URL as requests sends it. Raises a RequestException or ValueError."""
    request = requests.PreparedRequest()
    request.prepare_url(url, None)
    return request.url or ""
