"""The servers of `make ui` listen on loopback only, and stop with it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from wp_pipeline.sandbox.local_aws import free_port
from wp_pipeline_tests.support.dagster_api import DagsterApi, wait_until
from wp_pipeline_tests.support.deployments.local_dagster import copy_project, end
from wp_pipeline_tests.support.interruptions import ignore_sigint
from wp_pipeline_tests.support.listening_sockets import (
    Listener,
    is_on_loopback,
    listeners,
    started_with,
)

SECONDS_TO_START = 180.0
SECONDS_TO_STOP = 60.0


class Ui:
    """The processes of `make ui`, and every address that any of them listened on.

    It is started as a script starts what runs in its background: with SIGINT ignored.
    """

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.seen: set[Listener] = set()
        self._mark = uuid4().hex
        copy_project(folder / "project")
        self._log = folder / "ui.log"
        with self._log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "wp_pipeline.sandbox", "ui", "--port", str(self.port)],
                cwd=folder / "project",
                env={**os.environ, "MARK": self._mark, "PYTHONPATH": str(folder / "project")},
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=ignore_sigint,
            )

    def listening(self) -> set[Listener]:
        found = listeners(started_with(self._mark))
        self.seen |= found
        return found

    def is_up(self) -> bool:
        assert self.process.poll() is None, self._log.read_text()
        self.listening()
        is_told = "stop it with Ctrl-C" in self._log.read_text()
        return is_told and DagsterApi(f"http://127.0.0.1:{self.port}").is_up()

    def end(self, by: signal.Signals) -> None:
        """Send a signal: to the process group like a terminal, or only to the process."""
        if by is signal.SIGTERM:
            self.process.terminate()
        else:
            os.killpg(self.process.pid, by)
        self.process.wait(SECONDS_TO_STOP)


@pytest.fixture
def ui(tmp_path: Path) -> Iterator[Ui]:
    ui = Ui(tmp_path)
    try:
        wait_until(ui.is_up, SECONDS_TO_START)
        yield ui
    finally:
        end(ui.process)


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_all_of_the_ui_listens_on_loopback_only_and_ends_with_it(ui, by):
    ports = {one.port for one in ui.listening()}

    assert ui.port in ports
    assert len(ports) >= 4  # With Parameter Store, S3 and the sample site.
    assert [one for one in ui.seen if not is_on_loopback(one)] == []
    ui.end(by)
    wait_until(lambda: ui.listening() == set(), SECONDS_TO_STOP)
