"""What a person turns on and chooses: the schedule, and how a run brings objects up to date."""

from playwright.sync_api import expect

from wp_pipeline_tests.browser.screen import Screen
from wp_pipeline_tests.support.dagster_api import DagsterApi, Run, wait_until
from wp_pipeline_tests.support.deployments.local_dagster import LocalDagster

SCHEDULE = "/locations/wp_pipeline/schedules/amazonwebshark_daily"
LAUNCHPAD = "/locations/wp_pipeline/jobs/amazonwebshark_extraction/playground"
CHANGES = """\
ops:
  extract_amazonwebshark:
    config:
      mode: changes
"""


def test_lineage_begins_with_the_site_itself(screen: Screen):
    screen.open("/assets/amazonwebshark/wordpress")
    screen.sees("The WordPress site amazonwebshark, as its REST API shows it")


def test_the_schedule_can_be_turned_on_and_off(screen: Screen, dagster: DagsterApi):
    screen.open(SCHEDULE)
    screen.sees("Off until somebody turns it on")
    switch = screen.page.locator('tr:has-text("Running") label:has(input[type=checkbox])')

    switch.click()
    wait_until(lambda: dagster.automation()["amazonwebshark_daily"] == "RUNNING", 20)
    switch.click()
    wait_until(lambda: dagster.automation()["amazonwebshark_daily"] == "STOPPED", 20)


def test_the_launchpad_offers_the_mode_of_a_run(screen: Screen, world: LocalDagster):
    screen.open(LAUNCHPAD)
    expect(screen.page.locator(".CodeMirror")).to_contain_text("mode: full")
    screen.page.locator(".CodeMirror").click()
    screen.page.keyboard.press("Control+a")
    screen.page.keyboard.insert_text(CHANGES)
    screen.sees("No errors")

    run: Run = world.dagster.run_after(lambda: screen.press("Launch Run"))

    assert run.status == "SUCCESS"
    screen.open("/assets/amazonwebshark/posts")
    expect(screen.page.locator("tr", has_text="mode").last).to_contain_text("changes")
