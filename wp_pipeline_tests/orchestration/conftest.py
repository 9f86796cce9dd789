from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
import pytest

import wp_pipeline.definitions
from wp_pipeline_tests.conftest import STATE, OpenWorld

# Dagster's own beta features that we cannot avoid: its only SSM resource is in beta, and it creates
# the definitions of checks with a beta parameter.
BETA = (
    "ignore:Class `SSMResource` is currently in beta",
    "ignore:Parameter `execution_type` of function `AssetsDefinition.__init__` is currently in bet",
)

Load = Callable[[], dg.Definitions]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):  # The hook sees other folders' too.
            for warning in BETA:
                item.add_marker(pytest.mark.filterwarnings(warning))


@pytest.fixture(autouse=True)
def site_of_the_environment(
    no_account: None, site_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WP_PIPELINE_SITE", site_name)
    monkeypatch.setenv("WP_PIPELINE_RETRY_DELAY", "0")


@pytest.fixture
def state_file(site_name: str) -> Path:
    """The file with the last known endpoint names of the site."""
    return STATE / f"WordPressSite__{site_name}__" / "state"


def load_anew() -> dg.Definitions:
    """Load the real definitions like a new process."""
    wp_pipeline.definitions.load.cache_clear()
    return wp_pipeline.definitions.defs()


@pytest.fixture
def load(state_file: Path) -> Load:
    """Loads the real definitions again; no endpoint name is known at first."""
    state_file.unlink(missing_ok=True)
    return load_anew


@pytest.fixture(scope="session")
def defs(open_world: OpenWorld) -> dg.Definitions:
    """The real definitions of the world's site, shared: they hold names and no URL."""
    with open_world():
        return load_anew()


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance
