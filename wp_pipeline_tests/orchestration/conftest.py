from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
import pytest

import wp_pipeline.definitions
from wp_pipeline_tests.conftest import STATE, OpenWorld

# What Dagster says of itself, at places where we can't choose: it has no SSM resource that is not
# in beta, and makes definitions of checks with a parameter that is.
BETA = (
    "ignore:Class `SSMResource` is currently in beta",
    "ignore:Parameter `execution_type` of function `AssetsDefinition.__init__` is currently in bet",
)

Load = Callable[[], dg.Definitions]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):  # The hook sees other folders' too.
            for said in BETA:
                item.add_marker(pytest.mark.filterwarnings(said))


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
def defs(open_world: OpenWorld) -> dg.Definitions:
    """The real definitions of the world's site; they hold names and no address, so one will do."""
    with open_world():
        return load_anew()


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance
