"""A Dagster of several hosts on this one: PostgreSQL, Redis, Celery workers and many sites."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import yaml

from sample_site.messages import Answer, Request
from sample_site.server import SampleSiteServer
from sample_site.site import SampleSite
from wp_pipeline.sandbox.local_aws import free_port
from wp_pipeline_tests.fakes.aws import BUCKET, REGION, FakeAws
from wp_pipeline_tests.fakes.faulty_sites import BUCKET_PARAMETER, Site, environment
from wp_pipeline_tests.support.dagster_api import DagsterApi, wait_until
from wp_pipeline_tests.support.deployments import postgres_and_redis
from wp_pipeline_tests.support.deployments.code_locations import OURS, write_project, write_yaml
from wp_pipeline_tests.support.deployments.dagster_deployment import LAUNCH, dagster_dev
from wp_pipeline_tests.support.deployments.graphql_dump import repository

DEPLOY = Path(__file__).parents[3] / "deploy"
PROGRAMS = Path(sys.executable).parent
LOGS = "logs"
ENDPOINTS = ("categories", "comments", "pages", "posts", "tags")
CONCURRENCY = 4
SECONDS_TO_START = 180.0
SECONDS_TO_RUN = 300.0
SECONDS_TO_MEET = 30.0
# Only limits differ from deploy/production.yaml. A run that the killed worker had fetched, and not
# begun, is noticed by the time to start. On a busy machine a run itself takes half a minute.
HASTE = {
    "poll_interval_seconds": 2,
    "start_timeout_seconds": 60,
    "max_runtime_seconds": 45,
    "free_slots_after_run_end_seconds": 2,
}
MORE_OF_A_RUN = "query ($id: ID!) { runOrError(runId: $id) { ... on Run { startTime endTime } } }"


class CountedSite:
    """A sample site that counts how many requests it has under way, and may hold some of them."""

    def __init__(self, server: SampleSiteServer) -> None:
        self.most = 0
        self.held = ""  # What the path of a held request ends with.
        self.released = threading.Event()
        # Whether requests for two endpoints were under way together, for which others wait.
        self.is_meeting = False
        self.have_met = threading.Event()
        self.server = server
        self._others = server.answers
        self._under_way: list[str] = []
        self._lock = threading.Lock()
        server.answers = self._answer

    def _answer(self, request: Request) -> Answer:
        with self._lock:
            self._under_way.append(request.path)
            self.most = max(self.most, len(self._under_way))
            if len(set(self._under_way)) > 1:
                self.have_met.set()
        try:
            if self.is_meeting:
                self.have_met.wait(SECONDS_TO_MEET)
            if self.held and request.path.endswith(self.held):
                self.released.wait(120)
            return self._others(request)
        finally:
            with self._lock:
                self._under_way.remove(request.path)

    def ids(self, endpoint: str) -> list[int]:
        return self.server.site.readable_ids(endpoint)


class CeleryDeployment:
    """Sites, AWS, and the parts of Dagster."""

    def __init__(self, folder: Path, aws: FakeAws) -> None:
        self.aws = aws
        self.folder = folder
        self.home = folder / "dagster"
        self.url = f"http://127.0.0.1:{free_port()}"
        self.api = DagsterApi(self.url)
        self.sites: dict[str, CountedSite] = {}
        self.workers: dict[str, subprocess.Popen[bytes]] = {}
        self.environment: dict[str, str] = {}
        self._stack = ExitStack()

    @contextmanager
    def running(self, sites: Mapping[str, Mapping[str, Any]]) -> Iterator["CeleryDeployment"]:
        """Run everything, with these sites and their attributes, but no worker yet."""
        with self._stack:
            write_project(self.folder / OURS, [self._serve(name, sites[name]) for name in sites])
            write_yaml(self.folder / "workspace.yaml", {"load_from": [{"python_module": {
                "module_name": "wp_pipeline.definitions", "location_name": OURS,
                "working_directory": str(self.folder / OURS),
            }}]})  # fmt: skip
            self._write_instance()
            broker = self._stack.enter_context(postgres_and_redis.redis())
            self.environment = {
                **environment(self.aws),
                "PATH": f"{PROGRAMS}:{os.environ['PATH']}",
                "DAGSTER_HOME": str(self.home),
                "DAGSTER_POSTGRES_URL": self._stack.enter_context(postgres_and_redis.postgres()),
                "DAGSTER_LOGS_BUCKET": LOGS,
                "CELERY_BROKER_URL": f"{broker}/0",
                "CELERY_RESULT_BACKEND": f"{broker}/1",
            }
            output = self.folder / "output"
            self._stack.enter_context(dagster_dev(self.folder, self.url, self.environment, output))
            self._stack.callback(self._end_workers)
            yield self

    def _serve(self, name: str, given: Mapping[str, Any]) -> Site:
        counts = given.get("counts", {one: 3 for one in ENDPOINTS})
        server = SampleSiteServer(SampleSite(counts, volatile=False), latency=0.02)
        self.sites[name] = CountedSite(self._stack.enter_context(server))
        urls = ",".join(f"{server.url}/wp-json/wp/v2/{one}" for one in ENDPOINTS)
        more = {key: value for key, value in given.items() if key != "counts"}
        patient = {"timeout": 120, "deadline": 300, "concurrency": CONCURRENCY}
        site = Site(name, {f"/{name}/endpoints": urls}, given={**patient, **more})
        self.aws.put_parameters({BUCKET_PARAMETER: BUCKET, **site.parameters})
        return site

    def _write_instance(self) -> None:
        self.aws.client("s3").create_bucket(
            Bucket=LOGS, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        files = (DEPLOY / "production.yaml", DEPLOY / "run_launchers" / "celery.yaml")
        instance = yaml.safe_load("".join(one.read_text() for one in files))
        instance["run_monitoring"].update(HASTE)
        instance["concurrency"]["pools"]["default_limit"] = 2
        instance["concurrency"]["runs"]["max_concurrent_runs"] = 6
        self.home.mkdir()
        write_yaml(self.home / "dagster.yaml", instance)

    def start_workers(self, *names: str) -> None:
        """Start Celery workers as docs/production.md says, and wait until they are ready."""
        missing = set(names) - set(self.workers)
        for name in missing:
            command = [
                "dagster-celery",
                "worker",
                "start",
                "-A",
                "dagster_celery.app",
            ]
            command += ["-y", str(DEPLOY / "celery.yaml"), "-n", name, "--", "--concurrency=2"]
            places = {**self.environment, "PYTHONPATH": str(self.folder / OURS)}
            with self.log_of(name).open("w") as output:
                self.workers[name] = subprocess.Popen(
                    command,
                    cwd=self.folder,
                    env=places,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                )
        logs = [self.log_of(name) for name in missing]
        wait_until(lambda: all(" ready." in log.read_text() for log in logs), SECONDS_TO_START)

    def log_of(self, worker: str) -> Path:
        return self.folder / f"worker {worker}"

    def kill_worker_of(self, process: int) -> str:
        """Kill the worker with this process, as a power failure would; return its name."""
        group = os.getpgid(process)
        (name,) = (one for one, worker in self.workers.items() if worker.pid == group)
        self._kill(name)
        return name

    def _kill(self, name: str) -> None:
        worker = self.workers.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()

    def _end_workers(self) -> None:
        for name in list(self.workers):
            self._kill(name)

    def execute(self, site: str, **more: str) -> str:
        """Execute a run of the site's job in a process of this host; return what it printed."""
        command = ["dagster", "job", "execute", "-m", "wp_pipeline.definitions"]
        command += ["-j", f"{site}_extraction", "--tags", '{"dagster/max_runtime": "300"}']
        done = subprocess.run(
            command,
            cwd=self.folder / OURS,
            env={**self.environment, **more},
            timeout=SECONDS_TO_RUN,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stderr

    def launch(self, site: str) -> str:
        """Queue a run of the site's job; return its id."""
        before = self.api.run_ids()
        job = {**repository(OURS), "pipelineName": f"{site}_extraction"}
        run = {"selector": job, "mode": "default", "runConfigData": {}}
        launched = self.api.ask(LAUNCH, run=run)["launchPipelineExecution"]
        assert launched["__typename"] == "LaunchRunSuccess", launched
        (run_id,) = self.api.run_ids() - before
        return run_id

    def times(self, run_id: str) -> tuple[float, float]:
        run = self.api.ask(MORE_OF_A_RUN, id=run_id)["runOrError"]
        return run["startTime"], run["endTime"]

    def stored(self, site: str, endpoint: str) -> list[int]:
        return [row["id"] for row in json.loads(self.aws.object(f"raw/{site}/{endpoint}.json"))]

    def uploads(self, site: str, endpoint: str) -> int:
        return self.aws.operations.count(f"PUT /{BUCKET}/raw/{site}/{endpoint}.json")
