"""What an instance of Dagster knows and does beside its public methods.

Which daemons are alive, what is turned on and the limit of a pool are public in GraphQL only, which
needs a webserver. The last result of a check, and to end a run that has no process, are public
nowhere.
"""

from dataclasses import dataclass

import dagster as dg
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluationTargetMaterializationData,
)
from dagster._core.instance.config import PoolGranularity
from dagster._core.scheduler.instigation import InstigatorStatus


@dataclass(frozen=True)
class PoolLimit:
    """How many `steps` a pool lets run at the same time; or runs, if it counts no steps."""

    steps: int
    counts_steps: bool = True


def limit_of_pool(instance: dg.DagsterInstance, pool: str) -> PoolLimit | None:
    """Return the limit of a pool; None if it has none, or the instance keeps no limits."""
    storage = instance.event_log_storage
    if not storage.supports_global_concurrency_limits:
        return None
    config = instance.get_concurrency_config().pool_config
    set_for_it = [one.limit for one in storage.get_pool_limits() if one.name == pool]
    limits = [*set_for_it, config.default_pool_limit]
    if limits[0] is None:
        return None
    return PoolLimit(limits[0], config.pool_granularity is not PoolGranularity.RUN)


def daemons_with_heartbeat(instance: dg.DagsterInstance) -> dict[str, bool]:
    """Return each daemon that an instance needs, and whether its heartbeat is recent."""
    return {kind: bool(status.healthy) for kind, status in instance.get_daemon_statuses().items()}


def turned_on(instance: dg.DagsterInstance) -> frozenset[str]:
    """Return the names of the schedules and sensors that somebody has turned on."""
    states = instance.all_instigator_state()
    return frozenset(state.name for state in states if state.status is InstigatorStatus.RUNNING)


def close_run(instance: dg.DagsterInstance, run: dg.DagsterRun, reason: str) -> None:
    """Mark a run that has no process any more as failed, or as canceled if that was requested."""
    if run.status is dg.DagsterRunStatus.CANCELING:
        instance.report_run_canceled(run, reason)
    else:
        instance.report_run_failed(run, reason)


def last_evaluation(
    instance: dg.DagsterInstance, key: dg.AssetCheckKey
) -> dg.AssetCheckEvaluation | None:
    """Return the last result of a check; None if the last one did not end, or there is none."""
    record = instance.get_latest_asset_check_evaluation_record(key)
    evaluation = record.evaluation if record else None
    return evaluation if isinstance(evaluation, dg.AssetCheckEvaluation) else None


def evaluation_of(
    key: dg.AssetCheckKey, result: dg.AssetCheckResult, instance: dg.DagsterInstance
) -> dg.AssetCheckEvaluation:
    """Return a result as an event that can be stored without being selected in a run.

    It refers to the latest materialization, which can be given publicly only by the run that
    evaluates the check. Without it the UI would show the result as out of date.
    """
    latest = instance.fetch_materializations(key.asset_key, limit=1).records
    target = None
    if latest:
        target = AssetCheckEvaluationTargetMaterializationData(
            storage_id=latest[0].storage_id,
            run_id=latest[0].run_id,
            timestamp=latest[0].timestamp,
        )
    return dg.AssetCheckEvaluation(
        asset_key=key.asset_key,
        check_name=key.name,
        passed=result.passed,
        metadata=result.metadata,
        severity=result.severity,
        description=result.description,
        target_materialization_data=target,
    )
