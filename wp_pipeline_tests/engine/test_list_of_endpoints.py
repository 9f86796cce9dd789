"""The daemon's sensor notices another list of endpoints, and reloads the code location."""

from wp_pipeline_tests.support.dagster_api import wait_until
from wp_pipeline_tests.support.deployments.dagster_with_sensors import SECONDS
from wp_pipeline_tests.support.deployments.local_dagster import SECRET


def test_another_list_of_endpoints_is_noticed_and_loaded(dagster_with_sensors):
    dagster_with_sensors.start("endpoints")
    local = dagster_with_sensors.local
    assert dagster_with_sensors.shown("endpoints")[0].startswith("Each endpoint has its asset: ")
    local.put_endpoints([url for url in local.urls if not url.endswith("/tags")])

    wait_until(lambda: "tags" not in local.dagster.assets(), SECONDS)
    newest = wait_until(
        lambda: [
            text for text in dagster_with_sensors.shown("endpoints")[:1] if "tags" not in text
        ],
        SECONDS,
    )
    assert newest[0].startswith("Each endpoint has its asset: ")
    log = local.log.read_text()
    assert "differs from the assets: drop tags" in " ".join(
        [*dagster_with_sensors.shown("endpoints"), log]
    )
    assert SECRET not in log
