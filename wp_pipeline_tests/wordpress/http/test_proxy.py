"""Requests through a proxy, and their deadline."""

import socket
import threading
from contextlib import suppress

import pytest

from wp_pipeline.wordpress.endpoints.address import Address
from wp_pipeline.wordpress.errors import (
    AccessDenied,
    DeadlineExceeded,
    SiteError,
    SiteUnavailable,
)
from wp_pipeline.wordpress.http.cancellation import Cancellation
from wp_pipeline_tests.fakes.raw_server import RawServer, http_answer
from wp_pipeline_tests.support.certificates import Certificate
from wp_pipeline_tests.support.error_chain import assert_holds_no_secret

BODY = b'[{"id":1}]'


class Tunnel:
    """A proxy on 127.0.0.1 that serves CONNECT, once per connection."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                here, _ = self._listener.accept()
                threading.Thread(target=self._connect, args=(here,), daemon=True).start()

    def _connect(self, here: socket.socket) -> None:
        with here, suppress(OSError):
            head = here.recv(65536)
            self.requests.append(head.partition(b"\r\n")[0])
            host, _, port = head.split(b" ")[1].decode().rpartition(":")
            with socket.create_connection((host, int(port)), 5) as there:
                here.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                threading.Thread(target=pump, args=(here, there), daemon=True).start()
                pump(there, here)


def pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)


@pytest.fixture
def tunnel(monkeypatch):
    tunnel = Tunnel()
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, tunnel.url)
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "")
    yield tunnel
    tunnel.stop()


@pytest.fixture
def trusted(tmp_path, monkeypatch) -> Certificate:
    certificate = Certificate()
    (tmp_path / "trusted.pem").write_bytes(certificate.pem)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "trusted.pem"))
    return certificate


def test_https_goes_through_the_tunnel_of_a_proxy(tunnel, trusted, client, deadline):
    server = RawServer(http_answer(BODY), context=trusted.context)

    assert bytes(client.get(Address(f"{server.url}/hush"), deadline).body) == BODY
    assert [head.split(b" ")[:2] for head in tunnel.requests] == [
        [b"CONNECT", f"127.0.0.1:{server.port}".encode()]
    ]
    server.stop()


def test_an_answer_sent_byte_by_byte_through_a_proxy_is_given_up_at_the_deadline(
    tunnel, trusted, client
):
    server = RawServer([b"HTTP/1.1 200 OK\r\n", *[b"X", 0.03] * 99], context=trusted.context)

    with pytest.raises(DeadlineExceeded):
        client.get(Address(server.url), Cancellation(0.5))
    server.stop()


def test_a_proxy_that_answers_byte_by_byte_is_given_up_at_the_deadline(client, monkeypatch):
    proxy = RawServer([b"HTTP/1.1 200 ", *[b"O", 0.03] * 99])
    monkeypatch.setenv("https_proxy", proxy.url)
    monkeypatch.setenv("no_proxy", "")

    with pytest.raises(DeadlineExceeded):
        client.get(Address("https://sample.test/"), Cancellation(0.5))
    proxy.stop()


PROXY_LOGIN = "the proxy wants a login; add user and password to HTTP_PROXY and HTTPS_PROXY"


@pytest.mark.parametrize(
    ("status", "error", "reason"),
    [
        ("407 X", AccessDenied, PROXY_LOGIN),
        ("403 X", AccessDenied, "the proxy does not allow the connection (HTTP 403)"),
        ("502 X", SiteUnavailable, "the proxy refused the connection"),
    ],
)
def test_a_proxy_that_does_not_connect_is_named(
    start, client, deadline, monkeypatch, status, error, reason
):
    monkeypatch.setenv("https_proxy", start(http_answer(b"", status)).url)
    monkeypatch.setenv("no_proxy", "")

    with pytest.raises(error) as refusal:
        client.get(Address("https://sample.test/hush"), deadline)

    assert str(refusal.value).startswith(reason)
    assert_holds_no_secret(refusal.value, "hush")


NO_PROXY = (
    "HTTPS_PROXY, HTTP_PROXY or ALL_PROXY is no address of an HTTP proxy, such as"
    " http://proxy.example.org:3128; correct it, with a password's special characters encoded"
)


@pytest.mark.parametrize(
    "proxy",
    [
        "socks5://127.0.0.1:1080",
        "ftp://127.0.0.1:3128",
        "http://",
        "hush:3128:9",
        "http://user:hu#sh@127.0.0.1:3128",
        "http://user:hu/sh@127.0.0.1:3128",
        "http://user:hush@127.0.0.1:port",
    ],
)
def test_a_variable_that_names_no_proxy_is_not_taken_for_a_fault_of_the_endpoint(
    client, deadline, monkeypatch, proxy
):
    monkeypatch.setenv("https_proxy", proxy)
    monkeypatch.setenv("no_proxy", "")

    with pytest.raises(SiteError) as refusal:
        client.get(Address("https://sample.test/hush"), deadline)

    assert str(refusal.value) == NO_PROXY
    assert not refusal.value.retry_may_help
    assert_holds_no_secret(refusal.value, "hush", "user", "hu")
