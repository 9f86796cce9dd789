"""HTTP connections whose every read observes a cancellation.

A timeout of requests holds for a single read of the socket. A site that sends one byte before each
timeout would keep us waiting for ever, in its headers too. So the stream below the response checks
the cancellation before each read, and at least every `CHECK_INTERVAL` seconds.
"""

import http.client
import io
import socket
import time
from collections.abc import Callable
from email.errors import (
    MultipartInvariantViolationDefect,
    NoBoundaryInMultipartDefect,
    StartBoundaryNotFoundDefect,
)
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from wp_pipeline.wordpress.errors import MalformedAnswer, SiteUnavailable
from wp_pipeline.wordpress.http.cancellation import FOREVER, Cancellation

CHECK_INTERVAL = 0.2  # seconds
SEE_HEADERS = (
    "see them with `curl -i`, and correct the plugin, the web server or the proxy that sends them"
)
# The parser expects the body of a mail too, and misses it.
DEFECTS_OF_A_BODY = (
    MultipartInvariantViolationDefect,
    NoBoundaryInMultipartDefect,
    StartBoundaryNotFoundDefect,
)

Check = Callable[[], None]


class Session(requests.Session):
    """A session for one thread. Set `cancellation` before each request."""

    def __init__(self) -> None:
        super().__init__()
        self.cancellation = Cancellation()
        for scheme in ("http://", "https://"):
            self.mount(scheme, CheckedAdapter(lambda: self.cancellation.check()))


class CheckedAdapter(HTTPAdapter):
    """Uses checked connections, through a proxy too.

    It leaves out what `HTTPAdapter` does once more for each request, and for callers who are not
    `client.py`: half of the time that requests took before urllib3's own began.
    """

    def __init__(self, check: Check) -> None:
        self._pool_classes = pool_classes(check)
        self._last_pool: tuple[object, HTTPConnectionPool] | None = None
        super().__init__()

    def get_connection_with_tls_context(
        self, request: Any, verify: Any, proxies: Any = None, cert: Any = None
    ) -> HTTPConnectionPool:
        """Return the pool of the request's origin: the last one, while it is the same origin.

        The last one that was used is never the one that urllib3 closes to make room for another.
        """
        key = request.url.split("/", 3)[:3], verify, cert, dict(proxies or {})
        if self._last_pool and self._last_pool[0] == key:
            return self._last_pool[1]
        pool = super().get_connection_with_tls_context(request, verify, proxies, cert)
        self._last_pool = key, pool
        return pool

    def build_response(self, req: Any, resp: Any) -> requests.Response:
        """Return status, headers and body, and read no cookies: none is ever sent back."""
        response = requests.Response()
        response.status_code = resp.status
        response.headers = resp.headers  # They ignore case, too.
        response.raw = resp
        return response

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        super().init_poolmanager(*args, **more)
        self.poolmanager.pool_classes_by_scheme = self._pool_classes

    def proxy_manager_for(self, *args: Any, **more: Any) -> Any:
        manager = super().proxy_manager_for(*args, **more)
        manager.pool_classes_by_scheme = self._pool_classes
        return manager


def pool_classes(check: Check) -> dict[str, Any]:
    """Return urllib3's pools, by scheme, with connections that call `check` before each read."""

    class Response(CheckedResponse):
        def __init__(self, sock: socket.socket, *args: Any, **more: Any) -> None:
            super().__init__(sock, check, *args, **more)

    class Plain(HTTPConnection):
        response_class = Response

    class Secure(HTTPSConnection):
        response_class = Response

    return {
        "http": type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": Plain}),
        "https": type("SecurePool", (HTTPSConnectionPool,), {"ConnectionCls": Secure}),
    }


class CheckedResponse(http.client.HTTPResponse):
    """Reads through a CheckedStream, verifies the headers, and keeps no connection but for a 200.

    What a site sends late, after 103 Early Hints or a 204, would be taken for the next answer.
    """

    def __init__(self, sock: socket.socket, check: Check, *args: Any, **more: Any) -> None:
        super().__init__(sock, *args, **more)
        stream: Any = self.fp
        self.fp = io.BufferedReader(CheckedStream(sock, stream.detach(), check))

    def begin(self) -> None:
        """Read status and headers. Raises MalformedAnswer, or SiteUnavailable for no HTTP."""
        try:
            super().begin()
            # Of any other answer, the status says enough.
            error = fault_of_headers(self.headers) if self.status == 200 else None
        except http.client.RemoteDisconnected:
            raise
        except (http.client.BadStatusLine, http.client.UnknownProtocol):
            error = SiteUnavailable("the answer is not HTTP; check scheme and port of the endpoint")
        except http.client.HTTPException:  # LineTooLong, or more than 100 headers.
            error = malformed_headers("too long or too many")
        except (TypeError, ValueError, LookupError):  # Of Python's parser of mail headers.
            error = malformed_headers("malformed")
        if error:  # Outside of the except block: what the parser raises quotes the headers.
            raise error
        if self.status != 200:
            self.will_close = True


def fault_of_headers(headers: http.client.HTTPMessage) -> MalformedAnswer | None:
    """Say what is wrong with headers: Python's parser drops all that follow a line without colon.

    Among them may be X-WP-Total, or how the body is framed.
    """
    payload = None if headers.is_multipart() else headers.get_payload()
    if payload or any(not isinstance(one, DEFECTS_OF_A_BODY) for one in headers.defects):
        return malformed_headers("malformed: a line has no colon, or no name before it")
    lengths = {one.strip() for one in ",".join(headers.get_all("Content-Length", [])).split(",")}
    if len(lengths) > 1:
        return malformed_headers("contradictory: more than one Content-Length")
    encoding = headers.get("Transfer-Encoding", "chunked").strip().lower()
    if encoding not in ("chunked", "identity"):
        return malformed_headers("malformed: a Transfer-Encoding other than chunked")
    return None


def malformed_headers(what: str) -> MalformedAnswer:
    return MalformedAnswer(f"the headers of the answer are {what}", SEE_HEADERS)


class CheckedStream(io.RawIOBase):
    """The bytes of a socket. Each read may take the socket's timeout, as long as `check` passes."""

    def __init__(self, connection: socket.socket, stream: io.RawIOBase, check: Check) -> None:
        self._socket = connection
        self._stream = stream  # Keeps the socket open.
        self._check = check
        self._timeout = connection.gettimeout() or FOREVER

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        began = time.monotonic()
        timeout = min(CHECK_INTERVAL, self._timeout)
        if self._socket.gettimeout() != timeout:  # To set it is a system call.
            self._socket.settimeout(timeout)
        while True:
            self._check()
            try:
                return self._socket.recv_into(buffer)
            except TimeoutError:
                if time.monotonic() - began >= self._timeout:
                    self._check()  # A deadline that has passed as well is the better reason.
                    raise

    def close(self) -> None:
        self._stream.close()
        super().close()
