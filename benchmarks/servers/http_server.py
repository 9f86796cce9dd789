"""A small, fast HTTP/1.1 server, for the fakes of this folder.

It must never be the bottleneck of a measurement: a body is read straight into a buffer of its
size, and a response is written from the pieces that it is made of.
"""

import argparse
import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qsl

import uvloop

MAX_HEAD_BYTES = 64 * 1024
REASONS = {status.value: status.phrase for status in HTTPStatus}


@dataclass(slots=True)
class Request:
    """One request; header names are lower case, the body is whole."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytearray = field(default_factory=bytearray)

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.target.partition("?")[2], keep_blank_values=True))

    @property
    def body_size(self) -> int:
        return int(self.headers.get("content-length", 0))


@dataclass(slots=True)
class Response:
    """One response; `pieces` are sent one after the other, and not at all to a HEAD."""

    status: int = 200
    pieces: Sequence[bytes | bytearray | memoryview] = ()
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of_json(cls, value: object, status: int = 200) -> "Response":
        body = json.dumps(value).encode()
        return cls(status, (body,), {"Content-Type": "application/json; charset=UTF-8"})

    def head(self) -> bytes:
        """Return the status line and the headers, as they go over the wire."""
        lines = [f"HTTP/1.1 {self.status} {REASONS[self.status]}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        lines += [f"Content-Length: {sum(map(len, self.pieces))}", "", ""]
        return "\r\n".join(lines).encode("latin-1")


Reply = Callable[[Response], None]
Handler = Callable[[Request, Reply], None]


def parsed_head(head: str) -> Request:
    first, *lines = head.split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return Request(method, target, headers)


class Connection(asyncio.BufferedProtocol):
    """One client: reads a request, hands it to the handler, sends the reply, reads the next."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._buffer = bytearray(MAX_HEAD_BYTES)
        self._filled = 0  # how much of the buffer holds what the client sent
        self._request: Request | None = None  # the one that is being read or answered
        self._missing = 0  # how much of its body is still to come

    def connection_made(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def get_buffer(self, _sizehint: int) -> memoryview:
        if self._missing:
            return memoryview(self._request.body)[-self._missing :]
        return memoryview(self._buffer)[self._filled :]

    def buffer_updated(self, nbytes: int) -> None:
        if self._missing:
            self._missing -= nbytes
            self._answer_when_whole()
            return
        self._filled += nbytes
        self._read_head()

    def _read_head(self) -> None:
        end = self._buffer.find(b"\r\n\r\n", 0, self._filled)
        if self._request or end < 0:
            return
        self._request = parsed_head(self._buffer[:end].decode("latin-1"))
        self._consume(end + 4)
        self._read_start_of_body()
        self._answer_when_whole()

    def _read_start_of_body(self) -> None:
        """Take what came with the head; the rest is read straight into the body."""
        size = self._request.body_size
        here = min(size, self._filled)
        if size:
            self._request.body = bytearray(size)
            self._request.body[:here] = self._buffer[:here]
            self._consume(here)
        self._missing = size - here
        if self._missing and "expect" in self._request.headers:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _consume(self, size: int) -> None:
        left = self._filled - size
        self._buffer[:left] = self._buffer[size : self._filled]
        self._filled = left

    def _answer_when_whole(self) -> None:
        if not self._missing:
            self._handler(self._request, self._send)

    def _send(self, response: Response) -> None:
        request, self._request = self._request, None
        if self._transport.is_closing():
            return
        body = () if request.method == "HEAD" else response.pieces
        self._transport.writelines([response.head(), *body])
        if request.headers.get("connection", "").lower() == "close":
            self._transport.close()
        elif self._filled:
            asyncio.get_running_loop().call_soon(self._read_head)


def port_argument() -> argparse.ArgumentParser:
    """Return a parser for the argument that every server takes, as a parent of its own."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--port", type=int, default=0, help="0, the default, is any free one")
    return parser


def serve(handler: Handler, port: int) -> None:
    """Serve on loopback until killed; the first line of output is the port."""
    uvloop.run(_serve(handler, port))


async def _serve(handler: Handler, port: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(handler), "127.0.0.1", port, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
