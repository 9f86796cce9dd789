"""Runs the job of a site, and prints its log and tables of its assets and checks."""

import logging
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import dagster as dg

from wp_pipeline.commands.terminal import TEXTS, cell_of_changes, print_table
from wp_pipeline.definitions import load
from wp_pipeline.extraction.outcomes import Changes, readable_size
from wp_pipeline.orchestration import answered
from wp_pipeline.orchestration.dagster_internals.run_events import (
    entries_after,
    evaluation_in,
    events_of,
    materialization_in,
)
from wp_pipeline.orchestration.schedules import job_name
from wp_pipeline.sandbox.local_aws import SandboxError
from wp_pipeline.sandbox.report import make_report
from wp_pipeline.sandbox.start_run import Start, run_of
from wp_pipeline.sandbox.tables import make_tables, print_tables
from wp_pipeline.settings import Settings

POLL_INTERVAL = 0.3

log = logging.getLogger("wp_pipeline")


def materialize(
    settings: Settings,
    where: Callable[[str], str],
    start: Start,
    instance: dg.DagsterInstance,
    log_file: Path,
) -> bool:
    """Run the job `<site>_extraction`; print its log, its assets, and where report and tables are.

    `where` turns an object's URI into the text that is shown, `log_file` is what the run's process
    writes to. Returns whether the run succeeded. Raises SandboxError.
    """
    mark = uuid.uuid4().hex
    with start(job_name(settings), mark) as is_running:
        load()  # For the report, while the run starts.
        for entry in entries(instance, mark, is_running):
            show(entry)
    run = run_of(instance, mark)
    if run is None:
        raise SandboxError(f"Dagster did not start the run; {log_file} has the reason")
    print_assets(instance, run.run_id, where)
    checks = evaluations(instance, run.run_id)
    print_checks(checks)
    report = make_report(settings, instance)
    if report is not None:
        print(f"report: {where(report)}")
    if tables := make_tables(settings, instance):
        print_tables(tables, where)
    print_verdict(checks)
    return run.status is dg.DagsterRunStatus.SUCCESS


def entries(
    instance: dg.DagsterInstance, mark: str, is_running: Callable[[], bool]
) -> Iterator[dg.EventLogEntry]:
    """Yield the entries of the run's event log, until it has ended."""
    run, cursor, goes_on = None, None, True
    while goes_on:
        goes_on = is_running()
        run = run or run_of(instance, mark)
        if run is not None:
            found, cursor = entries_after(instance, run.run_id, cursor)
            yield from found
        if goes_on:
            time.sleep(POLL_INTERVAL)


def show(entry: dg.EventLogEntry) -> None:
    """Print our own log lines, and failures."""
    event = entry.dagster_event
    if event is None:
        log.log(int(entry.level), entry.user_message)
    elif event.is_failure:
        log.error(event.message)


def print_assets(instance: dg.DagsterInstance, run_id: str, where: Callable[[str], str]) -> None:
    head = ("asset", "rows", "changes", "size", "seconds", "where it is")
    lines = []
    for event in events_of(instance, run_id, {dg.DagsterEventType.ASSET_MATERIALIZATION}):
        made = materialization_in(event)
        values: dict[str, Any] = {k: v.value for k, v in made.metadata.items()}
        lines.append(
            (
                made.asset_key.to_user_string(),
                f"{values['dagster/row_count']:,}",
                cell_of_changes(values["unchanged"], changes_in(values)),
                readable_size(values["size_bytes"]),
                f"{values['duration_seconds']:.2f}",
                where(values["dagster/uri"]),
            )
        )
    print_table(head, sorted(lines), TEXTS)


def changes_in(metadata: Mapping[str, Any]) -> Changes | None:
    """Return the changes that the metadata of a materialization count."""
    counts = {one.name: metadata[one.name] for one in fields(Changes) if one.name in metadata}
    return Changes(**counts) if counts else None


Evaluations = Mapping[dg.AssetCheckKey, dg.AssetCheckEvaluation]


def evaluations(instance: dg.DagsterInstance, run_id: str) -> Evaluations:
    """Return the last evaluation of each check in a run: a retry evaluates some once more."""
    kinds = {dg.DagsterEventType.ASSET_CHECK_EVALUATION}
    found = [evaluation_in(event) for event in events_of(instance, run_id, kinds)]
    return {check.asset_check_key: check for check in found}


def print_checks(checks: Evaluations) -> None:
    """Print how many checks passed, and those that did not."""
    print(f"{sum(check.passed for check in checks.values())} of {len(checks)} checks passed")
    for key, check in checks.items():
        if not check.passed:
            asset, severity = key.asset_key.to_user_string(), check.severity.value.lower()
            print(f"{severity}: {asset}: {key.name}: {check.description}")


def print_verdict(checks: Evaluations) -> None:
    """Print how many endpoints are up to date: the last line."""
    answers = [check.passed for key, check in checks.items() if key.name == answered.NAME]
    if answers:
        print(f"{sum(answers)} of {len(answers)} endpoints are up to date")
