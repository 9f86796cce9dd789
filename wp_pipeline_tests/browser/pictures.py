"""Takes the README's pictures of the UI: python -m wp_pipeline_tests.browser.pictures"""

import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from wp_pipeline_tests.browser.conftest import ARGUMENTS, CHROMIUM
from wp_pipeline_tests.browser.local_dagster import REPOSITORY, LocalDagster
from wp_pipeline_tests.browser.screen import GRAPH, Screen

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
        browser.close()


def take_graph(screen: Screen, page: Page) -> None:
    screen.open(GRAPH)
    screen.icon("panel_show_left").click()
    screen.press("Hide navigation")
    page.mouse.move(700, 500)
    page.mouse.wheel(0, 100)  # so that no node is cut off
    page.wait_for_timeout(MILLISECONDS_TO_SETTLE)
    page.screenshot(path=FOLDER / "asset-graph.png")


def take_asset(screen: Screen, page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 1240})
    screen.open("/assets/amazonwebshark/raw_terms")
    page.wait_for_timeout(MILLISECONDS_TO_SETTLE)
    page.screenshot(path=FOLDER / "asset-page.png")


if __name__ == "__main__":
    main()
