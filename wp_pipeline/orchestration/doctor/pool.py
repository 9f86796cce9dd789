"""Whether the pool of a site of many steps keeps them below the limit of the site."""

from collections.abc import Iterator

from wp_pipeline.extraction.doctor.check import Check
from wp_pipeline.extraction.doctor.examination import Examination
from wp_pipeline.extraction.doctor.finding import Finding, mend, ok
from wp_pipeline.orchestration.dagster_internals.instance import limit_of_pool
from wp_pipeline.orchestration.doctor.instance import opened
from wp_pipeline.orchestration.steps.executor import runs_in_process
from wp_pipeline.orchestration.steps.names import pool_of
from wp_pipeline.orchestration.steps.pool import fault_of, share
from wp_pipeline.setting_types import STEP_OF_SITE


def run(examination: Examination) -> Iterator[Finding]:
    settings = examination.settings
    if settings.steps == STEP_OF_SITE:
        return
    with opened() as instance:
        if instance is None:
            return
        limit = limit_of_pool(instance, pool_of(settings))
    if limit is None and runs_in_process(examination.environment):
        yield ok("pool", "not needed: the steps of a run are executed one after the other")
        return
    fault = fault_of(settings, limit)
    if fault:
        cure = fault.cure or "set it, or a lower number"
        yield mend("pool", fault.found, cure, fault.command)
    elif limit:
        each = share(settings, limit)
        yield ok("pool", f"{pool_of(settings)}: {limit.steps} steps at once, {each} requests each")


CHECK = Check("pool", 74, run)
