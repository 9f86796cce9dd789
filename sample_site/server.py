"""Serves a SampleSite over HTTP on a port of this machine."""

import gzip
import socket
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext, suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from sample_site.messages import Answer, Request
from sample_site.site import SampleSite

GZIP_LEVEL = 1  # nginx's default.


class SampleSiteServer:
    """Serves a site on 127.0.0.1 while the context is open; port 0 is any free one.

    `latency` is how many seconds an answer takes, `workers` how many requests are answered at
    once, as PHP has a number of workers (None: no limit). `answers` may be replaced by a function
    that misbehaves. `requests` lists the received requests, as `path?query`.
    """

    def __init__(
        self,
        site: SampleSite | None = None,
        *,
        port: int = 0,
        latency: float = 0.0,
        workers: int | None = None,
    ) -> None:
        self.site = site or SampleSite()
        self.answers: Callable[[Request], Answer] = self.site.answer
        self.requests: list[str] = []
        self._latency = latency
        self._workers = threading.BoundedSemaphore(workers) if workers else nullcontext()
        self._port = port
        self._http: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """The URL of the site, without a slash at the end."""
        return f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> "SampleSiteServer":
        self._http = Listener(("127.0.0.1", self._port), partial(Handler, self))
        self._port = self._http.server_port
        self.site.url = self.url
        threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._http:
            self._http.shutdown()
            self._http.server_close()

    def answer(self, request: Request, target: str) -> Answer:
        """The answer to a request, once a worker is free and the latency has passed."""
        self.requests.append(target)
        with self._workers:
            time.sleep(self._latency)
            return self.answers(request)


class Listener(ThreadingHTTPServer):
    """Accepts connections, each in its own thread, and disconnects them when it is closed."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, *args: Any) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(*args)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        super().server_close()
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report nothing: clients may disconnect at any time."""


class Handler(BaseHTTPRequestHandler):
    """Speaks HTTP/1.1 with keep-alive for one connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # TCP_NODELAY
    wbufsize = -1  # Headers and body are sent together.

    def __init__(self, owner: SampleSiteServer, *connection: Any) -> None:
        self._owner = owner
        super().__init__(*connection)

    def respond(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = Request.parse(self.command, self.path, dict(self.headers.items()))
        answer = self._owner.answer(request, self.path)
        body, headers = answer.body, dict(answer.headers)
        if "gzip" in request.header("Accept-Encoding") and "Content-Encoding" not in headers:
            body = gzip.compress(body, GZIP_LEVEL, mtime=0) if body else body
            headers["Content-Encoding"] = "gzip"
            headers["Vary"] = ", ".join(filter(None, [headers.get("Vary"), "Accept-Encoding"]))
        if "Date" in headers:  # Otherwise there would be two.
            self.send_response_only(answer.status)
        else:
            self.send_response(answer.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self._send_body(body, headers)

    def _send_body(self, body: bytes, headers: dict[str, str]) -> None:
        """Send chunks, as nginx does for PHP, unless the answer has a Content-Length.

        A wrong Content-Length ends the connection, as a crash of a worker would.
        """
        length = headers.get("Content-Length")
        if length is None:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.close_connection = int(length) != len(body)
        self.end_headers()
        if self.command == "HEAD":
            return
        if length is not None:
            self.wfile.write(body)
            return
        if body:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(body), body))
        self.wfile.write(b"0\r\n\r\n")

    def version_string(self) -> str:
        return "SampleSite"

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing: `requests` has the received requests."""

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = respond  # noqa: N815
