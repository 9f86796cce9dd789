"""One GET or OPTIONS: follows redirects within the origin, and reads the whole body or raises.

    client = HttpClient(user_agent="wp-pipeline/1.0", timeout=30.0)
    answer = client.get(endpoint.address, Cancellation(60))

Retries and the concurrency limit are in `retries.py` and `throttle.py`.
"""

import threading
import time
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any

import requests
import urllib3
from requests.utils import parse_header_links

from wp_pipeline.library_logging import silence
from wp_pipeline.wordpress.endpoints.address import Address, Origin
from wp_pipeline.wordpress.errors import AnswerTooLarge, SiteError
from wp_pipeline.wordpress.http.body import Body, BodyBuffer, require_known_coding
from wp_pipeline.wordpress.http.cancellation import Cancellation
from wp_pipeline.wordpress.http.connections import Session
from wp_pipeline.wordpress.http.credentials import Credentials
from wp_pipeline.wordpress.http.failures.error_answers import error_from_answer
from wp_pipeline.wordpress.http.failures.transport_errors import error_from_failure
from wp_pipeline.wordpress.http.redirects import REDIRECTS, MayLead, Redirects, same_origin
from wp_pipeline.wordpress.http.request_builder import RequestBuilder

READ_SIZE = 1 << 20
LONGEST_ERROR_BODY = 64 << 10
SECONDS_FOR_AN_ERROR_BODY = 5.0
ACCEPT = "application/json, */*;q=0.1"  # ModSecurity refuses a client that accepts no */*.
SHORTEST_TIMEOUT = 0.001  # seconds; requests does not accept 0


@dataclass(frozen=True)
class Answer:
    """A complete, decompressed body with status 200.

    `seconds` passed between the request and the headers. `address` is where redirects led to.
    """

    headers: Mapping[str, str] = field(repr=False)
    body: Body = field(repr=False)
    seconds: float
    address: Address = field(default=Address(""), repr=False)

    @property
    def links(self) -> list[dict[str, str]]:
        """The links in the Link header (RFC 8288): `url`, `rel` and other parameters of each."""
        found = parse_header_links(self.headers.get("Link", ""))
        return [{name.lower(): value for name, value in link.items()} for link in found]


class HttpClient:
    """Sends GET or OPTIONS requests. Thread-safe: each thread has a session and its connection.

    `credentials` are sent to `origin` only, and only over https or to loopback. `timeout` is in
    seconds, for a connection and for each read; `largest_body` in bytes.
    """

    def __init__(
        self,
        user_agent: str,
        timeout: float = 30.0,
        largest_body: int = 1 << 30,
        credentials: Credentials | None = None,
        origin: Origin | None = None,
        new_session: Callable[[], Session] = Session,
    ) -> None:
        silence()
        headers = {
            "User-Agent": user_agent,
            "Accept": ACCEPT,
            "Accept-Encoding": "gzip, deflate",
            "Connection": "keep-alive",
        }
        self._requests = RequestBuilder(headers, "GET", credentials, origin)
        self._timeout = timeout
        self._largest_body = largest_body
        self._new_session = new_session
        self._threads = threading.local()
        self._environments: dict[tuple[str, ...], dict[str, Any]] = {}

    @property
    def has_credentials(self) -> bool:
        return self._requests.credentials is not None

    def anonymous(self) -> "HttpClient":
        """Return one that sends no credentials, over the same connections."""
        client = copy(self)
        client._requests = replace(self._requests, credentials=None)
        return client

    def for_options(self) -> "HttpClient":
        """Return one whose requests ask by OPTIONS what a route is, over the same connections."""
        client = copy(self)
        client._requests = replace(self._requests, method="OPTIONS")
        return client

    def get(
        self, address: Address, cancellation: Cancellation, may_lead: MayLead = same_origin
    ) -> Answer:
        """Return the answer to one GET; redirects are followed where they `may_lead`.

        Raises a SiteError. It never carries the URL, and no error of requests is in its chain.
        """
        redirects = Redirects(address, may_lead)
        while True:
            found = self._get_once(redirects, cancellation)
            if found is not None:
                return found

    def _get_once(self, redirects: Redirects, cancellation: Cancellation) -> Answer | None:
        """Return the answer; None after a redirect that was followed. Raises a SiteError."""
        address = redirects.address
        try:
            cancellation.check()
            began = time.monotonic()
            with self._send(address, cancellation) as response:
                seconds = time.monotonic() - began
                if response.status_code == 200:
                    body = self._read(response.raw, cancellation)
                    require_known_coding(response.headers, body)
                    return Answer(response.headers, body, seconds, address)
                if response.status_code in REDIRECTS and "Location" in response.headers:
                    redirects.follow(response.headers)
                    return None
                raise error_from_answer(
                    response.status_code,
                    response.headers,
                    beginning_of(response.raw),
                    address,
                )
        except SiteError:
            raise
        except Exception as failure:  # Of any library. Its message may hold the URL.
            error = error_from_failure(failure)
        raise error  # Outside of the except block, so that the failure is not in its chain.

    def _send(self, address: Address, cancellation: Cancellation) -> requests.Response:
        """Send the request, and return the response with its headers; the body is not read.

        The request goes to the session's adapter, not through `Session.send`: that would send
        cookies and passwords from ~/.netrc, and read the whole body of a redirect.
        """
        session = self._session()
        session.cancellation = cancellation
        request = self._requests.build(address)
        timeout = max(SHORTEST_TIMEOUT, min(self._timeout, cancellation.seconds_left))
        environment = self._environment_for(session, address)
        adapter = session.get_adapter(request.url or "")
        return adapter.send(request, timeout=timeout, **environment)

    def _session(self) -> Session:
        session = getattr(self._threads, "session", None)
        if session is None:
            session = self._threads.session = self._new_session()
        return session

    def _environment_for(self, session: Session, address: Address) -> dict[str, Any]:
        """Return the proxies and CA certificates that the environment names for this host."""
        scheme_and_host = (*address.url.split("/", 3)[:3],)
        if scheme_and_host not in self._environments:
            self._environments[scheme_and_host] = dict(
                session.merge_environment_settings(address.url, {}, True, None, None)
            )
        return self._environments[scheme_and_host]

    def _read(self, raw: urllib3.BaseHTTPResponse, cancellation: Cancellation) -> Body:
        """Read a body: each read may take the timeout, all of them the deadline."""
        with BodyBuffer() as received:
            while chunk := raw.read1(READ_SIZE, decode_content=True):
                received.append(chunk)
                if received.size > self._largest_body:
                    raise AnswerTooLarge(
                        f"the body is larger than {self._largest_body:,} bytes;"
                        " raise WP_PIPELINE_LARGEST_BODY to allow it"
                    )
                # A decompression bomb can expand a lot between two reads of the socket.
                cancellation.check()
            cancellation.check()
            return received.body()


def beginning_of(raw: urllib3.BaseHTTPResponse) -> bytes:
    """Read an error's body as far as it arrives soon: the status matters more."""
    beginning = b""
    end = time.monotonic() + SECONDS_FOR_AN_ERROR_BODY
    try:
        while len(beginning) < LONGEST_ERROR_BODY and time.monotonic() < end:
            chunk = raw.read1(LONGEST_ERROR_BODY, decode_content=True)
            if not chunk:
                break
            beginning += chunk
    except Exception:  # Of the connection, the deadline, or urllib3's decoders.
        return beginning
    return beginning
