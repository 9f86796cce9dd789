"""A Dagster deployment as a user runs it, with everything that it writes in one folder."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from wp_pipeline.sandbox.local_aws import free_port
from wp_pipeline_tests.fakes.faulty_sites import Site
from wp_pipeline_tests.support.dagster_api import ENDED, DagsterApi, wait_until
from wp_pipeline_tests.support.deployments import code_locations
from wp_pipeline_tests.support.deployments.code_locations import LEAKING, MISCONFIGURED, OURS, STATE
from wp_pipeline_tests.support.deployments.graphql_dump import captured, everything, repository
from wp_pipeline_tests.support.deployments.graphql_walk import Dagster
from wp_pipeline_tests.support.deployments.local_dagster import end
from wp_pipeline_tests.support.interruptions import accept_sigint

SECONDS_TO_START = 180.0
SECONDS_FOR_ALL_RUNS = 900.0  # Two minutes on a quiet machine.

SENSORS = """query ($repository: RepositorySelector!) { sensorsOrError(
    repositorySelector: $repository) { ... on Sensors { results {
        name sensorState { status ticks { status } } } } } }"""
START = """mutation ($sensor: SensorSelector!) {
    startSensor(sensorSelector: $sensor) { __typename } }"""
TRY = """mutation ($sensor: SensorSelector!) {
    sensorDryRun(selectorData: $sensor, cursor: null) { ... on DryRunInstigationTick {
        evaluationResult { cursor skipReason error { message stack causes { message stack } } } } }
}"""
ASSETS = """query ($repository: RepositorySelector!) { repositoryOrError(
    repositorySelector: $repository) { ... on Repository { assetNodes {
        assetKey { path } isMaterializable } } } }"""
LAUNCH = """mutation ($run: ExecutionParams!) {
    launchPipelineExecution(executionParams: $run) { __typename } }"""
STATUSES = "{ runsOrError { ... on Runs { results { status } } } }"


@contextmanager
def dagster_dev(
    folder: Path, url: str, environment: Mapping[str, str], output: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `dagster dev` with the folder's workspace, from when it answers until the end."""
    command = [sys.executable, "-m", "dagster", "dev", "-w", "workspace.yaml"]
    command += ["--host", "127.0.0.1", "--port", url.rpartition(":")[2]]

    def is_up() -> bool:
        assert process.poll() is None, output.read_text()
        return DagsterApi(url).is_up()

    with output.open("a") as file:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdout=file,
            stderr=file,
            start_new_session=True,
            preexec_fn=accept_sigint,
        )
        try:
            wait_until(is_up, SECONDS_TO_START)
            yield process
        finally:
            end(process)


class Deployment:
    """`dagster dev` with our sites, a misconfigured location of ours, and leaking ones.

    All that it writes lies in `left`: what it prints, its storage, and whatever else it thinks
    of, for its home and its folder for temporary files are there as well.
    """

    def __init__(self, folder: Path) -> None:
        self.left = folder / "left"
        self._folder = folder
        self._url = f"http://127.0.0.1:{free_port()}"
        self._api = DagsterApi(self._url)

    def prepare(self, sites: Sequence[Site]) -> None:
        for name in ("dagster", "home", "tmp", "graphql"):
            (self.left / name).mkdir(parents=True)
        code_locations.write_yaml(
            self.left / "dagster" / "dagster.yaml", code_locations.DAGSTER_YAML
        )
        code_locations.write_all(self._folder, sites)

    @contextmanager
    def running(self, environment: Mapping[str, str]) -> Iterator[None]:
        places = {**environment, **self._places()}
        with dagster_dev(self._folder, self._url, places, self.left / "output"):
            yield
        for name in (OURS, MISCONFIGURED):
            state = self._folder / name / STATE
            shutil.copytree(state, self.left / "definitions state" / name)

    def reload(self) -> None:
        self._api.reload()

    def start_sensors(self, *names: str) -> None:
        for name in names:
            self._api.ask(START, sensor={**repository(OURS), "sensorName": name})

    def try_sensor(self, name: str) -> None:
        """Evaluate a sensor like the button of the UI, and save the answer."""
        answer = self._api.ask(TRY, sensor={**repository(OURS), "sensorName": name})
        self._save(f"sensorDryRun {name}", answer)

    def launch_everything(self, runs: int) -> None:
        """Launch so many runs at the same time, which execute all assets of all sites together.

        Dagster stores an event for each planned asset and check before it answers.
        """
        found = self._api.ask(ASSETS, repository=repository(OURS))["repositoryOrError"]
        keys = [node["assetKey"] for node in found["assetNodes"] if node["isMaterializable"]]
        sites = sorted({key["path"][0] for key in keys})
        for first in range(runs):
            chosen = sites[first::runs]
            self._launch([key for key in keys if key["path"][0] in chosen])

    def _launch(self, keys: Sequence[Mapping[str, Any]]) -> None:
        job = {**repository(OURS), "pipelineName": "__ASSET_JOB", "assetSelection": keys}
        run = {"selector": job, "mode": "default", "runConfigData": {}}
        launched = self._api.ask(LAUNCH, run=run)["launchPipelineExecution"]
        assert launched["__typename"] == "LaunchRunSuccess", launched

    def wait(self, runs: int) -> None:
        """Wait until this number of runs has ended and every running sensor has ticked."""
        wait_until(lambda: self._have_ended(runs) and self._have_ticked(), SECONDS_FOR_ALL_RUNS)

    def dump(self) -> None:
        """Save everything that the webserver answers, in a file for each query."""
        dagster = Dagster(self._url)
        for name, answer in everything(dagster, self._api.run_ids()):
            self._save(name, answer)
        for log in self.left.glob("dagster/storage/*/compute_logs/*.out"):
            self._save(f"capturedLogs {log.stem}", captured(dagster, log.parts[-3], log.stem))

    def _save(self, name: str, answer: Any) -> None:
        text = json.dumps(answer, ensure_ascii=False, indent=1)
        (self.left / "graphql" / f"{name}.json").write_text(text)

    def _have_ended(self, wanted: int) -> bool:
        runs = self._api.ask(STATUSES)["runsOrError"]["results"]
        return len(runs) >= wanted and all(run["status"] in ENDED for run in runs)

    def _have_ticked(self) -> bool:
        states = [
            sensor["sensorState"]
            for location in (OURS, LEAKING)
            for sensor in self._api.ask(SENSORS, repository=repository(location))["sensorsOrError"][
                "results"
            ]
        ]
        ticks = [state["ticks"] for state in states if state["status"] == "RUNNING"]
        return all(each and each[0]["status"] != "STARTED" for each in ticks)

    def _places(self) -> dict[str, str]:
        return {
            "DAGSTER_HOME": str(self.left / "dagster"),
            "HOME": str(self.left / "home"),
            "TMPDIR": str(self.left / "tmp"),
            "PYTHONPATH": str(self._folder / code_locations.DEBUGGING),
        }
