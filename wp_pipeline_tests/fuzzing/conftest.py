from collections.abc import Callable, Iterator

import pytest

from sample_site.server import SampleSiteServer
from wp_pipeline_tests.fakes.aws import FakeAws
from wp_pipeline_tests.fakes.raw_server import RawServer, http_answer
from wp_pipeline_tests.fakes.world import small_site
from wp_pipeline_tests.fuzzing.generated_site import FuzzedWorld, GeneratedSite


@pytest.fixture
def other_server() -> Iterator[RawServer]:
    """A server of another origin, which must not get a request."""
    server = RawServer(http_answer(b'[{"id":1,"title":"of another server"}]'))
    yield server
    server.stop()


@pytest.fixture
def generated_site(other_server: RawServer) -> Iterator[GeneratedSite]:
    server = GeneratedSite(other_server.url.removeprefix("http://"))
    yield server
    server.stop()


@pytest.fixture
def fuzzed(
    aws: FakeAws,
    serve: Callable[..., SampleSiteServer],
    generated_site: GeneratedSite,
    other_server: RawServer,
) -> FuzzedWorld:
    return FuzzedWorld(aws, generated_site, serve(small_site()), other_server)
