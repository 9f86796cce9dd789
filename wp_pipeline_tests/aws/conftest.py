"""A Glue with a database, and servers that answer in place of AWS."""

from collections.abc import Callable, Iterator

import pytest

from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.glue import Catalog
from wp_pipeline_tests.fakes.raw_server import RawServer, Reply
from wp_pipeline_tests.support.tables.glue import DATABASE

Start = Callable[[Reply], RawServer]


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Sets the answer of AWS to every request."""
    servers: list[RawServer] = []

    def starting(reply: Reply) -> RawServer:
        servers.append(RawServer(reply))
        monkeypatch.setenv("AWS_ENDPOINT_URL", servers[-1].url)
        return servers[-1]

    yield starting
    for server in servers:
        server.stop()


@pytest.fixture
def glue(aws):
    """Glue with a database."""
    client = aws.client("glue")
    client.create_database(DatabaseInput={"Name": DATABASE})
    aws.operations.clear()
    return client


@pytest.fixture
def catalog(aws):
    return Catalog(DATABASE, lambda: build_client("glue"))
