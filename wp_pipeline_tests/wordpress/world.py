"""The world that these tests read from: sites in this process, and servers that misbehave."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import requests
import urllib3

from sample_site.adapter import SampleSiteAdapter
from sample_site.messages import Answer, Request
from sample_site.site import SampleSite
from wp_pipeline.wordpress.answers.items import Item
from wp_pipeline.wordpress.answers.single_answer import SingleAnswer
from wp_pipeline.wordpress.collections.reader import Collection, read_endpoint
from wp_pipeline.wordpress.endpoints import parse_endpoint
from wp_pipeline.wordpress.http.cancellation import Cancellation
from wp_pipeline.wordpress.http.client import HttpClient
from wp_pipeline.wordpress.http.connections import Session
from wp_pipeline.wordpress.http.retries import RetryingClient

URL = "http://sample.test"
TLS_HANDSHAKE = b"\x16\x03"
JSON = {"Content-Type": "application/json; charset=UTF-8"}

Answers = Callable[[Request], Answer]
# Bytes to send, a pause in seconds, or a list of both.
Reply = bytes | Sequence[bytes | float]
RESET = -1.0  # Instead of a pause: the connection is reset.


class InProcessSite:
    """A site without sockets, asked through real clients; `answers` may misbehave."""

    def __init__(self, answers: Answers | None = None, site: SampleSite | None = None) -> None:
        self.site = site or SampleSite({})
        self.adapter = SampleSiteAdapter(self.site)
        if answers:
            self.adapter.answers = answers

    @property
    def asked(self) -> list[str]:
        """What was asked for, as `path?query`."""
        return self.adapter.requests

    def client(self, **options: Any) -> HttpClient:
        return HttpClient("tests", new_session=self._session, **options)

    def retrying_client(self, at_once: int = 4, longest_wait: float = 120.0) -> RetryingClient:
        return RetryingClient(self.client(), at_once, longest_wait, backoff=0.001)

    def read(self, route: str) -> SingleAnswer | list[Item]:
        """Read what is at a route: a single answer, or all items of a collection."""
        with ThreadPoolExecutor(4) as pool:
            endpoint = parse_endpoint(f"{URL}{route}")
            reading = read_endpoint(endpoint, self.retrying_client(), pool, Cancellation(20))
            if isinstance(reading, Collection):
                return [item for batch in reading.batches for item in batch]
            return reading

    def ids(self, route: str) -> list[int | None]:
        """Read a collection, and return the ids in the order in which they came."""
        items = self.read(route)
        assert isinstance(items, list), "it was read as a single answer"
        return [item.id for item in items]

    def _session(self) -> Session:
        session = Session()
        for scheme in ("http://", "https://"):
            session.mount(scheme, self.adapter)
        return session


def always(status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> Answers:
    return lambda request: Answer(status, {**JSON, **(headers or {})}, body)


def one_after_another(*answers: Answer) -> Answers:
    """Give each answer once, and the last one for ever."""
    left = list(answers)
    return lambda request: left.pop(0) if len(left) > 1 else left[0]


class RawServer:
    """Says on 127.0.0.1 what it is told to, byte for byte, and hangs up after each answer.

    The n-th request gets the n-th reply, any further one the last. `heads` are the requests.
    With a `context` it speaks TLS.
    """

    def __init__(self, *replies: Reply, context: ssl.SSLContext | None = None) -> None:
        self.replies = list(replies)
        self._context = context
        self.heads: list[bytes] = []
        self._stopped = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        return f"http{'s' if self._context else ''}://127.0.0.1:{self.port}"

    @property
    def asked(self) -> list[str]:
        """The targets of the requests, as `path?query`."""
        return [head.split(b" ")[1].decode() for head in self.heads]

    def stop(self) -> None:
        self._stopped.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._converse, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _converse(self, accepted: socket.socket) -> None:
        accepted.settimeout(5)
        with accepted, suppress(OSError), self._secured(accepted) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            head = b""
            while b"\r\n\r\n" not in head and not head.startswith(TLS_HANDSHAKE):
                received = connection.recv(65536)
                if not received:
                    return
                head += received
            self.heads.append(head)
            reply = self.replies[min(len(self.heads), len(self.replies)) - 1]
            for piece in [reply] if isinstance(reply, bytes) else reply:
                if isinstance(piece, bytes):
                    connection.sendall(piece)
                elif piece == RESET:
                    linger = struct.pack("ii", 1, 0)
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                else:
                    self._stopped.wait(piece)

    def _secured(self, accepted: socket.socket) -> socket.socket:
        if self._context is None:
            return accepted
        return self._context.wrap_socket(accepted, server_side=True)


def said(
    body: bytes = b"[]", status: str = "200 OK", length: int | None = None, **headers
) -> bytes:
    """Spell an HTTP/1.1 answer; `length` is what Content-Length claims."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + body


def in_chunks(*chunks: bytes, status: str = "200 OK", ended: bool = True) -> list[bytes]:
    """Spell an answer in chunks, each in a packet of its own; without `ended` it is cut off."""
    head = f"HTTP/1.1 {status}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    pieces = [b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks]
    return [head.encode(), *pieces, b"0\r\n\r\n"] if ended else [head.encode(), *pieces]


def chain_of(error: BaseException) -> Iterator[BaseException]:
    """Yield an error, its causes and its contexts, to the end, suppressed or not."""
    seen: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        link = waiting.pop()
        if link is not None and link not in seen:
            seen.append(link)
            waiting += [link.__cause__, link.__context__]
            yield link


def assert_discreet(error: BaseException, *secrets: str) -> None:
    """Nobody who stores the error, chain and all, stores a secret with it."""
    for link in chain_of(error):
        assert not isinstance(link, requests.RequestException | urllib3.exceptions.HTTPError)
        told = f"{link} {link!r} {link.args} {vars(link)}"
        assert [secret for secret in secrets if secret in told] == []
    assert "\n" not in str(error)
