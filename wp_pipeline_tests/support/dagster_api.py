"""What Dagster says through GraphQL, which the UI itself asks: for what a page shows too late."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import requests

LOCATION = "wp_pipeline"
SECONDS_FOR_A_RUN = 120.0
ENDED = ("SUCCESS", "FAILURE", "CANCELED")

RUNS = "{ runsOrError(limit: 50) { ... on Runs { results { runId } } } }"
RUN = """query ($id: ID!) { runOrError(runId: $id) { ... on Run {
    runId status parentRunId
    assetMaterializations { assetKey { path } }
    eventConnection(limit: 2000) { events { ... on AssetCheckEvaluationEvent {
        evaluation { checkName success assetKey { path } } } } }
} } }"""
ASSETS = "{ assetNodes { assetKey { path } groupName } }"
RELOAD = """mutation ($location: String!) {
    reloadRepositoryLocation(repositoryLocationName: $location) { __typename } }"""
LOOK = """mutation ($sensor: SensorSelector!) { sensorDryRun(selectorData: $sensor, cursor: null) {
    ... on DryRunInstigationTick { evaluationResult { cursor } } } }"""
SEEN = """mutation ($sensor: SensorSelector!, $cursor: String) {
    setSensorCursor(sensorSelector: $sensor, cursor: $cursor) { __typename } }"""
AUTOMATION = """query ($location: String!) { repositoryOrError(repositorySelector: {
    repositoryName: "__repository__", repositoryLocationName: $location}) { ... on Repository {
        schedules { name scheduleState { status } } sensors { name sensorState { status } } } } }"""

T = TypeVar("T")


@dataclass(frozen=True)
class Check:
    asset: str
    name: str
    passed: bool


@dataclass(frozen=True)
class Run:
    """A run; its assets are told by their last part."""

    id: str
    status: str
    parent: str | None
    materialized: frozenset[str]
    checks: frozenset[Check]


class DagsterApi:
    """Asks a webserver."""

    def __init__(self, url: str) -> None:
        self._url = f"{url}/graphql"

    def ask(self, query: str, **variables: Any) -> Any:
        """Return the data that Dagster answers with."""
        question = {"query": query, "variables": variables}
        answer = requests.post(self._url, json=question, timeout=30).json()
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def is_up(self) -> bool:
        try:
            return bool(self.ask("{ version }"))
        except OSError:
            return False

    def assets(self) -> set[str]:
        return {node["assetKey"]["path"][-1] for node in self.ask(ASSETS)["assetNodes"]}

    def reload(self) -> None:
        """Load the code location anew, and wait until that is done."""
        self.ask(RELOAD, location=LOCATION)

    def automation(self) -> dict[str, str]:
        """Return the status of each schedule and sensor."""
        found = self.ask(AUTOMATION, location=LOCATION)["repositoryOrError"]
        schedules = {each["name"]: each["scheduleState"]["status"] for each in found["schedules"]}
        return schedules | {
            each["name"]: each["sensorState"]["status"] for each in found["sensors"]
        }

    def let_sensor_see(self, name: str) -> None:
        """Set a sensor's cursor as if it had just looked, without the runs that it asks for."""
        selector = {
            "repositoryName": "__repository__",
            "repositoryLocationName": LOCATION,
            "sensorName": name,
        }
        look = self.ask(LOOK, sensor=selector)["sensorDryRun"]
        cursor = look["evaluationResult"]["cursor"]
        self.ask(SEEN, sensor=selector, cursor=cursor)

    def run_ids(self) -> set[str]:
        return {run["runId"] for run in self.ask(RUNS)["runsOrError"]["results"]}

    def run(self, run_id: str) -> Run:
        found = self.ask(RUN, id=run_id)["runOrError"]
        evaluations = [event["evaluation"] for event in found["eventConnection"]["events"] if event]
        return Run(
            id=found["runId"],
            status=found["status"],
            parent=found["parentRunId"],
            materialized=frozenset(
                event["assetKey"]["path"][-1] for event in found["assetMaterializations"]
            ),
            checks=frozenset(
                Check(each["assetKey"]["path"][-1], each["checkName"], each["success"])
                for each in evaluations
            ),
        )

    def run_after(self, cause: Callable[[], object]) -> Run:
        """Cause a run, wait until it has ended, and return it."""
        before = self.run_ids()
        cause()
        (run_id,) = wait_until(lambda: self.run_ids() - before, SECONDS_FOR_A_RUN)

        def ended() -> Run | None:
            run = self.run(run_id)
            return run if run.status in ENDED else None

        return wait_until(ended, SECONDS_FOR_A_RUN)


def wait_until(found: Callable[[], T | None], seconds: float) -> T:
    """Return the first thing found that is not empty."""
    deadline = time.monotonic() + seconds
    while not (result := found()):
        assert time.monotonic() < deadline, f"waited {seconds:g} s in vain"
        time.sleep(0.2)
    return result
