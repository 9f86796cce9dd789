"""Serves Dagster's UI on a port of this machine, until it is stopped."""

import http.client
import logging
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from wp_pipeline.orchestration.sensors.endpoints import LOCATION
from wp_pipeline.sandbox.local_aws import SandboxError, ends_with_us, free_port, is_free

USUAL_PORT = 3000
NEXT_PORTS = range(USUAL_PORT, USUAL_PORT + 20)
SECONDS_TO_START = 120.0
SECONDS_TO_STOP = 20.0
POLL_INTERVAL = 0.2

log = logging.getLogger("wp_pipeline")


def choose_port(wanted: int | None) -> int:
    """Return the wanted port; else 3000, or the next one that is free. Raises SandboxError."""
    if wanted is None:
        return next((port for port in NEXT_PORTS if is_free(port)), None) or free_port()
    if not is_free(wanted):
        raise SandboxError(f"port {wanted} is in use: choose another, or leave PORT out")
    return wanted


@contextmanager
def ui_served(port: int, output: Path) -> Iterator[Callable[[], None]]:
    """Serve the UI while the context is open, which begins when it answers.

    Yields a function that waits until Dagster ends. Raises SandboxError if it does not start.
    """
    command = [*ends_with_us("INT"), sys.executable, "-m", "dagster", "dev", "-w", "workspace.yaml"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"]
    log.info("starting Dagster's UI")
    with output.open("w") as lines:
        process = subprocess.Popen(command, stdout=lines, stderr=lines)
    try:
        wait_until_it_answers(port, process, output)
        yield lambda: wait_for(process)
    finally:
        interrupt(process)


def wait_for(process: subprocess.Popen[bytes]) -> None:
    process.wait()


def page_of(site: str, port: int) -> str:
    """Return the address of the site's lineage in the UI."""
    return f"http://127.0.0.1:{port}/locations/{LOCATION}/asset-groups/{site}/lineage"


def wait_until_it_answers(port: int, process: subprocess.Popen[bytes], output: Path) -> None:
    """Raises SandboxError."""
    end = time.monotonic() + SECONDS_TO_START
    while process.poll() is None and time.monotonic() < end:
        if answers(port):
            return
        time.sleep(POLL_INTERVAL)
    raise SandboxError(f"Dagster's UI did not start: {output} has the reason")


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/server_info")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def interrupt(process: subprocess.Popen[bytes]) -> None:
    """Let Dagster end its own processes."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    try:
        process.wait(SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
