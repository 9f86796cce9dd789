from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sample_site.server import SampleSiteServer
from wp_pipeline_tests.aws.fake_aws import FakeAws
from wp_pipeline_tests.fuzzing.world import FuzzedWorld, MadeUpServer
from wp_pipeline_tests.wordpress.world import RawServer, said
from wp_pipeline_tests.world import small_site


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):  # The hook sees other folders' too.
            item.add_marker(pytest.mark.fuzzing)


@pytest.fixture
def stranger() -> Iterator[RawServer]:
    """A server of somebody else, who must not be asked."""
    server = RawServer(said(b'[{"id":1,"title":"of a stranger"}]'))
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
