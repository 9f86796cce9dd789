"""The events of a run, and what they hold. Publicly, only the events of an asset can be read."""

from collections.abc import Collection, Iterator, Sequence

import dagster as dg


def events_of(
    instance: dg.DagsterInstance, run_id: str, kinds: Collection[dg.DagsterEventType]
) -> Iterator[dg.DagsterEvent]:
    """Yield the events of a run that are of these kinds, in their order."""
    found = instance.get_records_for_run(run_id, of_type=set(kinds), ascending=True)
    for record in found.records:
        if record.event_log_entry.dagster_event:
            yield record.event_log_entry.dagster_event


def entries_after(
    instance: dg.DagsterInstance, run_id: str, cursor: str | None
) -> tuple[Sequence[dg.EventLogEntry], str]:
    """Return the entries of a run's event log after a cursor, and the next cursor."""
    found = instance.get_records_for_run(run_id, cursor=cursor)
    return [record.event_log_entry for record in found.records], found.cursor


def materialization_in(event: dg.DagsterEvent) -> dg.AssetMaterialization:
    """Return what a step materialized."""
    return event.step_materialization_data.materialization


def observation_in(event: dg.DagsterEvent) -> dg.AssetObservation:
    """Return what a step observed of an asset."""
    return event.asset_observation_data.asset_observation


def evaluation_in(event: dg.DagsterEvent) -> dg.AssetCheckEvaluation:
    """Return the result of a check."""
    return event.asset_check_evaluation_data


def failure_in(event: dg.DagsterEvent) -> dg.Failure | None:
    """Return the `dg.Failure` that a step raised; None if another error ended it."""
    ours = event.step_failure_data.user_failure_data
    return dg.Failure(ours.description, ours.metadata) if ours else None


def error_class_in(event: dg.DagsterEvent) -> str:
    """Return the class name of the error that ended a step; empty if it is not known."""
    error = event.step_failure_data.error
    cause = error and (error.cause or error)
    return (cause and cause.cls_name) or ""
