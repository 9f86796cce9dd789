"""The one place where Dagster has no public API for what we need (Dagster 1.13).

`DefinitionsLoadContext` tells whether a code location is being loaded, or definitions are rebuilt
in a process of a run. Which materialization a check is about can be given publicly only by the
run that evaluates it. Which daemons are alive, and what is turned on, is public in GraphQL only,
which needs a webserver. So is the limit of a pool. How an op defines its inputs and outputs, and
how a component adds metadata to its definitions, can only be changed by overriding methods that
are not documented. `pyproject.toml` pins Dagster's minor version.
"""

from dataclasses import dataclass
from typing import Any

import dagster as dg
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluationTargetMaterializationData,
)
from dagster._core.definitions.definitions_load_context import (
    DefinitionsLoadContext,
    DefinitionsLoadType,
)
from dagster._core.definitions.input import InputDefinition
from dagster._core.definitions.output import OutputDefinition
from dagster._core.instance.config import PoolGranularity
from dagster._core.scheduler.instigation import InstigatorStatus
from dagster_shared.record import as_dict


def is_loading_code_location() -> bool:
    """Whether definitions are built for a code location, and not again for a run."""
    return DefinitionsLoadContext.get().load_type is DefinitionsLoadType.INITIALIZATION


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
    """Return each daemon that an instance needs, and whether it gave a sign of life lately."""
    return {kind: bool(status.healthy) for kind, status in instance.get_daemon_statuses().items()}


def turned_on(instance: dg.DagsterInstance) -> frozenset[str]:
    """Return the names of the schedules and sensors that somebody has turned on."""
    states = instance.all_instigator_state()
    return frozenset(state.name for state in states if state.status is InstigatorStatus.RUNNING)


def evaluation_of(
    key: dg.AssetCheckKey, result: dg.AssetCheckResult, instance: dg.DagsterInstance
) -> dg.AssetCheckEvaluation:
    """Return a result as an event that can be stored without being selected in a run.

    It is about the latest materialization: without that the UI would take it for out of date.
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


class SharedIn(dg.In):
    """An input of an op. Inputs of the same name in other ops share its definition."""

    def to_definition(self, name: str) -> InputDefinition:
        known = vars(self).setdefault("definitions", {})
        if name not in known:
            known[name] = super().to_definition(name)
        return known[name]


class SharedOut(dg.Out):
    """An output of an op. Outputs of the same name in other ops share its definition.

    500 sites have 36,000 outputs with 70 different names.
    """

    def to_definition(
        self,
        annotation_type: Any,
        name: str | None,
        description: str | None,
        code_version: str | None,
    ) -> OutputDefinition:
        known = vars(self).setdefault("definitions", {})
        key = (annotation_type, name, description, code_version)
        if key not in known:
            known[key] = super().to_definition(*key)
        return known[key]


class WithoutOrigin(dg.Definitions):
    """Definitions whose metadata does not name the defs.yaml that declares them.

    To add it, Dagster copies each asset and keeps both: for 500 sites that takes 1 s and 70 MB.
    """

    @classmethod
    def of(cls, definitions: dg.Definitions) -> dg.Definitions:
        return cls(**as_dict(definitions))

    def with_definition_metadata_update(self, update: object) -> dg.Definitions:
        return self
