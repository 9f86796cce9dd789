"""The daemon's sensor tells a topic what fails and what recovers."""

from wp_pipeline_tests.support.deployments.dagster_with_sensors import SITE


def test_a_failure_and_its_recovery_are_told(dagster_with_sensors):
    dagster_with_sensors.answer(403, b'{"code": "rest_forbidden", "message": "http://a.example/"}')
    run_id = dagster_with_sensors.run("tags")
    assert dagster_with_sensors.message() == (
        f"{SITE}: failed: tags\nFailed in run {run_id}:\ntags: HTTP 403 rest_forbidden: this user"
        " may not read it; grant the permission or remove the endpoint"
    )

    dagster_with_sensors.heal()
    run_id = dagster_with_sensors.run("tags")
    assert (
        dagster_with_sensors.message()
        == f"{SITE}: recovered: tags\nRecovered in run {run_id}: tags"
    )
