"""From the objects of a site to its tables and the joined ones, by one click."""

from playwright.sync_api import expect

from wp_pipeline_tests.browser.screen import GRAPH, Screen
from wp_pipeline_tests.browser.test_ui import ENDPOINTS, JOINS
from wp_pipeline_tests.support.dagster_api import DagsterApi

TABLES = "/locations/wp_pipeline/asset-groups/amazonwebshark_tables/lineage"


def test_all_tables_of_a_site_are_built_by_one_click(screen: Screen, dagster: DagsterApi):
    screen.open(GRAPH)
    assert dagster.run_after(lambda: screen.press("Materialize all")).status == "SUCCESS"

    screen.open(TABLES)
    run = dagster.run_after(lambda: screen.press("Materialize all"))

    assert run.status == "SUCCESS"
    assert run.materialized == ENDPOINTS | JOINS
    assert [check for check in run.checks if not check.passed] == []

    screen.open("/assets/amazonwebshark/tables/posts")
    expect(screen.page.locator("body")).to_contain_text("Row count120")
    for text in ("title_text", "bigint[]", "When it was published, in UTC.", "misfits"):
        screen.sees(text)
    key = "primary_key_is_unique_and_complete"
    screen.open(f"/assets/amazonwebshark/tables/posts?view=checks&checkDetail={key}")
    screen.sees("No two rows share a primary key, and none lacks it.")
    screen.open("/assets/amazonwebshark/tables/posts_daily")
    screen.sees("A row for each post and day on which WP Statistics counted views of it")
