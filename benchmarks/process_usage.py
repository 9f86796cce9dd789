"""Measures time and memory of a command, from the start of its process to its exit."""

import os
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

TIMEOUT_SECONDS = 900
MAXRSS_UNIT = 1024  # Linux counts in KiB: getrusage(2).


@dataclass(frozen=True)
class Usage:
    """The cost of one process and of the children that it waited for.

    `peak_mb` is that of the largest process, not a sum, in units of 10^6 bytes. It is never below
    what the benchmark itself held when it started the process, some 25 MB: Linux counts from there.
    """

    exit_status: int
    wall_seconds: float
    cpu_seconds: float
    peak_mb: float


def usage_of(command: list[str], environment: dict[str, str], directory: Path, log: Path) -> Usage:
    """Run the command to its end, its output into the log."""
    with log.open("wb") as output:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, env=environment, cwd=directory, stdout=output, stderr=subprocess.STDOUT
        )
        alarm = threading.Timer(TIMEOUT_SECONDS, process.kill)
        alarm.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall_seconds = time.perf_counter() - started
        alarm.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)  # Else Popen would wait for it too.
    return Usage(
        exit_status=process.returncode,
        wall_seconds=wall_seconds,
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        peak_mb=usage.ru_maxrss * MAXRSS_UNIT / 1e6,
    )
