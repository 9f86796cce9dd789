"""The fake world: an AWS and a WordPress on loopback ports, and an environment that leads there."""

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cache
from pathlib import Path

import pytest
from botocore.loaders import JSONFileLoader
from hypothesis import settings

import wp_pipeline
from sample_site.server import SampleSiteServer
from wp_pipeline_tests.fakes.aws import NOBODY, FakeAws
from wp_pipeline_tests.fakes.world import World, small_site

TESTS = Path(__file__).parent
# Folders that `make test` leaves out; .ci/run runs them.
SUITES = ("faults", "secrecy", "fuzzing", "engine", "real_wordpress", "browser")
# Suites without tests in other folders: test_suites.py keeps that.
ONE_FOLDER = ("engine", "real_wordpress", "browser")
ONE_LOADER = JSONFileLoader()
STATE = Path(wp_pipeline.__file__).parent / "defs" / ".local_defs_state"
# A random case may take long on a busy machine: what must be fast is measured where it is tested.
# Each run draws other cases; `fuzzing/` draws thousands.
settings.register_profile("any_machine", deadline=None, max_examples=40)
settings.load_profile("any_machine")
Serve = Callable[..., SampleSiteServer]
OpenWorld = Callable[[], AbstractContextManager[World]]


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Import no folder without a test of the chosen suites: that takes as long as many tests."""
    if collection_path.parent != TESTS:
        return None
    chosen = config.option.markexpr
    left_out = collection_path.name in SUITES and f"not {collection_path.name}" in chosen
    elsewhere = chosen in ONE_FOLDER and collection_path.name != chosen
    return True if left_out or elsewhere else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the tests of a suite's folder the marker of its name."""
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0]
        if folder in SUITES:
            item.add_marker(folder)


@pytest.fixture(autouse=True)
def no_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test uses a real account or the settings of this machine."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "WP_PIPELINE_", "DAGSTER_")):
            monkeypatch.delenv(name)
    for name, value in NOBODY.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="session")
def aws_server() -> Iterator[FakeAws]:
    """One fake AWS for all tests. botocore's service descriptions are cached for all tests too."""
    read = cache(JSONFileLoader.load_file)
    with FakeAws() as server, pytest.MonkeyPatch.context() as patch:
        patch.setattr(JSONFileLoader, "load_file", lambda self, path: read(ONE_LOADER, path))
        yield server


@pytest.fixture
def aws(aws_server: FakeAws, monkeypatch: pytest.MonkeyPatch) -> FakeAws:
    """The fake AWS, with an empty bucket and no parameters; the environment leads to it."""
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
    """A small site with posts, tags and raw terms as endpoints, and the fake AWS."""
    return World.ready(aws, serve(small_site()))


@pytest.fixture(scope="session")
def site_name() -> Iterator[str]:
    """A unique site name, since the state file is stored beside those of real sites."""
    name = f"test_{uuid.uuid4().hex[:8]}"
    yield name
    shutil.rmtree(STATE / f"WordPressSite__{name}__", ignore_errors=True)


@pytest.fixture(scope="session")
def open_world(aws_server: FakeAws, site_name: str) -> OpenWorld:
    """Opens a world as a context, for fixtures that outlive a test."""

    @contextmanager
    def opening() -> Iterator[World]:
        aws_server.forget()
        leading = {
            **NOBODY,
            "AWS_ENDPOINT_URL": aws_server.url,
            "WP_PIPELINE_SITE": site_name,
            "WP_PIPELINE_RETRY_DELAY": "0",
        }
        with pytest.MonkeyPatch.context() as environment, SampleSiteServer(small_site()) as server:
            for name, value in leading.items():
                environment.setenv(name, value)
            yield World.ready(aws_server, server)

    return opening
