"""One GET at a time, honestly and discreetly: the only module that talks HTTP."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import requests
import urllib3

from wp_pipeline.library_logging import silence
from wp_pipeline.wordpress.answers.items import Body
from wp_pipeline.wordpress.endpoints import origin_of
from wp_pipeline.wordpress.errors import (
    AnswerTooLarge,
    Cancelled,
    DeadlineExceeded,
    SiteError,
    UnexpectedStatus,
    error_for,
)
from wp_pipeline.wordpress.http.body import BodyBuffer
from wp_pipeline.wordpress.http.connections import GO_ON, new_session
from wp_pipeline.wordpress.http.credentials import Credentials, is_private
from wp_pipeline.wordpress.http.transport_errors import failure_of

READ_SIZE = 1 << 20
LONGEST_ERROR_BODY = 64 << 10
LONGEST_WAIT_FOR_AN_ERROR_BODY = 5.0  # seconds
SHORTEST_WAIT = 0.001  # seconds; requests refuses to wait for none
MOST_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})
NO_COOKIES = DefaultCookiePolicy(allowed_domains=())


@dataclass(frozen=True)
class Answer:
    """A body that came whole with status 200, decompressed, its headers, and when those came."""

    headers: Mapping[str, str] = field(repr=False)
    body: Body = field(repr=False)
    seconds: float


class Deadline:
    """A moment after which an endpoint is given up."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        return self._end - time.monotonic()

    def check(self) -> None:
        """Raises DeadlineExceeded."""
        if self.left <= 0:
            raise DeadlineExceeded(
                f"took longer than {self.seconds:g} s; raise WP_PIPELINE_DEADLINE if it may"
            )


class HttpClient:
    """Asks a site. Thread-safe; each thread keeps its connection.

    `credentials` go to `origin` only (scheme, host, port), and only over https or to loopback.
    """

    def __init__(
        self,
        user_agent: str,
        timeout: float = 30.0,
        largest_body: int = 1 << 30,
        credentials: Credentials | None = None,
        origin: tuple[str, str, int | None] | None = None,
        new_session: Callable[[], requests.Session] = new_session,
    ) -> None:
        silence()
        self._headers = {
            "User-Agent": user_agent,
            "Accept": "application/json",
            "Accept-Encoding": "gzip, deflate",
        }
        self._timeout = timeout
        self._largest_body = largest_body
        self._credentials = credentials
        self._origin = origin
        self._new_session = new_session
        self._threads = threading.local()
        self._closed = threading.Event()
        self._environments: dict[tuple[str, str, int | None], dict[str, Any]] = {}

    def get(self, url: str, deadline: Deadline) -> Answer:
        """Return the answer to one GET; redirects within the origin are followed.

        Raises a SiteError, which never carries the URL nor the error of requests.
        """
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._get_once(url, deadline)
            if isinstance(answer, SiteError):
                raise answer
            if isinstance(answer, Answer):
                return answer
            url = answer
        raise UnexpectedStatus("redirects in a circle; correct the endpoint", 301)

    @property
    def has_credentials(self) -> bool:
        return self._credentials is not None

    def close(self) -> None:
        """Make every request that is under way end soon, with Cancelled."""
        self._closed.set()

    def pause(self, seconds: float) -> None:
        """Wait, unless we are closed meanwhile."""
        self._closed.wait(seconds)
        self.check_open()

    def check_open(self) -> None:
        """Raises Cancelled."""
        if self._closed.is_set():
            raise Cancelled("the extraction was stopped before this was read")

    def _get_once(self, url: str, deadline: Deadline) -> "Answer | str | SiteError":
        """Return the answer, where it redirects to, or what went wrong.

        The error is returned and not raised, so that none of requests' or urllib3's, whose
        messages hold the URL, is left in its chain.
        """

        def go_on() -> None:
            self.check_open()
            deadline.check()

        GO_ON.set(go_on)
        try:
            go_on()
            response = self._send(url, max(SHORTEST_WAIT, min(self._timeout, deadline.left)))
            with response:
                if response.status_code in REDIRECTS and "Location" in response.headers:
                    return redirected(url, response.headers["Location"])
                return self._answer(response, url)
        except SiteError as error:
            return error
        except Exception as error:  # Whatever it is, its message may hold the URL.
            return failure_of(error)

    def _send(self, url: str, timeout: float) -> requests.Response:
        session = self._session()
        prepared = session.prepare_request(requests.Request("GET", url, self._headers))
        if self._credentials and self._may_have_credentials(prepared.url or ""):
            prepared.headers["Authorization"] = self._credentials.header
        environment = self._environment_for(session, url)
        return session.send(prepared, timeout=timeout, allow_redirects=False, **environment)

    def _environment_for(self, session: requests.Session, url: str) -> dict[str, Any]:
        """Return the proxies and CA certificates that the environment names for this host."""
        origin = origin_of(url)
        if origin not in self._environments:
            self._environments[origin] = dict(
                session.merge_environment_settings(url, {}, True, None, None)
            )
        return self._environments[origin]

    def _session(self) -> requests.Session:
        session = getattr(self._threads, "session", None)
        if session is None:
            session = self._threads.session = self._new_session()
            session.auth = lambda request: request  # else requests looks a password up in ~/.netrc
            session.cookies.set_policy(NO_COOKIES)  # else one answer could spoil other requests.
            # requests would read the whole body of a redirect, however long, to look at it.
            session.get_redirect_target = lambda resp: None
        return session

    def _may_have_credentials(self, url: str) -> bool:
        return origin_of(url) == self._origin and is_private(url)

    def _answer(self, response: requests.Response, url: str) -> Answer:
        if response.status_code != 200:
            said = self._beginning_of(response.raw)
            raise error_for(response.status_code, response.headers, said, url)
        body = self._read(response.raw)
        return Answer(response.headers, body, response.elapsed.total_seconds())

    def _beginning_of(self, raw: urllib3.BaseHTTPResponse) -> bytes:
        """Read what a refusal says, as far as it comes soon: the status is what counts."""
        said = b""
        patience = Deadline(LONGEST_WAIT_FOR_AN_ERROR_BODY)
        try:
            while len(said) < LONGEST_ERROR_BODY and patience.left > 0:
                chunk = raw.read1(LONGEST_ERROR_BODY, decode_content=True)
                if not chunk:
                    break
                said += chunk
        except Exception:  # Of the connection, the deadline, or urllib3's decoders.
            return said
        return said

    def _read(self, raw: urllib3.BaseHTTPResponse) -> Body:
        """Read a body as it comes: each read may take the timeout, all of them the deadline."""
        go_on = GO_ON.get()
        with BodyBuffer() as received:
            while chunk := raw.read1(READ_SIZE, decode_content=True):
                received.append(chunk)
                if received.size > self._largest_body:
                    raise AnswerTooLarge(
                        f"body is larger than {self._largest_body:,} bytes;"
                        " raise WP_PIPELINE_LARGEST_BODY if it may be"
                    )
                go_on()  # Of a bomb much comes out between two reads of the socket.
            go_on()
            return received.body()


def redirected(url: str, location: str) -> "str | UnexpectedStatus":
    """Return where a redirect leads, as requests will ask for it, or why it is not followed.

    Only within the origin, for it is the endpoint's host that we are to ask, and with all that
    was asked for, for else a page of a collection would be another one.
    """
    try:
        joined = urljoin(url, location)
        address = requests.Request("GET", joined).prepare().url or ""
        is_same_origin = origin_of(address) == origin_of(url)
    except (requests.RequestException, ValueError):
        return UnexpectedStatus("redirects to what is no address; correct the endpoint", 301)
    if not is_same_origin:
        return UnexpectedStatus(
            "redirects to another scheme, host or port; put the endpoint's final address", 301
        )
    if not parameters_of(url) <= parameters_of(address):
        return UnexpectedStatus(
            "redirects without what was asked for; put the endpoint's final address", 301
        )
    return address


def parameters_of(url: str) -> set[tuple[str, str]]:
    """Return the query's pairs, but for the route, which may as well stand in the path."""
    pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    return {pair for pair in pairs if pair[0] != "rest_route"}
