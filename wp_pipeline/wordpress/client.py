"""One GET at a time, honestly and discreetly: the only module that talks HTTP."""

import errno
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from wp_pipeline.discretion import hush
from wp_pipeline.wordpress.body import BodyBuffer
from wp_pipeline.wordpress.endpoints import origin_of
from wp_pipeline.wordpress.errors import (
    AnswerTooLarge,
    DeadlineExceeded,
    MalformedAnswer,
    SiteUnavailable,
    Stopped,
    UnexpectedStatus,
    WordPressError,
    error_for,
)
from wp_pipeline.wordpress.items import Body

READ_SIZE = 1 << 20
LONGEST_ERROR_BODY = 64 << 10
SHORTEST_WAIT = 0.001  # seconds; requests refuses to wait for none
MOST_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})


class MalformedCredentials(ValueError):
    """Not `user:application password`. The message quotes nothing of it."""


@dataclass(frozen=True)
class Credentials:
    """A WordPress user and an application password of theirs.

    https://developer.wordpress.org/rest-api/using-the-rest-api/authentication/
    """

    user: str = field(repr=False)
    application_password: str = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> "Credentials":
        user, colon, password = text.strip().partition(":")
        if not (user and colon and password.strip()):
            raise MalformedCredentials("is not `user:application password`")
        return cls(user, password.strip())

    @property
    def header(self) -> str:
        pair = f"{self.user}:{self.application_password}"
        return f"Basic {b64encode(pair.encode()).decode()}"


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
            raise DeadlineExceeded(f"took longer than {self.seconds:g} s; raise the deadline")


class WordPressClient:
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
        new_session: Callable[[], requests.Session] = requests.Session,
    ) -> None:
        hush()
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

        Raises a WordPressError, which never carries the URL nor the error of requests.
        """
        origin = origin_of(url)
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._get_once(url, deadline)
            if isinstance(answer, WordPressError):
                raise answer
            if isinstance(answer, Answer):
                return answer
            if origin_of(answer) != origin:
                raise UnexpectedStatus(
                    "redirects to another scheme, host or port; give the endpoint's final address",
                    301,
                )
            url = answer
        raise UnexpectedStatus("redirects in a circle; correct the endpoint", 301)

    @property
    def has_credentials(self) -> bool:
        return self._credentials is not None

    def close(self) -> None:
        """Make every request that is under way end soon, with Stopped."""
        self._closed.set()

    def pause(self, seconds: float) -> None:
        """Wait, unless we are closed meanwhile."""
        self._closed.wait(seconds)
        self.check_open()

    def check_open(self) -> None:
        """Raises Stopped."""
        if self._closed.is_set():
            raise Stopped("the extraction was stopped before this was read")

    def _get_once(self, url: str, deadline: Deadline) -> "Answer | str | WordPressError":
        """Return the answer, where it redirects to, or what went wrong.

        The error is returned and not raised, so that none of requests' or urllib3's, whose
        messages hold the URL, is left in its chain.
        """
        self.check_open()
        deadline.check()
        try:
            response = self._send(url, max(SHORTEST_WAIT, min(self._timeout, deadline.left)))
            with response:
                if response.status_code in REDIRECTS and "Location" in response.headers:
                    return address_of(response.headers["Location"], url)
                return self._answer(response, deadline)
        except WordPressError as error:
            return error
        except FAULTS as error:
            return failure_of(error)

    def _send(self, url: str, timeout: float) -> requests.Response:
        session = self._session()
        request = requests.Request("GET", url, self._headers_for(url))
        prepared = session.prepare_request(request)
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
            # requests would read the whole body of a redirect, however long, to look at it.
            session.get_redirect_target = lambda resp: None
        return session

    def _headers_for(self, url: str) -> dict[str, str]:
        if self._credentials is None or origin_of(url) != self._origin or not is_private(url):
            return self._headers
        return {**self._headers, "Authorization": self._credentials.header}

    def _answer(self, response: requests.Response, deadline: Deadline) -> Answer:
        if response.status_code != 200:
            start = self._beginning_of(response.raw, deadline)
            raise error_for(response.status_code, response.headers, start)
        body = self._read(response.raw, deadline)
        return Answer(response.headers, body, response.elapsed.total_seconds())

    def _beginning_of(self, raw: urllib3.BaseHTTPResponse, deadline: Deadline) -> bytes:
        """Read what a refusal says, as far as it comes: the status is what counts."""
        said = b""
        try:
            while len(said) < LONGEST_ERROR_BODY and deadline.left > 0:
                chunk = raw.read1(LONGEST_ERROR_BODY, decode_content=True)
                if not chunk:
                    break
                said += chunk
        except (urllib3.exceptions.HTTPError, OSError):
            return said
        return said

    def _read(self, raw: urllib3.BaseHTTPResponse, deadline: Deadline) -> Body:
        """Read a body as it comes: each read may take the timeout, all of them the deadline."""
        with BodyBuffer() as received:
            while chunk := raw.read1(READ_SIZE, decode_content=True):
                received.append(chunk)
                if received.size > self._largest_body:
                    raise AnswerTooLarge(f"body is larger than {self._largest_body:,} bytes")
                deadline.check()
                self.check_open()
            deadline.check()
            return received.body()


def address_of(location: str, url: str) -> "str | UnexpectedStatus":
    """Return where a redirect leads, or an error if that is no address."""
    try:
        address = urljoin(url, location)
        origin_of(address)
    except ValueError:
        return UnexpectedStatus("redirects to something that is no address", 301)
    return address


def is_private(url: str) -> bool:
    """Whether nobody on the way can read what is sent: https, or loopback."""
    parts = urlsplit(url)
    if parts.scheme == "https" or parts.hostname == "localhost":
        return True
    try:
        return ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


FAULTS = (requests.RequestException, urllib3.exceptions.HTTPError, OSError, UnicodeError)
FAILURES: tuple[tuple[type[Exception], str], ...] = (
    (requests.exceptions.SSLError, "TLS could not be established or the certificate is not valid"),
    (requests.exceptions.ProxyError, "the proxy did not let us through"),
    (requests.exceptions.ConnectTimeout, "no connection in time"),
    (requests.exceptions.Timeout, "no answer in time"),
    (urllib3.exceptions.TimeoutError, "the answer stopped midway"),
    (urllib3.exceptions.ProtocolError, "the answer was cut off"),
    (requests.exceptions.ChunkedEncodingError, "the answer was cut off"),
    (requests.exceptions.ConnectionError, "the connection was refused or reset"),
)


def failure_of(error: Exception) -> WordPressError:
    """Name a failure of requests, urllib3 or the system, without its message."""
    if getattr(error, "errno", None) == errno.ENOSPC:
        return AnswerTooLarge("no space left on the disk for the answer; make room or set TMPDIR")
    if isinstance(
        error, (urllib3.exceptions.DecodeError, requests.exceptions.ContentDecodingError)
    ):
        return MalformedAnswer("HTTP 200 with a body that does not decompress")
    for kind, reason in FAILURES:
        if isinstance(error, kind):
            return SiteUnavailable(reason)
    if isinstance(error, (requests.RequestException, UnicodeError)):
        return MalformedAnswer(f"cannot be asked or understood ({type(error).__name__})")
    return SiteUnavailable(f"the connection failed ({type(error).__name__})")
