"""Runs whose worker or whose host dies are healed, by an instance with deploy/dagster.yaml."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event

import dagster as dg
import pytest

from sample_site.messages import Answer, Request
from sample_site.server import SampleSiteServer
from sample_site.site import SampleSite
from wp_pipeline.sandbox.local_aws import free_port
from wp_pipeline_tests.fakes.aws import BUCKET, FakeAws
from wp_pipeline_tests.fakes.faulty_sites import BUCKET_PARAMETER, Site, environment
from wp_pipeline_tests.support.dagster_api import ENDED, DagsterApi, Run, wait_until
from wp_pipeline_tests.support.deployments.code_locations import OURS, write_project, write_yaml
from wp_pipeline_tests.support.deployments.dagster_deployment import LAUNCH, dagster_dev
from wp_pipeline_tests.support.deployments.graphql_dump import repository

DEPLOY = Path(__file__).parents[2] / "deploy" / "dagster.yaml"
SECONDS = 180.0
WORKER = re.compile(r"Executing steps in process \(pid: (\d+)\)")
PATIENT = {"timeout": 200, "deadline": 300, "concurrency": 4}
CLOSE = [sys.executable, "-m", "wp_pipeline.orchestration.recovery.close_runs"]


class Deployment:
    """A site whose tags are not answered until they are released, and the place of Dagster."""

    def __init__(self, folder: Path, aws: FakeAws, server: SampleSiteServer) -> None:
        self.aws = aws
        self.folder = folder
        self.home = folder / "dagster"
        self.released = Event()
        self.url = f"http://127.0.0.1:{free_port()}"
        self.api = DagsterApi(self.url)
        self._others = server.answers
        server.answers = self._answer
        root = f"{server.url}/wp-json/wp/v2"
        site = Site("held", {"/held/endpoints": f"{root}/posts,{root}/tags"}, given=PATIENT)
        aws.put_parameters({BUCKET_PARAMETER: BUCKET, **site.parameters})
        write_project(folder / OURS, [site])
        module = {
            "module_name": "wp_pipeline.definitions",
            "location_name": OURS,
            "working_directory": str(folder / OURS),
        }
        write_yaml(folder / "workspace.yaml", {"load_from": [{"python_module": module}]})
        self.home.mkdir()
        shutil.copy(DEPLOY, self.home / "dagster.yaml")

    def _answer(self, request: Request) -> Answer:
        if request.path.endswith("/tags"):
            self.released.wait(SECONDS)
        return self._others(request)

    @property
    def environment(self) -> dict[str, str]:
        return {**environment(self.aws), "DAGSTER_HOME": str(self.home)}

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        output = self.folder / "output"
        with dagster_dev(self.folder, self.url, self.environment, output) as process:
            yield process

    def launch(self) -> str:
        """Launch the job, wait until posts are stored while tags are read; return the run's id."""
        job = {**repository(OURS), "pipelineName": "held_extraction"}
        run = {"selector": job, "mode": "default", "runConfigData": {}}
        launched = self.api.ask(LAUNCH, run=run)["launchPipelineExecution"]
        assert launched["__typename"] == "LaunchRunSuccess", launched
        (run_id,) = self.api.run_ids()
        wait_until(lambda: "posts" in self.api.run(run_id).materialized, SECONDS)
        return run_id

    def worker(self, run_id: str) -> int:
        """The process of a run."""
        with dg.DagsterInstance.from_config(str(self.home)) as instance:
            texts = [entry.message for entry in instance.all_logs(run_id)]
        (found,) = filter(None, map(WORKER.search, texts))
        return int(found[1])

    def retry_of(self, run_id: str) -> Run:
        """Wait until a run was retried, and the retry has ended."""

        def ended() -> Run | None:
            runs = [self.api.run(one) for one in self.api.run_ids() - {run_id}]
            return next((run for run in runs if run.status in ENDED), None)

        return wait_until(ended, SECONDS)


@pytest.fixture
def deployment(aws_server: FakeAws, tmp_path: Path) -> Iterator[Deployment]:
    aws_server.forget()
    with SampleSiteServer(SampleSite({"posts": 7, "tags": 4}, volatile=False)) as server:
        made = Deployment(tmp_path, aws_server, server)
        yield made
        made.released.set()


def assert_healed(deployment: Deployment, run_id: str) -> None:
    retry = deployment.retry_of(run_id)
    assert deployment.api.run(run_id).status == "FAILURE"
    assert (retry.status, retry.parent) == ("SUCCESS", run_id)
    assert retry.materialized == {"tags"}
    assert all(check.passed for check in retry.checks)
    keys = [f"raw/held/{name}.json" for name in ("posts", "tags")]
    assert sorted(deployment.aws.keys()) == keys


def test_a_run_whose_worker_is_killed_is_retried_for_what_is_missing(deployment):
    with deployment.running():
        run_id = deployment.launch()
        os.kill(deployment.worker(run_id), signal.SIGKILL)
        deployment.released.set()

        assert_healed(deployment, run_id)


def test_a_run_that_a_stopped_host_left_behind_is_closed_and_retried(deployment):
    with deployment.running() as process:
        run_id = deployment.launch()
        worker = deployment.worker(run_id)
        os.killpg(process.pid, signal.SIGKILL)
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)
    deployment.released.set()
    closed = subprocess.run(
        CLOSE, env=deployment.environment, capture_output=True, text=True, check=True, timeout=60
    )
    assert closed.stdout == f"closed run {run_id}\n"

    with deployment.running():
        assert_healed(deployment, run_id)
