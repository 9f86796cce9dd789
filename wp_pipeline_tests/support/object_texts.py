"""Prints the repr and str of all our objects during an extraction, without and with Dagster.

As a module of its own it prints, for each object, when that was, its type, and what it says.
"""

import gc
import json
import os
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass

import dagster as dg
from dagster._core.definitions.job_base import InMemoryJob
from dagster._core.execution.api import execute_run_iterator

from wp_pipeline.definitions import defs
from wp_pipeline.extraction.run import run
from wp_pipeline.settings import Settings

PLANTED = "x4tplw9cz1"


@dataclass
class LeakingObject:
    """Looks like one of our objects, and shows its secret."""

    secret: str


LeakingObject.__module__ = "wp_pipeline.leaking"


def extraction() -> object:
    """Extract until the first endpoint has ended; the others are still running."""
    outcomes = run(Settings.from_environment())
    next(outcomes)
    return outcomes


def run_of_dagster() -> object:
    """Run the job until its first asset is materialized."""
    instance = dg.DagsterInstance.ephemeral()
    job = defs().resolve_job_def(f"{Settings.from_environment().site}_extraction")
    created = instance.create_run_for_job(job)
    events = execute_run_iterator(InMemoryJob(job), created, instance)
    next(event for event in events if event.is_step_materialization)
    return events


def ours() -> Iterator[tuple[str, str]]:
    """Yield the type of each of our objects in memory, with its repr and str."""
    for one in gc.get_objects():
        kind = type(one)
        if str(kind.__module__).startswith("wp_pipeline."):
            yield kind.__name__, f"{one!r} {one}"


def main() -> None:
    alive: list[object] = [LeakingObject(PLANTED)]
    for begin in (extraction, run_of_dagster):
        alive.append(begin())
        for kind, text in ours():
            print(json.dumps([begin.__name__, kind, text]))


if __name__ == "__main__":
    status = 1
    try:
        main()
        status = 0
    except Exception:
        traceback.print_exc()
    sys.stdout.flush()
    os._exit(status)  # Otherwise the process would wait for the running threads.
