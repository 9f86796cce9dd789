"""What ended runs tell of a site: what failed and why, and what succeeded.

The reasons of our own `dg.Failure` are reported as they are: they hold no URL. The message of any
other error may hold anything, so only the error's class is reported.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import dagster as dg

from wp_pipeline.aws.lake import REPORT
from wp_pipeline.extraction.alerts import WHOLE
from wp_pipeline.orchestration.dagster_internals.run_events import (
    error_class_in,
    events_of,
    failure_in,
)
from wp_pipeline.orchestration.recovery.failures import Reason, reasons_in
from wp_pipeline.orchestration.schedules import job_name
from wp_pipeline.orchestration.steps.names import (
    A_TABLE,
    THE_REPORT,
    THE_TABLES,
    name_of_table,
    part_of,
)
from wp_pipeline.orchestration.tables.assets import job_name as tables_job_name
from wp_pipeline.orchestration.tables.plan import TABLES
from wp_pipeline.settings import Settings

ENDINGS = (
    dg.DagsterEventType.RUN_SUCCESS,
    dg.DagsterEventType.RUN_FAILURE,
    dg.DagsterEventType.RUN_CANCELED,
)
KINDS = (
    dg.DagsterEventType.STEP_FAILURE,
    dg.DagsterEventType.STEP_SUCCESS,
    dg.DagsterEventType.ASSET_MATERIALIZATION,
)
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
    """What a run tells of a site.

    failed      a line for each endpoint, or part of the site, that failed
    stored      the asset names of the endpoints whose objects are stored
    built       the tables that are stored, as alerts call them
    succeeded   the parts of the site of which a step succeeded
    """

    failed: Mapping[str, str] = field(default_factory=dict)
    stored: frozenset[str] = frozenset()
    built: frozenset[str] = frozenset()
    succeeded: frozenset[str] = frozenset()


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
    stored = frozenset(materialized(events, WHOLE, settings))
    built = frozenset(map(name_of_table, materialized(events, THE_TABLES, settings)))
    parts = {part_of(event.step_key, settings) for event in events if event.is_step_success}
    succeeded = frozenset(part for part in parts if part)
    if ended.was_canceled:
        return RunResult({}, stored, built, succeeded)
    failures = [event for event in events if event.is_step_failure]
    if ended.has_failed and not failures:
        part = part_of_run(run, settings)
        return RunResult({part: f"{part}: {CRASHED}"}, stored, built, succeeded)
    reasons = [
        reason
        for event in failures
        if (part := part_of(event.step_key, settings))
        for reason in failures_in(event, part)
    ]
    return RunResult(joined(reasons), stored, built, succeeded)


def materialized(events: Iterable[dg.DagsterEvent], part: str, settings: Settings) -> Iterator[str]:
    """Yield the names of the assets that steps of a part of the site materialized."""
    for event in events:
        is_of_part = part_of(event.step_key, settings) == part
        if event.is_step_materialization and event.asset_key and is_of_part:
            yield event.asset_key.path[-1]


def is_of_site(run: dg.DagsterRun, settings: Settings) -> bool:
    """Whether it is a run of the site's jobs, or of the UI's with an asset or check of the site."""
    if run.job_name != ALL_ASSETS:
        return run.job_name in (job_name(settings), tables_job_name(settings))
    keys = selected_keys(run)
    return not keys or any(is_key_of_site(key, settings) for key in keys)


def part_of_run(run: dg.DagsterRun, settings: Settings) -> str:
    """Return the part of the site that a run was to bring up to date; the extraction, if several.

    It is needed where no step tells it: the process was killed.
    """
    if run.job_name == tables_job_name(settings):
        return THE_TABLES
    parts = {part_of_key(key) for key in selected_keys(run) if is_key_of_site(key, settings)}
    return parts.pop() if len(parts) == 1 else WHOLE


def part_of_key(key: dg.AssetKey) -> str:
    match key.path[1:]:
        case [folder, _] if folder == TABLES:
            return THE_TABLES
        case [name] if name == REPORT:
            return THE_REPORT
    return WHOLE


def selected_keys(run: dg.DagsterRun) -> list[dg.AssetKey]:
    """Return the assets that were selected, and those of selected checks; none if all were."""
    checks = run.asset_check_selection or ()
    return [*(run.asset_selection or ()), *(check.asset_key for check in checks)]


def is_key_of_site(key: dg.AssetKey, settings: Settings) -> bool:
    return key.path[0] == settings.site


def failures_in(event: dg.DagsterEvent, part: str) -> list[Reason]:
    """Return the reason of each endpoint or table that failed in a step, or that of the step."""
    failure = failure_in(event)
    if failure is None:
        kind = error_class_in(event) or "an error"
        return [(part, f"{part}: ended by {kind}; see the run's events")]
    # Without reasons nothing was extracted: what a run needs is missing.
    reasons = reasons_in(failure)
    if part == THE_TABLES:
        reasons = [(name_of_table(name), f"{A_TABLE}{line}") for name, line in reasons]
    text = "; ".join((failure.description or "").splitlines())
    return reasons or [(part, f"{part}: {text.removeprefix(f'{REPORT}: ')}")]


def joined(reasons: Iterable[Reason]) -> dict[str, str]:
    """Return one line for each name: several steps, or checks of an endpoint, may have failed."""
    lines: dict[str, dict[str, None]] = {}
    for name, line in reasons:
        lines.setdefault(name, {})[line] = None
    return {name: "; ".join(found) for name, found in lines.items()}
