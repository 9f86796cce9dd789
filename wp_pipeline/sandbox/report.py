"""Makes the report after a run."""

import dagster as dg

from wp_pipeline.definitions import load
from wp_pipeline.orchestration.dagster_internals.definitions import job_of_all_assets
from wp_pipeline.orchestration.report.asset import KINDS, report_key
from wp_pipeline.sandbox.in_process import executed, failures_of, materialized_in
from wp_pipeline.sandbox.local_aws import SandboxError
from wp_pipeline.settings import Settings


def make_report(settings: Settings, instance: dg.DagsterInstance) -> str | None:
    """Materialize the report of a site and return its URI; None if the site has none.

    Raises SandboxError.
    """
    definitions, key = load(), report_key(settings)
    kinds = {spec.key: spec.kinds for spec in definitions.resolve_all_asset_specs()}
    if kinds.get(key) != KINDS:  # There is none, or an endpoint has its name.
        return None
    result = executed(job_of_all_assets(definitions), instance, [key])
    for report in materialized_in(result):
        return str(report.metadata["report"].value)
    raise SandboxError("; ".join(failures_of(result)))
