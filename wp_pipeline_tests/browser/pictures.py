"""Takes the documentation's pictures of the UI and of the report.

python -m wp_pipeline_tests.browser.pictures
"""

import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from sample_site.messages import Answer
from wp_pipeline_tests.browser.conftest import ARGUMENTS, CHROMIUM
from wp_pipeline_tests.browser.screen import GRAPH, Screen
from wp_pipeline_tests.browser.test_tables import TABLES
from wp_pipeline_tests.support.deployments.local_dagster import REPOSITORY, SECRET, LocalDagster

FOLDER = REPOSITORY / "docs" / "images"
MILLISECONDS_TO_SETTLE = 4000


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        LocalDagster(Path(folder)).running() as world,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        screen = Screen(page, world.url)
        screen.open(GRAPH)
        world.dagster.run_after(lambda: screen.press("Materialize all"))
        take_graph(screen, page)
        take_asset(screen, page)
        take_tables(screen, page, world)
        take_report(Path(folder), page)
        take_automation(screen, page)
        take_refused(screen, page, world)
        browser.close()


def take_graph(screen: Screen, page: Page) -> None:
    screen.open(GRAPH)
    screen.press("Hide navigation")
    page.set_viewport_size({"width": 1280, "height": 604})
    page.mouse.move(700, 500)
    page.mouse.wheel(0, 100)  # so that no node is cut off
    expect(page.get_by_text("Loading…")).to_have_count(0)
    page.wait_for_timeout(MILLISECONDS_TO_SETTLE)
    page.screenshot(path=FOLDER / "asset-graph.png")


def take_asset(screen: Screen, page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 1000})
    screen.open("/assets/amazonwebshark/raw_terms")
    page.wait_for_timeout(MILLISECONDS_TO_SETTLE)
    page.screenshot(path=FOLDER / "asset-page.png")


def take_tables(screen: Screen, page: Page, world: LocalDagster) -> None:
    screen.open(TABLES)
    world.dagster.run_after(lambda: screen.press("Materialize all"))
    page.set_viewport_size({"width": 1280, "height": 1000})
    screen.open("/assets/amazonwebshark/tables/posts")
    page.wait_for_timeout(MILLISECONDS_TO_SETTLE)
    page.screenshot(path=FOLDER / "table-page.png")


def take_automation(screen: Screen, page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 480})
    screen.open("/automation")
    page.wait_for_timeout(MILLISECONDS_TO_SETTLE)
    page.screenshot(path=FOLDER / "automation.png")


def take_refused(screen: Screen, page: Page, world: LocalDagster) -> None:
    """The check of an endpoint that a firewall refuses."""
    page_of_a_firewall = Answer(403, {"Content-Type": "text/html", "cf-ray": "1"}, b"<html>")
    site = world.site.site.answer
    world.site.answers = lambda asked: (
        page_of_a_firewall if asked.path.endswith(f"/terms_{SECRET}") else site(asked)
    )
    screen.open(GRAPH)
    world.dagster.run_after(lambda: screen.press("Materialize all"))
    page.set_viewport_size({"width": 1280, "height": 560})
    screen.open("/assets/amazonwebshark/raw_terms?view=checks&checkDetail=answered")
    page.wait_for_timeout(MILLISECONDS_TO_SETTLE)
    page.screenshot(path=FOLDER / "refused-asset.png")


def take_report(folder: Path, page: Page) -> None:
    """Take the upper part of the report that the run has made."""
    (report,) = folder.glob("lake/**/report.html")
    page.set_viewport_size({"width": 1080, "height": 1240})
    page.goto(report.as_uri())
    page.screenshot(path=FOLDER / "report.png")


if __name__ == "__main__":
    main()
