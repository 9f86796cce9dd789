"""Makes the report after a run, in this process: another one would take seven seconds to start."""

import warnings

import dagster as dg

from wp_pipeline.definitions import load
from wp_pipeline.orchestration.report.asset import KINDS, report_key
from wp_pipeline.sandbox.local_aws import SandboxError
from wp_pipeline.settings import Settings

# Dagster would print each of its events.
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def make_report(settings: Settings, instance: dg.DagsterInstance) -> str | None:
    """Materialize the report of a site and return its URI; None if the site has none.

    Raises SandboxError.
    """
    definitions, key = load(), report_key(settings)
    graph = definitions.resolve_asset_graph()
    if not graph.has(key) or graph.get(key).kinds != KINDS:
        return None
    job = definitions.resolve_implicit_global_asset_job_def()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Class `SSMResource` is currently in beta")
        result = job.execute_in_process(
            instance=instance, asset_selection=[key], run_config=QUIET, raise_on_error=False
        )
    for event in result.get_asset_materialization_events():
        return str(event.materialization.metadata["report"].value)
    failures = [event for event in result.all_events if event.is_step_failure]
    told = failures[0].step_failure_data.user_failure_data if failures else None
    raise SandboxError(told.description if told and told.description else "the report: see its run")
