"""What ended runs tell of a site: what failed and why, and what succeeded.

The reasons of our own `dg.Failure` are reported as they are: they hold no URL. The message of any
other error may hold anything, so only the error's class is reported.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import dagster as dg

from wp_pipeline.extraction.alerts import WHOLE
from wp_pipeline.orchestration.dagster_internals.run_events import (
    error_class_in,
    events_of,
    failure_in,
)
from wp_pipeline.orchestration.recovery.failures import reasons_in
from wp_pipeline.orchestration.schedules import job_name
from wp_pipeline.orchestration.steps.names import is_step_of
from wp_pipeline.settings import Settings

ENDINGS = (
    dg.DagsterEventType.RUN_SUCCESS,
    dg.DagsterEventType.RUN_FAILURE,
    dg.DagsterEventType.RUN_CANCELED,
)
KINDS = (dg.DagsterEventType.STEP_FAILURE, dg.DagsterEventType.ASSET_MATERIALIZATION)
MOST_RUNS = 25  # in a tick
ALL_ASSETS = "__ASSET_JOB"  # How Dagster calls the job behind "Materialize" in its UI.
CRASHED = "its process was killed, or could not be started; see the run's events, and run it again"


@dataclass(frozen=True)
class EndedRun:
    """A run that has ended; `position` is that of its end in the event log, and only increases."""

    position: int
    run_id: str
    was_canceled: bool
    has_failed: bool


@dataclass(frozen=True)
class RunResult:
    """What a run tells: a line for each endpoint that failed, or for the whole extraction, and the
    asset names of what is stored.
    """

    failed: Mapping[str, str] = field(default_factory=dict)
    stored: frozenset[str] = frozenset()


def newest_position(instance: dg.DagsterInstance) -> int:
    """Return the position in the event log of the end of the last run."""
    found = [instance.fetch_run_status_changes(ending, limit=1).records for ending in ENDINGS]
    return max((record.storage_id for records in found for record in records), default=0)


def ended_since(instance: dg.DagsterInstance, position: int) -> list[EndedRun]:
    """Return the next runs of all jobs that ended after this position, in the order of ending."""
    ended = [
        EndedRun(
            position=record.storage_id,
            run_id=record.run_id,
            was_canceled=ending is dg.DagsterEventType.RUN_CANCELED,
            has_failed=ending is dg.DagsterEventType.RUN_FAILURE,
        )
        for ending in ENDINGS
        for record in instance.fetch_run_status_changes(
            dg.RunStatusChangeRecordsFilter(ending, after_storage_id=position),
            limit=MOST_RUNS,
            ascending=True,
        ).records
    ]
    return sorted(ended, key=lambda one: one.position)[:MOST_RUNS]


def result_of(
    ended: EndedRun,
    instance: dg.DagsterInstance,
    settings: Settings,
    run: dg.DagsterRun | None = None,
) -> RunResult:
    """Return what the run tells of the site; nothing if it was a run of something else."""
    run = run or instance.get_run_by_id(ended.run_id)
    if run is None or not is_of_site(run, settings):
        return RunResult()
    events = list(events_of(instance, ended.run_id, KINDS))
    stored = frozenset(
        event.asset_key.path[-1]
        for event in events
        if event.is_step_materialization
        and event.asset_key
        and is_key_of_site(event.asset_key, settings)
    )
    if ended.was_canceled:
        return RunResult(stored=stored)
    failures = [event for event in events if event.is_step_failure]
    if ended.has_failed and not failures:
        return RunResult({WHOLE: f"{WHOLE}: {CRASHED}"}, stored)
    ours = [event for event in failures if is_step_of(event.step_key, settings)]
    return RunResult(
        {name: line for event in ours for name, line in failures_in(event).items()}, stored
    )


def is_of_site(run: dg.DagsterRun, settings: Settings) -> bool:
    """Whether it is a run of the site's job, or of the UI's, with an asset or check of the site."""
    if run.job_name != ALL_ASSETS:
        return run.job_name == job_name(settings)
    checks = run.asset_check_selection or ()
    keys = [*(run.asset_selection or ()), *(check.asset_key for check in checks)]
    return not keys or any(is_key_of_site(key, settings) for key in keys)


def is_key_of_site(key: dg.AssetKey, settings: Settings) -> bool:
    return key.path[0] == settings.site


def failures_in(event: dg.DagsterEvent) -> Mapping[str, str]:
    """Return a line for each endpoint that failed in a step, or for the whole extraction."""
    failure = failure_in(event)
    if failure is None:
        kind = error_class_in(event) or "an error"
        return {WHOLE: f"{WHOLE}: ended by {kind}; see the run's events"}
    failed: dict[str, str] = {}
    for name, line in reasons_in(failure):
        failed[name] = f"{failed[name]}; {line}" if name in failed else line
    # Without reasons nothing was extracted: what a run needs is missing.
    return failed or {WHOLE: f"{WHOLE}: {failure.description}"}
