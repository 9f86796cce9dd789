"""A local Dagster with sensors turned on: what they show, publish and load."""

import re
from typing import Any

import boto3
import requests

from sample_site.messages import Answer, Request
from wp_pipeline_tests.fakes.subscriber import Subscriber
from wp_pipeline_tests.support.dagster_api import ENDED, wait_until
from wp_pipeline_tests.support.deployments.graphql_dump import repository
from wp_pipeline_tests.support.deployments.local_dagster import SECRET, LocalDagster

SITE = "amazonwebshark"
LOCATION = "wp_pipeline"
SECONDS = 300.0  # Sensors tick once a minute.
START = """mutation ($sensor: SensorSelector!) {
    startSensor(sensorSelector: $sensor) { __typename } }"""
TICKS = """query ($sensor: SensorSelector!) { sensorOrError(sensorSelector: $sensor) {
    ... on Sensor { sensorState { ticks { status skipReason } } } } }"""
LAUNCH = """mutation ($run: ExecutionParams!) { launchPipelineExecution(executionParams: $run) {
    ... on LaunchRunSuccess { run { runId } } } }"""
MESSAGES = """query ($id: ID!) { logsForRun(runId: $id) {
    ... on EventConnection { events { ... on MessageEvent { message } } } } }"""


class DagsterWithSensors:
    """A local Dagster with both sensors turned on, and a queue of what they publish."""

    def __init__(self, local: LocalDagster) -> None:
        self.local = local
        self.subscriber = Subscriber(self._client)
        self._api = local.dagster
        self._sound = local.site.answers

    def start(self, sensor: str) -> None:
        """Turn a sensor on, and wait for its first tick."""
        self._api.ask(START, sensor=self._selector(sensor))
        wait_until(lambda: self.shown(sensor), SECONDS)

    def shown(self, sensor: str) -> list[str]:
        """What the UI shows of the ended ticks of a sensor, the newest first."""
        found = self._api.ask(TICKS, sensor=self._selector(sensor))["sensorOrError"]
        ticks = found["sensorState"]["ticks"]
        return [tick["skipReason"] or "" for tick in ticks if tick["status"] != "STARTED"]

    def launch(self, name: str) -> str:
        job = {
            **repository(LOCATION),
            "pipelineName": f"{SITE}_extraction",
            "assetSelection": [{"path": [SITE, name]}],
        }
        run = {"selector": job, "mode": "default", "runConfigData": {}}
        return self._api.ask(LAUNCH, run=run)["launchPipelineExecution"]["run"]["runId"]

    def run(self, name: str) -> str:
        """Extract one endpoint; return the id of the ended run."""
        run_id = self.launch(name)
        wait_until(lambda: self._api.run(run_id).status in ENDED, SECONDS)
        return run_id

    def process_of(self, run_id: str) -> int:
        """Wait until the process of a run has begun, and return its id."""

        def found() -> re.Match[str] | None:
            events = self._api.ask(MESSAGES, id=run_id)["logsForRun"]["events"]
            said = " ".join(event.get("message", "") for event in events)
            return re.search(r"Started process for run \(pid: (\d+)\)", said)

        return int(wait_until(found, SECONDS)[1])

    def answer(self, status: int, body: bytes) -> None:
        """Let the site answer like this to requests for tags."""
        headers = {"Content-Type": "application/json"}

        def answers(request: Request) -> Answer:
            is_tags = request.path.endswith("/tags")
            return Answer(status, headers, body) if is_tags else self._sound(request)

        self.local.site.answers = answers

    def heal(self) -> None:
        self.local.site.answers = self._sound

    def forget(self) -> None:
        """Leave nothing in the local AWS, which all that a process starts share."""
        url = self.local.aws.environment["AWS_ENDPOINT_URL"]
        requests.post(f"{url}/moto-api/reset", timeout=10).close()

    def message(self) -> str:
        """Wait for one message, and return it."""
        (text,) = wait_until(self.subscriber.texts, SECONDS)
        assert SECRET not in text
        assert "://" not in text
        return text

    def _selector(self, sensor: str) -> dict[str, str]:
        return {**repository(LOCATION), "sensorName": f"{SITE}_{sensor}"}

    def _client(self, service: str) -> Any:
        given = self.local.aws.environment
        return boto3.client(
            service,
            endpoint_url=given["AWS_ENDPOINT_URL"],
            region_name=given["AWS_REGION"],
            aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
        )
