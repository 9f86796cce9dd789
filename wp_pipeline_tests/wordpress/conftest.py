import pytest

from wp_pipeline.wordpress.http.cancellation import Cancellation
from wp_pipeline.wordpress.http.client import HttpClient
from wp_pipeline_tests.fakes.raw_server import RawServer

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    """Removes the proxies of this machine from the environment."""
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def start():
    """Starts servers that send exactly the given bytes."""
    servers: list[RawServer] = []

    def starting(*replies) -> RawServer:
        servers.append(RawServer(*replies))
        return servers[-1]

    yield starting
    for server in servers:
        server.stop()


@pytest.fixture
def client():
    return HttpClient("tests", timeout=5)


@pytest.fixture
def deadline():
    return Cancellation(20)
