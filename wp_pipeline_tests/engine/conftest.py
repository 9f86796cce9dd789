"""What several files of this suite share. They are run side by side: sensors tick once a minute."""

from collections.abc import Iterator

import pytest

from wp_pipeline_tests.support.deployments.dagster_with_sensors import DagsterWithSensors
from wp_pipeline_tests.support.deployments.local_dagster import LocalDagster


@pytest.fixture(scope="module")
def dagster_with_sensors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DagsterWithSensors]:
    with LocalDagster(tmp_path_factory.mktemp("dagster_with_sensors")).running() as local:
        dagster_with_sensors = DagsterWithSensors(local)
        dagster_with_sensors.start("failures")
        yield dagster_with_sensors
        dagster_with_sensors.forget()
