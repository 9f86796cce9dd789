"""Executes assets after a run, in this process: another one would take seven seconds to start."""

import warnings
from collections.abc import Sequence

import dagster as dg

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
    """Return what the failed steps of a run told."""
    failed = [event.step_failure_data for event in result.all_events if event.is_step_failure]
    told = [one.user_failure_data for one in failed]
    return [(one and one.description) or "see the run in Dagster" for one in told]
