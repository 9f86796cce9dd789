from collections.abc import Callable, Iterator

import pytest

from sample_site.server import SampleSiteServer
from wp_pipeline_tests.fakes.aws import FakeAws
from wp_pipeline_tests.fakes.raw_server import RawServer, http_answer
from wp_pipeline_tests.fakes.world import small_site
from wp_pipeline_tests.fuzzing.generated_site import FuzzedWorld, MadeUpServer


@pytest.fixture
def stranger() -> Iterator[RawServer]:
    """A server of somebody else, who must not be asked."""
    server = RawServer(http_answer(b'[{"id":1,"title":"of a stranger"}]'))
    yield server
    server.stop()


@pytest.fixture
def made_up_site(stranger: RawServer) -> Iterator[MadeUpServer]:
    server = MadeUpServer(stranger.url.removeprefix("http://"))
    yield server
    server.stop()


@pytest.fixture
def fuzzed(
    aws: FakeAws,
    serve: Callable[..., SampleSiteServer],
    made_up_site: MadeUpServer,
    stranger: RawServer,
) -> FuzzedWorld:
    return FuzzedWorld(aws, made_up_site, serve(small_site()), stranger)
