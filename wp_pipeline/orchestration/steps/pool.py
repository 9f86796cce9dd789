"""How many requests a step may have under way, so that all steps together keep a site's limit.

A pool of Dagster limits how many steps run at the same time, in all runs. Each of them gets its
share of the site's limit: steps x requests of a step <= WP_PIPELINE_CONCURRENCY.
"""

from dataclasses import dataclass

import dagster as dg

from wp_pipeline.extraction.configuration import ConfigurationError
from wp_pipeline.orchestration.dagster_internals.instance import PoolLimit, limit_of_pool
from wp_pipeline.orchestration.steps.names import pool_of
from wp_pipeline.setting_types import STEP_OF_SITE
from wp_pipeline.settings import Settings

# They execute one step after the other, so they need no pool.
IN_PROCESS = (dg.in_process_executor.name, "execute_in_process_executor")


def requests_at_once(context: dg.AssetExecutionContext, settings: Settings) -> int:
    """Return how many requests this step may have under way.

    Raises ConfigurationError where nothing keeps the steps of a site below its limit.
    """
    if settings.steps == STEP_OF_SITE:
        return settings.concurrency
    limit = limit_of_pool(context.instance, pool_of(settings))
    if limit is None and context.job_def.executor_def.name in IN_PROCESS:
        return settings.concurrency
    return share(settings, limit)


def share(settings: Settings, limit: PoolLimit | None) -> int:
    """Return the requests of one step at the same time. Raises ConfigurationError."""
    fault = fault_of(settings, limit)
    if fault or limit is None:
        raise ConfigurationError(f"{settings.site}: {fault}")
    return settings.concurrency // limit.steps


@dataclass(frozen=True)
class PoolFault:
    """Why a pool does not keep the steps of a site below its limit.

    `command` corrects it. Where no command can, `cure` says what to do.
    """

    found: str
    command: str = ""
    cure: str = ""

    def __str__(self) -> str:
        return f"{self.found}: {self.cure or f'run `{self.command}`, or a lower number'}"


def fault_of(settings: Settings, limit: PoolLimit | None) -> PoolFault | None:
    pool, most = pool_of(settings), settings.concurrency
    set_it = f"dagster instance concurrency set {pool} {most}"
    if limit is None:
        found = (
            f"the pool {pool} has no limit, so too many steps could ask the site at the same time"
        )
        return PoolFault(found, set_it)
    if not limit.counts_steps:
        cure = "set concurrency.pools.granularity to op in dagster.yaml"
        return PoolFault(f"the pool {pool} counts runs, not steps", cure=cure)
    if limit.steps > most:
        found = (
            f"the pool {pool} lets {limit.steps} steps ask the site at the same time, but"
            f" WP_PIPELINE_CONCURRENCY is {most}"
        )
        return PoolFault(found, set_it)
    return None
