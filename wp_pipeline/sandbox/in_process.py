"""Executes assets after a run, in this process: another one would take seven seconds to start."""

import warnings
from collections.abc import Sequence

import dagster as dg

from wp_pipeline.orchestration.dagster_internals.run_events import (
    failure_in,
    materialization_in,
)

# Dagster would print each of its events.
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def executed(
    job: dg.JobDefinition, instance: dg.DagsterInstance, keys: Sequence[dg.AssetKey] | None = None
) -> dg.ExecuteInProcessResult:
    """Execute a job, or only these of its assets, and print nothing."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Class `SSMResource` is currently in beta")
        return job.execute_in_process(
            instance=instance, asset_selection=keys, run_config=QUIET, raise_on_error=False
        )


def failures_of(result: dg.ExecuteInProcessResult) -> list[str]:
    """Return the reason of each failed step of a run."""
    failed = [failure_in(event) for event in result.all_events if event.is_step_failure]
    return [(one and one.description) or "see the run in Dagster" for one in failed]


def materialized_in(result: dg.ExecuteInProcessResult) -> list[dg.AssetMaterialization]:
    """Return what a run materialized, in this order."""
    return [materialization_in(one) for one in result.all_events if one.is_step_materialization]
