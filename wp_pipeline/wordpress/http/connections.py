"""Connections on which nobody waits longer than they may, however slowly a site drips.

A timeout of requests is one for each read of the socket: a site that sends a byte before each runs
out, in its headers above all, is waited for without end.
"""

import http.client
import io
import socket
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

LONGEST_SLEEP = 0.2  # seconds until it is asked again whether to go on
FOREVER = float("inf")

# Asked before each read: raises what ends the waiting. Set by whoever sends a request.
GO_ON: ContextVar[Callable[[], object]] = ContextVar("GO_ON", default=lambda: None)


class DeadlineStream(io.RawIOBase):
    """What comes through a socket: each read may take its timeout, while `go_on` does not raise."""

    def __init__(
        self, connection: socket.socket, stream: io.RawIOBase, go_on: Callable[[], object]
    ) -> None:
        self._socket = connection
        self._stream = stream  # Holds the socket open.
        self._go_on = go_on
        self._timeout = connection.gettimeout() or FOREVER

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        began = time.monotonic()
        self._socket.settimeout(min(LONGEST_SLEEP, self._timeout))
        while True:
            self._go_on()
            try:
                return self._socket.recv_into(buffer)
            except TimeoutError:
                if time.monotonic() - began >= self._timeout:
                    self._go_on()  # The deadline, if it has come too, is the better reason.
                    raise

    def close(self) -> None:
        self._stream.close()
        super().close()


class PatientResponse(http.client.HTTPResponse):
    """Reads patiently, and lets nobody use the connection again after an answer other than 200.

    What a site says late, behind 103 Early Hints or a 204, would be taken for the next answer.
    """

    def __init__(self, sock: socket.socket, *args: Any, **more: Any) -> None:
        super().__init__(sock, *args, **more)
        stream: Any = self.fp
        self.fp = io.BufferedReader(DeadlineStream(sock, stream.detach(), GO_ON.get()))

    def begin(self) -> None:
        super().begin()
        if self.status != 200:
            self.will_close = True


class PatientConnection(HTTPConnection):
    response_class = PatientResponse


class PatientSecureConnection(HTTPSConnection):
    response_class = PatientResponse


class Pool(HTTPConnectionPool):
    ConnectionCls: Any = PatientConnection


class SecurePool(HTTPSConnectionPool):
    ConnectionCls: Any = PatientSecureConnection


class PatientAdapter(HTTPAdapter):
    """Lets a session use these connections, through a proxy too."""

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        super().init_poolmanager(*args, **more)
        use_patience(self.poolmanager)

    def proxy_manager_for(self, *args: Any, **more: Any) -> Any:
        return use_patience(super().proxy_manager_for(*args, **more))


def use_patience(manager: Any) -> Any:
    manager.pool_classes_by_scheme = {"http": Pool, "https": SecurePool}
    return manager


def new_session() -> requests.Session:
    session = requests.Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, PatientAdapter())
    return session
