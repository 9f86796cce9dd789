"""The fake world: an AWS and a WordPress on loopback ports, and an environment that leads there."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache

import pytest
from botocore.loaders import JSONFileLoader

from sample_site.server import SampleSiteServer
from wp_pipeline_tests.aws.fake_aws import NOBODY, FakeAws
from wp_pipeline_tests.world import World, small_site

ONE_LOADER = JSONFileLoader()
Serve = Callable[..., SampleSiteServer]


@pytest.fixture(autouse=True)
def no_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reaches a real account, nor takes settings from the machine at hand."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "WP_PIPELINE_", "DAGSTER_")):
            monkeypatch.delenv(name)
    for name, value in NOBODY.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="session")
def aws_server() -> Iterator[FakeAws]:
    """A server for all tests; botocore's descriptions of services are read once for all, too."""
    read = cache(JSONFileLoader.load_file)
    with FakeAws() as server, pytest.MonkeyPatch.context() as patch:
        patch.setattr(JSONFileLoader, "load_file", lambda self, path: read(ONE_LOADER, path))
        yield server


@pytest.fixture
def aws(aws_server: FakeAws, monkeypatch: pytest.MonkeyPatch) -> FakeAws:
    """An AWS with an empty bucket and no parameter, to which the environment leads."""
    aws_server.forget()
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws_server.url)
    return aws_server


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serves a SampleSite until the test is over."""
    with ExitStack() as servers:
        yield lambda site, **more: servers.enter_context(SampleSiteServer(site, **more))


@pytest.fixture
def world(aws: FakeAws, serve: Serve) -> World:
    """A small site whose posts, tags and raw terms are to be extracted."""
    return World.ready(aws, serve(small_site()))
