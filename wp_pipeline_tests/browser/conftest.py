"""Dagster's UI in Chromium. Nothing here skips: without Chromium these tests fail."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from wp_pipeline_tests.browser.screen import Screen
from wp_pipeline_tests.support.dagster_api import DagsterApi, Run
from wp_pipeline_tests.support.deployments.local_dagster import SECRET, LocalDagster

CHROMIUM = "/usr/bin/chromium"
# As root in a container, Chromium has no sandbox and little shared memory.
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
MILLISECONDS_TO_WAIT = 20_000


@pytest.fixture(scope="package")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalDagster]:
    """The deployment that all tests share; each test reverts its changes."""
    with LocalDagster(tmp_path_factory.mktemp("world")).running() as world:
        yield world


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Not for the whole session: while Playwright is open, asyncio.run fails in its thread."""
    expect.set_options(timeout=MILLISECONDS_TO_WAIT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def screen(world: LocalDagster, browser: Browser) -> Iterator[Screen]:
    with watched_screen(world, browser) as screen:
        yield screen


@pytest.fixture(scope="package")
def run_of_genres(world: LocalDagster, browser: Browser) -> Run:
    """The run that the button "Materialize" on the page of one asset starts."""
    with watched_screen(world, browser) as screen:
        screen.open("/assets/amazonwebshark/genres")
        return world.dagster.run_after(lambda: screen.press("Materialize"))


@pytest.fixture
def dagster(world: LocalDagster) -> DagsterApi:
    return world.dagster


@contextmanager
def watched_screen(world: LocalDagster, browser: Browser) -> Iterator[Screen]:
    """Open a page of the UI, and assert that it has no error and shows no secret."""
    page = browser.new_page(viewport={"width": 1440, "height": 1200})
    page.set_default_timeout(MILLISECONDS_TO_WAIT)
    screen = Screen(page, world.url)
    yield screen
    screen.leave()
    page.close()
    assert screen.received
    assert not screen.errors
    assert not [text for text in screen.shown + screen.received if SECRET in text]
