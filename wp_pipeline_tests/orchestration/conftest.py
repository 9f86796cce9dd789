import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import dagster as dg
import pytest

import wp_pipeline.definitions
from sample_site.server import SampleSiteServer
from wp_pipeline_tests.aws.fake_aws import NOBODY, FakeAws
from wp_pipeline_tests.world import World, small_site

STATE = Path(wp_pipeline.definitions.__file__).parent / "defs" / ".local_defs_state"
# What Dagster says of itself, at places where we can't choose: it has no SSM resource that is not
# in beta, and makes definitions of checks with a parameter that is.
BETA = (
    "ignore:Class `SSMResource` is currently in beta",
    "ignore:Parameter `execution_type` of function `AssetsDefinition.__init__` is currently in bet",
)

Load = Callable[[], dg.Definitions]
OpenWorld = Callable[[], AbstractContextManager[World]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):  # The hook sees other folders' too.
            for said in BETA:
                item.add_marker(pytest.mark.filterwarnings(said))


@pytest.fixture(scope="session")
def site_name() -> Iterator[str]:
    """The name of a site that nobody else has: its state lies beside that of real ones."""
    name = f"test_{uuid.uuid4().hex[:8]}"
    yield name
    shutil.rmtree(STATE / f"WordPressSite__{name}__", ignore_errors=True)


@pytest.fixture(autouse=True)
def site_of_the_environment(
    no_account: None, site_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WP_PIPELINE_SITE", site_name)


@pytest.fixture
def state_file(site_name: str) -> Path:
    """Where the last known names of the site are kept."""
    return STATE / f"WordPressSite__{site_name}__" / "state"


def load_anew() -> dg.Definitions:
    """Load the real definitions as a new process does."""
    wp_pipeline.definitions.load.cache_clear()
    return wp_pipeline.definitions.defs()


@pytest.fixture
def load(state_file: Path) -> Load:
    """Loads the real definitions anew; at first no name is known."""
    state_file.unlink(missing_ok=True)
    return load_anew


@pytest.fixture(scope="session")
def open_world(aws_server: FakeAws, site_name: str) -> OpenWorld:
    """Opens a world, like those of single tests, for as long as a context is open."""

    @contextmanager
    def opening() -> Iterator[World]:
        aws_server.forget()
        leading = {
            **NOBODY,
            "AWS_ENDPOINT_URL": aws_server.url,
            "WP_PIPELINE_SITE": site_name,
        }
        with pytest.MonkeyPatch.context() as environment, SampleSiteServer(small_site()) as server:
            for name, value in leading.items():
                environment.setenv(name, value)
            yield World.ready(aws_server, server)

    return opening


@pytest.fixture(scope="session")
def defs(open_world: OpenWorld) -> dg.Definitions:
    """The real definitions of the world's site; they hold names and no address, so one will do."""
    with open_world():
        return load_anew()


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance
