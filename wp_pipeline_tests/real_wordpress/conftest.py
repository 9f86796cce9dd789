"""Real WordPress sites. Nothing is skipped: if a site cannot be started, its tests fail."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from wp_pipeline_tests.fakes.aws import FakeAws
from wp_pipeline_tests.fakes.extraction_bucket import ExtractionBucket
from wp_pipeline_tests.real_wordpress.extraction import Extraction
from wp_pipeline_tests.real_wordpress.wordpress import WordPress

FINDINGS = pytest.StashKey[list[str]]()
# Files with sites of their own, or that empty the fake AWS. All others share sites and extractions,
# and half of the time.
ON_THEIR_OWN = ("test_drift", "test_full_disk", "test_pages", "test_refresh", "test_refresh_costs")


class Scheduling(LoadScopeScheduling):
    """Runs what shares sites in one worker of pytest-xdist, and the other files in the others."""

    def _split_scope(self, nodeid: str) -> str:
        name = Path(nodeid.partition("::")[0]).stem
        return name if name in ON_THEIR_OWN else "sharing"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    return Scheduling(config, log)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Give the lines of `report` to the process that prints the summary, if this is a worker."""
    if (output := getattr(session.config, "workeroutput", None)) is not None:
        output["findings"] = session.config.stash.get(FINDINGS, [])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    findings = getattr(node, "workeroutput", {}).get("findings", [])
    node.config.stash.setdefault(FINDINGS, []).extend(findings)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if findings := terminalreporter.config.stash.get(FINDINGS, []):
        terminalreporter.section("found on real WordPress")
        for finding in findings:
            terminalreporter.line(finding)


@pytest.fixture(scope="session")
def report(pytestconfig: pytest.Config) -> Callable[[str], None]:
    """Adds a line to the summary of the run, also if every test passes."""
    return pytestconfig.stash.setdefault(FINDINGS, []).append


@pytest.fixture(scope="session")
def new_bucket(aws_server: FakeAws) -> Callable[[], ExtractionBucket]:
    """Creates buckets of the fake AWS, for fixtures that outlive a test."""
    numbers = count(1)
    return lambda: ExtractionBucket(aws_server, f"lake-{next(numbers)}")


@pytest.fixture
def bucket(new_bucket: Callable[[], ExtractionBucket]) -> ExtractionBucket:
    return new_bucket()


@pytest.fixture(scope="session")
def extraction_of(new_bucket: Callable[[], ExtractionBucket]) -> Callable[[WordPress], Extraction]:
    """The extraction of a site as seeded: one for all tests, which must leave its bucket alone.

    It is made again if a test has emptied the fake AWS.
    """
    made: dict[WordPress, Extraction] = {}

    def of(site: WordPress) -> Extraction:
        if site not in made or not made[site].bucket.exists():
            made[site] = Extraction.of(site, new_bucket())
        return made[site]

    return of


# For tests that only read. They are shared by the session, and must stay as seeded.


@pytest.fixture(scope="session")
def wordpress() -> Iterator[WordPress]:
    """The WordPress of Debian 12, 6.1: the oldest that we promise to read."""
    with WordPress.start("bookworm") as site:
        yield site


@pytest.fixture(scope="session")
def newest_wordpress() -> Iterator[WordPress]:
    """The WordPress of Debian unstable: the newest that is packaged."""
    with WordPress.start("sid", posts=1000, comments=4000) as site:
        yield site


@pytest.fixture(scope="session")
def plain_wordpress() -> Iterator[WordPress]:
    """A WordPress 6.8 without /wp-json/: its routes are reached by ?rest_route= only."""
    with WordPress.start("trixie", posts=500, comments=1000, plain_permalinks=True) as site:
        yield site


# For tests that write.


@pytest.fixture(scope="session")
def busy_site() -> Iterator[WordPress]:
    with WordPress.start("bookworm", posts=1000, comments=4000) as site:
        yield site


@pytest.fixture
def busy_wordpress(busy_site: WordPress) -> WordPress:
    """A WordPress 6.1 to write to, as seeded."""
    busy_site.reseed()
    return busy_site
