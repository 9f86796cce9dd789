"""Makes the report after a run."""

import dagster as dg

from wp_pipeline.definitions import load
from wp_pipeline.orchestration.report.asset import KINDS, report_key
from wp_pipeline.sandbox.in_process import executed, failures_of
from wp_pipeline.sandbox.local_aws import SandboxError
from wp_pipeline.settings import Settings


def make_report(settings: Settings, instance: dg.DagsterInstance) -> str | None:
    """Materialize the report of a site and return its URI; None if the site has none.

    Raises SandboxError.
    """
    definitions, key = load(), report_key(settings)
    graph = definitions.resolve_asset_graph()
    if not graph.has(key) or graph.get(key).kinds != KINDS:
        return None
    result = executed(definitions.resolve_implicit_global_asset_job_def(), instance, [key])
    for event in result.get_asset_materialization_events():
        return str(event.materialization.metadata["report"].value)
    raise SandboxError("; ".join(failures_of(result)))
