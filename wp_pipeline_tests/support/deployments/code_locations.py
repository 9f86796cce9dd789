"""Writes what `dagster dev` loads: our code with sites, leaking code, and DEBUG logging."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import yaml

from wp_pipeline_tests.fakes.faulty_sites import Site
from wp_pipeline_tests.support.deployments import leaking_code
from wp_pipeline_tests.support.deployments.local_dagster import copy_project

OURS = "wp_pipeline"
MISCONFIGURED = "misconfigured"  # a project of ours that does not load
LEAKING = "leaking"
LEAKING_WHEN_LOADED = "leaking_when_loaded"
LOCATIONS = (OURS, MISCONFIGURED, LEAKING, LEAKING_WHEN_LOADED)

COMPONENT = "wp_pipeline.orchestration.site.WordPressSite"
STATE = Path("wp_pipeline", "defs", ".local_defs_state")
DAGSTER_YAML = {
    "telemetry": {"enabled": False},
    "nux": {"enabled": False},
    # Logs of every library become events of the run.
    "python_logs": {"managed_python_loggers": ["root"], "python_log_level": "DEBUG"},
    "run_coordinator": {
        "module": "dagster._core.run_coordinator.queued_run_coordinator",
        "class": "QueuedRunCoordinator",
        "config": {"dequeue_interval_seconds": 1},
    },
}
DEBUGGING = "debugging"
# Python imports it in every process: code servers, runs, webserver, daemon.
SITECUSTOMIZE = "import logging\nlogging.basicConfig(level=logging.DEBUG)\n"


def write_all(folder: Path, sites: Sequence[Site]) -> None:
    """Write a folder for each code location, and a workspace with all of them."""
    misconfigured = replace(sites[0], given={**sites[0].given, "timezone": "Mars/Olympus"})
    write_project(folder / OURS, sites)
    write_project(folder / MISCONFIGURED, [misconfigured])
    (folder / f"{LEAKING}.py").write_text(leaking_code.LOCATION)
    (folder / f"{LEAKING_WHEN_LOADED}.py").write_text(leaking_code.LOCATION_THAT_FAILS)
    (folder / DEBUGGING).mkdir()
    (folder / DEBUGGING / "sitecustomize.py").write_text(SITECUSTOMIZE)
    modules = [
        {
            "python_module": {
                "module_name": "wp_pipeline.definitions",
                "location_name": name,
                "working_directory": str(folder / name),
            }
        }
        for name in (OURS, MISCONFIGURED)
    ]
    files = [
        {"python_file": {"relative_path": f"{name}.py", "location_name": name}}
        for name in (LEAKING, LEAKING_WHEN_LOADED)
    ]
    write_yaml(folder / "workspace.yaml", {"load_from": [*modules, *files]})


def write_project(folder: Path, sites: Sequence[Site]) -> None:
    """Copy our project, and add sites to it as docs/several-sites.md says."""
    copy_project(folder)
    defs = folder / "wp_pipeline" / "defs"
    shutil.rmtree(defs / "amazonwebshark")
    for site in sites:
        (defs / site.name).mkdir()
        component = {"type": COMPONENT, "attributes": site.attributes}
        write_yaml(defs / site.name / "defs.yaml", component)


def write_yaml(path: Path, content: object) -> None:
    path.write_text(yaml.safe_dump(content))
