"""The daemon's sensor tells a topic of a run whose process was killed."""

import os
import signal

from wp_pipeline_tests.support.deployments.dagster_with_sensors import SITE


def test_a_killed_run_is_told(dagster_with_sensors):
    dagster_with_sensors.answer(503, b"")  # It is tried again for a while.
    run_id = dagster_with_sensors.launch("tags")
    os.kill(dagster_with_sensors.process_of(run_id), signal.SIGKILL)
    dagster_with_sensors.heal()

    assert dagster_with_sensors.message().startswith(
        f"{SITE}: failed: the extraction\nFailed in run {run_id}:\nthe extraction: its process was"
        " killed, or could not be started"
    )
