"""Starts the run of a site's job: in a process of its own, or by the webserver of a UI."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import dagster as dg

from wp_pipeline.orchestration.sensors.endpoints import LOCATION
from wp_pipeline.sandbox.local_aws import SandboxError

TAG = ".dagster/sandbox"  # Dagster's UI does not show tags with this prefix.

# Starts a run of a job, with a value of TAG. The context tells whether the run may still go on.
Start = Callable[[str, str], AbstractContextManager[Callable[[], bool]]]


def run_of(instance: dg.DagsterInstance, mark: str) -> dg.DagsterRun | None:
    """Return the run whose TAG has this value."""
    records = instance.get_run_records(dg.RunsFilter(tags={TAG: mark}), limit=1)
    return records[0].dagster_run if records else None


def start_in_process(log_file: Path) -> Start:
    """Let Dagster's command execute the job: nothing else has to run."""

    @contextmanager
    def started(job: str, mark: str) -> Iterator[Callable[[], bool]]:
        command = [sys.executable, "-m", "dagster", "job", "execute"]
        command += ["-m", "wp_pipeline.definitions", "--job", job]
        command += ["--tags", json.dumps({TAG: mark})]
        with log_file.open("w") as output:
            process = subprocess.Popen(command, stdout=output, stderr=output)
        try:
            yield lambda: process.poll() is None
        except KeyboardInterrupt:
            process.wait()  # It was interrupted too, and ends its run properly.
            raise

    return started


def start_by_webserver(port: int, instance: dg.DagsterInstance) -> Start:
    """Let a webserver of this machine launch the job. Raises SandboxError.

    The run then belongs to the code location of the webserver, so that its UI can execute it again.
    """

    @contextmanager
    def started(job: str, mark: str) -> Iterator[Callable[[], bool]]:
        from dagster_graphql import DagsterGraphQLClient, DagsterGraphQLClientError

        client = DagsterGraphQLClient("127.0.0.1", port_number=port)
        try:
            client.submit_job_execution(job, LOCATION, "__repository__", tags={TAG: mark})
        except DagsterGraphQLClientError as error:
            reason = str(error).splitlines()[0]
        else:
            yield lambda: is_under_way(run_of(instance, mark))
            return
        raise SandboxError(f"Dagster did not start the run: {reason}")

    return started


def is_under_way(run: dg.DagsterRun | None) -> bool:
    return run is not None and not run.is_finished
