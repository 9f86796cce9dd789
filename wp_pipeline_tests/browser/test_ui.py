from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Response, expect

from sample_site.messages import Answer, Request
from wp_pipeline_tests.browser.screen import GRAPH, Screen
from wp_pipeline_tests.support.dagster_api import Check, DagsterApi, Run, wait_until
from wp_pipeline_tests.support.deployments.local_dagster import SECRET, LocalDagster

SENSOR = "/locations/wp_pipeline/sensors/amazonwebshark_changes"
COLLECTIONS = {
    "books", "categories", "comments", "genres", "media", "pages", "posts", "tags", "users",
}  # fmt: skip
RAW_ROWS = {
    "raw_posts", "raw_statistics_pages", "raw_term_relationship", "raw_term_taxonomy", "raw_terms",
}  # fmt: skip
ENDPOINTS = COLLECTIONS | RAW_ROWS
JOINS = {"posts_daily", "statistics_postname"}  # Tables have the names of their endpoints.
REPORT, SITE = "report", "wordpress"  # SITE is the site itself, which is not materialized.
OF_ALL = (
    "answered", "payload_is_not_empty", "row_count_has_not_dropped", "schema_has_not_changed",
)  # fmt: skip
OF_COLLECTIONS = (*OF_ALL, "ids_are_unique", "total_agrees")
CHECKS = {
    *((check, name) for check in OF_ALL for name in RAW_ROWS),
    *((check, name) for check in OF_COLLECTIONS for name in COLLECTIONS),
    ("references_resolve", "posts"),
    ("references_resolve", "comments"),
}


@pytest.fixture
def broken_endpoint(world: LocalDagster) -> Iterator[str]:
    """The name of an endpoint that answers with a web page that contains the endpoint's URL."""

    def answer(request: Request) -> Answer:
        if not request.path.endswith(f"/terms_{SECRET}"):
            return world.site.site.answer(request)
        page = f"<html><body>Down for repair: {request.path}</body></html>"
        return Answer(200, {"Content-Type": "text/html"}, page.encode())

    world.site.answers = answer
    yield "raw_terms"
    mend(world)


@pytest.fixture
def more_endpoints(world: LocalDagster) -> Iterator[Callable[..., None]]:
    """Adds URLs to the parameter; afterwards restores it and reloads the code location."""
    yield lambda *urls: world.put_endpoints([*world.urls, *urls])
    world.put_endpoints(world.urls)
    world.dagster.reload()


@pytest.fixture
def changed_collections(world: LocalDagster) -> set[str]:
    """The collections that changed since the sensor's last tick, and those that may have.

    A new post changes the counts of its terms, and terms tell posts of every type. By its URL,
    `genres` may be one.
    """
    world.dagster.advance_sensor("amazonwebshark_changes")
    world.site.site.publish("posts")
    world.site.site.edit("media", world.site.site.readable_ids("media")[3])
    return {"posts", "media", "tags", "categories", "books", "genres", "pages", "comments"}


def mend(world: LocalDagster) -> None:
    world.site.answers = world.site.site.answer


def is_dry_run(response: Response) -> bool:
    return "sensorDryRun" in (response.request.post_data or "")


def checked(run: Run) -> set[tuple[str, str]]:
    assert all(check.passed for check in run.checks)
    return {(check.name, check.asset) for check in run.checks}


def test_the_graph_of_a_site_names_every_endpoint(screen: Screen):
    screen.open(GRAPH)
    screen.icon("panel_show_left").click()

    for name in ENDPOINTS:
        expect(screen.page.get_by_text(name, exact=True).first).to_be_visible()


def test_an_asset_can_be_materialized_from_its_page(run_of_genres: Run):
    assert run_of_genres.status == "SUCCESS"
    assert run_of_genres.materialized == {"genres"}
    assert checked(run_of_genres) == {(check, "genres") for check in OF_COLLECTIONS}


@pytest.mark.usefixtures("run_of_genres")
def test_the_page_of_an_asset_describes_the_stored_object(screen: Screen):
    screen.open("/assets/amazonwebshark/genres")

    expect(screen.page.locator("body")).to_contain_text("Row count8")
    for key in ("size_bytes", "requests", "duration_seconds", "unchanged", "preview"):
        screen.sees(key)
    expect(screen.page.locator("table", has_text="taxonomy").last).to_be_visible()
    screen.open("/assets/amazonwebshark/genres?view=events")
    screen.sees("s3://sandbox/wordpress-api/genres.json")


@pytest.mark.usefixtures("run_of_genres")
def test_a_check_can_be_executed_alone(screen: Screen, dagster: DagsterApi):
    screen.open("/assets/amazonwebshark/genres?view=checks&checkDetail=ids_are_unique")
    screen.sees("No two items share an id")

    run = dagster.run_after(lambda: screen.press("Execute"))

    assert run.status == "SUCCESS"
    assert not run.materialized
    assert run.checks == {Check("genres", "ids_are_unique", passed=True)}


def test_all_of_a_site_can_be_materialized_at_once(screen: Screen, dagster: DagsterApi):
    screen.open(GRAPH)

    run = dagster.run_after(lambda: screen.press("Materialize all"))

    assert run.status == "SUCCESS"
    assert run.materialized == ENDPOINTS | {REPORT}
    assert checked(run) == CHECKS
    screen.open("/assets/amazonwebshark/posts?view=lineage")
    screen.sees("7 / 7 Passed")
    screen.sees("Materialized")


def test_a_failed_endpoint_is_named_and_can_be_extracted_again_alone(
    screen: Screen, world: LocalDagster, broken_endpoint: str
):
    screen.open(GRAPH)
    failed = world.dagster.run_after(lambda: screen.press("Materialize all"))
    assert failed.status == "FAILURE"
    assert failed.materialized == ENDPOINTS - {broken_endpoint}
    screen.open(f"/runs/{failed.id}")
    screen.sees(f"{broken_endpoint}: HTTP 200 with a web page instead of JSON")
    not_passed = {(check.name, check.asset) for check in failed.checks if not check.passed}
    assert ("answered", broken_endpoint) in not_passed
    assert {asset for _, asset in not_passed} == {broken_endpoint}
    screen.open(f"/assets/amazonwebshark/{broken_endpoint}?view=checks")
    screen.sees(f"{broken_endpoint}: HTTP 200 with a web page instead of JSON")

    mend(world)
    screen.open(f"/runs/{failed.id}")
    screen.page.locator("button:has([aria-label=arrow_drop_down])").last.click()
    mended = world.dagster.run_after(lambda: screen.choose("From asset failure"))

    assert mended.status == "SUCCESS"
    assert mended.parent == failed.id
    assert mended.materialized == {broken_endpoint, REPORT}  # The report waited for it.
    assert {(check.name, check.asset) for check in failed.checks} | checked(mended) == CHECKS
    screen.open(f"/assets/amazonwebshark/{broken_endpoint}?view=lineage")
    screen.sees("4 / 4 Passed")


def test_the_schedule_and_the_sensor_are_listed_and_stopped(screen: Screen, dagster: DagsterApi):
    screen.open("/automation")

    screen.sees("amazonwebshark_daily")
    screen.sees("Scheduled At 07:00 AM UTC")
    screen.sees("amazonwebshark_changes")
    assert set(dagster.automation().values()) == {"STOPPED"}


def test_a_previewed_tick_of_the_sensor_names_what_changed(
    screen: Screen, changed_collections: set[str]
):
    screen.open(SENSOR)
    screen.press("Preview tick result")
    with screen.page.expect_response(is_dry_run) as answer:
        screen.press("Continue")

    screen.sees("1 run request")
    result = answer.value.json()["data"]["sensorDryRun"]["evaluationResult"]
    (request,) = result["runRequests"]
    assert {key["path"][-1] for key in request["assetSelection"]} == changed_collections


def test_the_running_sensor_extracts_what_changed(
    screen: Screen, world: LocalDagster, changed_collections: set[str]
):
    switch = 'tr:has-text("Running") label:has(input[type=checkbox])'
    screen.open(SENSOR)

    run = world.dagster.run_after(screen.page.locator(switch).click)
    screen.page.locator(switch).click()

    assert run.status == "SUCCESS"
    assert run.materialized == changed_collections
    wait_until(lambda: set(world.dagster.automation().values()) == {"STOPPED"}, 10)


def test_the_page_of_the_report_shows_its_headline_and_where_it_is(
    screen: Screen, world: LocalDagster
):
    screen.open(GRAPH)
    run = world.dagster.run_after(lambda: screen.press("Materialize all"))

    assert REPORT in run.materialized
    screen.open("/assets/amazonwebshark/report")
    screen.sees("as of")
    screen.sees("s3://sandbox/wordpress-api/report.html")


def test_a_new_endpoint_of_the_parameter_is_an_asset_after_a_reload(
    screen: Screen, world: LocalDagster, more_endpoints: Callable[..., None]
):
    more_endpoints(f"{world.site.url}/wp-json/wp/v2/types")
    screen.open("/locations")

    screen.press("Reload")

    screen.sees("Code location reloaded!")
    assert world.dagster.assets() == ENDPOINTS | JOINS | {REPORT, SITE, "types"}
    screen.open("/assets/amazonwebshark/types")
    assert world.dagster.run_after(lambda: screen.press("Materialize")).status == "SUCCESS"


@pytest.mark.parametrize(
    "path",
    [
        "/assets",
        "/locations/wp_pipeline",
        "/locations/wp_pipeline/resources/configuration",
        "/locations/wp_pipeline/resources/lake",
        "/locations/wp_pipeline/jobs/amazonwebshark_extraction",
        "/locations/wp_pipeline/schedules/amazonwebshark_daily",
        "/deployment/config",
    ],
)
def test_the_other_pages_show_no_secret(screen: Screen, path: str):
    screen.open(path)

    screen.sees("Catalog")
    screen.page.wait_for_timeout(700)  # The fixture `screen` then records the page.


def test_dagster_stores_no_secret(world: LocalDagster):
    kept, holding = wait_until(lambda: files_of(world), 30)

    assert len(kept) > 10
    assert holding == []


def files_of(world: LocalDagster) -> tuple[list[Path], list[Path]] | None:
    """Return Dagster's files, and those with the secret; None if one vanished meanwhile.

    SQLite moves what is in its log into its database, and deletes the log.
    """
    kept = [path for path in world.home.rglob("*") if path.is_file()]
    with suppress(FileNotFoundError):
        return kept, [path for path in [*kept, world.log] if holds_secret(path)]
    return None


def holds_secret(path: Path) -> bool:
    return SECRET.encode() in path.read_bytes()
