"""The servers of the sandbox can be reached from this machine only."""

import os
import socket
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from wp_pipeline.sandbox.__main__ import sandbox
from wp_pipeline_tests.support.listening_sockets import (
    is_on_loopback,
    listeners,
    parsed,
    started_with,
)


@pytest.mark.processes
def test_the_sandbox_listens_on_loopback_only(tmp_path, monkeypatch):
    mark = uuid4().hex
    monkeypatch.setenv("MARK", mark)
    monkeypatch.chdir(tmp_path)
    before = listeners([os.getpid()])
    with sandbox(None) as started:
        environment = started.environment
        opened = listeners([os.getpid(), *started_with(mark)]) - before

    assert len(opened) == 3  # Parameter Store, S3 and the sample site.
    assert {one.port for one in opened} >= {
        urlsplit(environment[name]).port for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3")
    }
    assert [one for one in opened if not is_on_loopback(one)] == []


def test_a_server_on_another_address_is_found():
    with (
        socket.create_server(("", 0)) as everywhere,
        socket.create_server(("127.0.0.1", 0)) as at_home,
    ):
        ports = [server.getsockname()[1] for server in (everywhere, at_home)]
        found = {one.port: is_on_loopback(one) for one in listeners([os.getpid()])}

    assert [found[port] for port in ports] == [False, True]


@pytest.mark.parametrize(
    ("text", "is_home"),
    [
        ("0100007F:0BB8", True),
        ("0200A8C0:0BB8", False),
        ("00000000000000000000000001000000:0BB8", True),
        ("0000000000000000FFFF00000100007F:0BB8", True),
        ("00000000000000000000000000000000:0BB8", False),
    ],
    ids=["127.0.0.1", "192.168.0.2", "::1", "127.0.0.1 in IPv6", "any in IPv6"],
)
def test_addresses_are_parsed_as_linux_writes_them(text, is_home):
    assert parsed(text).port == 3000
    assert is_on_loopback(parsed(text)) == is_home
