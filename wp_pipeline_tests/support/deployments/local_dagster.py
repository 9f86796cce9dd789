"""Dagster's UI as `make ui` starts it, on free ports and in a temporary folder."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from sample_site.server import SampleSiteServer
from sample_site.site import SampleSite
from wp_pipeline.sandbox.__main__ import DAGSTER_YAML, sample_urls
from wp_pipeline.sandbox.local_aws import BUCKET, LocalAws, free_port
from wp_pipeline.settings import Settings
from wp_pipeline_tests.support.dagster_api import DagsterApi, wait_until
from wp_pipeline_tests.support.interruptions import accept_sigint

REPOSITORY = Path(__file__).parents[3]
PROJECT = ("wp_pipeline", "sample_site", "pyproject.toml", "workspace.yaml")
SECRET = "unspeakable4821"  # The random part of the URLs of the plugin's endpoints.
SECONDS_TO_START = 120.0
SECONDS_TO_STOP = 20.0


class LocalDagster:
    """A sample site, a local AWS, and Dagster's webserver and daemon."""

    def __init__(self, folder: Path) -> None:
        self.site = SampleSiteServer(SampleSite(suffix=SECRET))
        self.aws = LocalAws(folder / "lake")
        self.home = folder / "dagster"
        self.log = folder / "dagster.log"
        self.url = f"http://127.0.0.1:{free_port()}"
        self.dagster = DagsterApi(self.url)
        self._project = folder / "project"

    @contextmanager
    def running(self) -> Iterator["LocalDagster"]:
        self.home.mkdir()
        (self.home / "dagster.yaml").write_text(DAGSTER_YAML)
        copy_project(self._project)
        with ExitStack() as stack:
            stack.enter_context(self.site)
            stack.enter_context(self.aws)
            self.aws.put_parameters({Settings().bucket_parameter: BUCKET})
            self.put_endpoints(self.urls)
            stack.enter_context(self._dagster())
            yield self

    @property
    def urls(self) -> list[str]:
        """The URLs of the first endpoints, as in the parameter."""
        return [url.replace("_4821", f"_{SECRET}") for url in sample_urls(self.site.url)]

    def put_endpoints(self, urls: list[str]) -> None:
        self.aws.put_parameters({Settings().endpoints_parameter: ",".join(urls)})

    @contextmanager
    def _dagster(self) -> Iterator[None]:
        command = [sys.executable, "-m", "dagster", "dev", "-w", "workspace.yaml"]
        command += ["--host", "127.0.0.1", "--port", self.url.rpartition(":")[2]]
        ours = ("AWS_", "DAGSTER_", "WP_PIPELINE_")
        inherited = {name: text for name, text in os.environ.items() if not name.startswith(ours)}
        environment = {
            **inherited,
            **self.aws.environment,
            "DAGSTER_HOME": str(self.home),
            "PYTHONPATH": str(self._project),
            "WP_PIPELINE_TABLES": "true",
            "WP_PIPELINE_WEBSERVER": self.url,
        }
        with self.log.open("w") as output:
            process = subprocess.Popen(
                command,
                cwd=self._project,
                env=environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=accept_sigint,
            )
            try:
                wait_until(lambda: self._is_up(process), SECONDS_TO_START)
                yield
            finally:
                end(process)

    def _is_up(self, process: subprocess.Popen[bytes]) -> bool:
        assert process.poll() is None, self.log.read_text()
        return self.dagster.is_up()


def copy_project(folder: Path) -> None:
    """Copy what Dagster loads, since the state file with the endpoint names is stored beside it."""
    unwanted = shutil.ignore_patterns("__pycache__", ".local_defs_state")
    folder.mkdir()
    for name in PROJECT:
        source = REPOSITORY / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=unwanted)
        else:
            shutil.copy(source, folder)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process and its descendants."""
    process.send_signal(signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        process.wait(SECONDS_TO_STOP)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
