"""Executes Dagster jobs in this process, and reads their results."""

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

Result = dg.ExecuteInProcessResult


def execute(
    defs: dg.Definitions,
    site: str,
    instance: dg.DagsterInstance,
    names: Sequence[str] = (),
    config: Mapping[str, Any] | None = None,
) -> Result:
    """Execute the job of a site: all assets, or those with these names and their checks.

    `config` is what the launchpad gives to the step.
    """
    run_config = {"ops": {f"extract_{site}": {"config": config}}} if config is not None else None
    return defs.resolve_job_def(f"{site}_extraction").execute_in_process(
        instance=instance,
        asset_selection=[dg.AssetKey([site, name]) for name in names] or None,
        run_config=run_config,
        raise_on_error=False,
    )


def execute_checks(
    defs: dg.Definitions, site: str, instance: dg.DagsterInstance, *checks: tuple[str, str]
) -> Result:
    """Execute only these checks, each (endpoint, check), like the button of the UI."""
    keys = {dg.AssetCheckKey(dg.AssetKey([site, name]), check) for name, check in checks}
    job = defs.resolve_implicit_global_asset_job_def()
    only_checks = job.get_subset(asset_selection=set(), asset_check_selection=keys)
    return only_checks.execute_in_process(instance=instance, raise_on_error=False)


def materialized(result: Result) -> dict[str, dg.AssetMaterialization]:
    """Return the materializations of a run, by the last part of the asset's key."""
    events = result.get_asset_materialization_events()
    return {event.asset_key.path[-1]: event.materialization for event in events}


def metadata_of(result: Result, name: str) -> dict[str, Any]:
    return {key: value.value for key, value in materialized(result)[name].metadata.items()}


def evaluated(result: Result) -> dict[tuple[str, str], dg.AssetCheckEvaluation]:
    return {(e.asset_key.path[-1], e.check_name): e for e in result.get_asset_check_evaluations()}


def failure_of(result: Result) -> str:
    """Return the message of the failed step."""
    (failed,) = [event for event in result.all_events if event.is_step_failure]
    failure = failed.step_failure_data.user_failure_data
    assert failure is not None, failed.step_failure_data.error
    return failure.description or ""
