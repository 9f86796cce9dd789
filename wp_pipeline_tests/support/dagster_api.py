"""Queries Dagster's GraphQL API, for what a page of the UI shows too late."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import requests

LOCATION = "wp_pipeline"
SECONDS_FOR_A_RUN = 120.0
SECONDS_FOR_AN_ANSWER = 120.0  # Of a webserver that has just started, on a busy machine.
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
DRY_RUN = """mutation ($sensor: SensorSelector!) {
    sensorDryRun(selectorData: $sensor, cursor: null) {
        ... on DryRunInstigationTick { evaluationResult { cursor } } } }"""
SET_CURSOR = """mutation ($sensor: SensorSelector!, $cursor: String) {
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
    """A run; its assets are named by the last part of their keys."""

    id: str
    status: str
    parent: str | None
    materialized: frozenset[str]
    checks: frozenset[Check]


class DagsterApi:
    """Queries a webserver."""

    def __init__(self, url: str) -> None:
        self._url = f"{url}/graphql"

    def ask(self, query: str, **variables: Any) -> Any:
        """Return the data of the answer."""
        question = {"query": query, "variables": variables}
        answer = requests.post(self._url, json=question, timeout=SECONDS_FOR_AN_ANSWER).json()
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
        """Reload the code location, and wait until that is done."""
        self.ask(RELOAD, location=LOCATION)

    def automation(self) -> dict[str, str]:
        """Return the status of each schedule and sensor."""
        found = self.ask(AUTOMATION, location=LOCATION)["repositoryOrError"]
        schedules = {each["name"]: each["scheduleState"]["status"] for each in found["schedules"]}
        return schedules | {
            each["name"]: each["sensorState"]["status"] for each in found["sensors"]
        }

    def advance_sensor(self, name: str) -> None:
        """Set a sensor's cursor as after a tick, without starting the requested runs."""
        selector = {
            "repositoryName": "__repository__",
            "repositoryLocationName": LOCATION,
            "sensorName": name,
        }
        look = self.ask(DRY_RUN, sensor=selector)["sensorDryRun"]
        cursor = look["evaluationResult"]["cursor"]
        self.ask(SET_CURSOR, sensor=selector, cursor=cursor)

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
        """Start a run, wait until it has ended, and return it."""
        before = self.run_ids()
        cause()
        (run_id,) = wait_until(lambda: self.run_ids() - before, SECONDS_FOR_A_RUN)

        def ended() -> Run | None:
            run = self.run(run_id)
            return run if run.status in ENDED else None

        return wait_until(ended, SECONDS_FOR_A_RUN)


def wait_until(found: Callable[[], T | None], seconds: float) -> T:
    """Wait for a result that is not empty, and return it."""
    deadline = time.monotonic() + seconds
    while not (result := found()):
        assert time.monotonic() < deadline, f"waited {seconds:g} s in vain"
        time.sleep(0.2)
    return result
