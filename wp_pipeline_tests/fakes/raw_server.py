"""A server on a loopback port that sends exactly the bytes that it is given."""

import socket
import ssl
import struct
import threading
from collections.abc import Sequence
from contextlib import suppress

TLS_HANDSHAKE = b"\x16\x03"

# Bytes to send, a pause in seconds, or a list of both.
Reply = bytes | Sequence[bytes | float]
RESET = -1.0  # Instead of a pause: the connection is reset.


class RawServer:
    """Sends the given bytes on 127.0.0.1, and closes the connection after each answer.

    The n-th request gets the n-th reply, further requests the last one. `heads` are the heads of
    the requests. With a `context` it speaks TLS.
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
    def requests(self) -> list[str]:
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


def http_answer(
    body: bytes = b"[]", status: str = "200 OK", length: int | None = None, **headers
) -> bytes:
    """Return the bytes of an HTTP/1.1 answer; `length` is the claimed Content-Length."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + body


def chunked_answer(*chunks: bytes, status: str = "200 OK", ended: bool = True) -> list[bytes]:
    """Return an answer in chunks, each in its own packet; without `ended` it is cut off."""
    head = f"HTTP/1.1 {status}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    pieces = [b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks]
    return [head.encode(), *pieces, b"0\r\n\r\n"] if ended else [head.encode(), *pieces]
