"""The asset of a site's report, at the end of the lineage, and the sensor that rebuilds it.

It is not in the site's job: Dagster skips what depends on an asset that was not materialized, so
after one refused endpoint there would be no new report to tell of the refusal.
"""

import logging
from collections.abc import Sequence
from importlib.util import find_spec
from zoneinfo import ZoneInfo

import dagster as dg

from wp_pipeline.aws.errors import AwsError
from wp_pipeline.aws.lake import REPORT
from wp_pipeline.extraction.configuration import ConfigurationError
from wp_pipeline.orchestration.checks import SiteChecks
from wp_pipeline.orchestration.dagster_internals.definitions import SharedIn, SharedOut
from wp_pipeline.orchestration.endpoint_names import EndpointName, asset_key
from wp_pipeline.orchestration.recovery.failures import build_retry_policy, failure
from wp_pipeline.orchestration.report.dagster_history import history_of
from wp_pipeline.orchestration.resources import ConfigurationResource, LakeResource
from wp_pipeline.orchestration.steps.names import report_step_name
from wp_pipeline.settings import Settings
from wp_pipeline.wordpress.endpoints.endpoint import asset_name

KINDS = {"html"}
LIBRARY = "pygal"  # Of the extra `report`.
# Of the op behind the asset; Dagster stores nothing of what it returns.
INPUT, OUTPUT = SharedIn(dg.Nothing), SharedOut(dg.Nothing)

log = logging.getLogger("wp_pipeline")


def report_key(settings: Settings) -> dg.AssetKey:
    return asset_key(settings, REPORT)


def is_installed() -> bool:
    """Whether what draws a report is installed."""
    return find_spec(LIBRARY) is not None


def has_report(settings: Settings, names: Sequence[EndpointName]) -> bool:
    """Whether the site has a report: what draws it is installed, and no endpoint has its name."""
    if not is_installed():
        return False
    if report_key(settings) in {name.key(settings) for name in names}:
        log.warning(
            "%s: there is no report, because an endpoint has the name %s", settings.site, REPORT
        )
        return False
    return True


def build_report_asset(settings: Settings, names: Sequence[EndpointName]) -> dg.AssetsDefinition:
    """Build the asset of the report, which depends on all assets of the site."""

    def report(
        context: dg.AssetExecutionContext,
        configuration: ConfigurationResource,
        lake: LakeResource,
    ) -> dg.MaterializeResult:
        return materialize_report(settings, names, context, configuration, lake)

    key = report_key(settings)
    inputs = {f"of_{asset_name(name.name)}": name.key(settings) for name in names}
    op = dg.op(
        name=report_step_name(settings),
        ins=dict.fromkeys(inputs, INPUT),
        out={"report": OUTPUT},
        retry_policy=build_retry_policy(settings),
    )
    spec = dg.AssetSpec(
        key,
        deps=[*inputs.values()],
        group_name=settings.site,
        kinds=KINDS,
        owners=sorted(settings.owners),
        description=description_of(settings),
        automation_condition=build_condition(next(iter(inputs.values()))),
    )
    # Like `dg.asset`, in half of its time.
    return dg.AssetsDefinition(
        node_def=op(report),
        keys_by_input_name=inputs,
        keys_by_output_name={"report": key},
        specs=[spec],
    )


def build_condition(first: dg.AssetKey) -> dg.AutomationCondition:
    """Rebuild it when an endpoint was materialized, and the run that did so has ended.

    It does not wait for missing or refused endpoints. Unchanged ones count as materialized: the
    report says as of when each file is. If all endpoints are refused, none is materialized, so a
    refusal of the `first` one counts too. To look at all of them would take Dagster 10 ms each, at
    every tick.
    """
    condition = dg.AutomationCondition
    refused = condition.any_deps_match(condition.execution_failed().newly_true())
    ended = condition.any_deps_updated() | refused.allow(dg.AssetSelection.assets(first))
    handled = condition.newly_requested() | condition.newly_updated()
    return (
        ended.since(handled | condition.initial_evaluation())
        & ~condition.any_deps_in_progress()
        & ~condition.in_progress()
    )


def build_report_sensor(settings: Settings) -> dg.AutomationConditionSensorDefinition:
    """Build the sensor that rebuilds the report. It is off until somebody turns it on."""
    return dg.AutomationConditionSensorDefinition(
        name=f"{settings.site}_report",
        target=[report_key(settings)],
        description=f"Rebuilds the report of {settings.site} after each extraction.",
    )


def materialize_report(
    settings: Settings,
    names: Sequence[EndpointName],
    context: dg.AssetExecutionContext,
    configuration: ConfigurationResource,
    lake: LakeResource,
) -> dg.MaterializeResult:
    """Raises dg.Failure with one line where AWS or its settings fail."""
    from wp_pipeline.report.build import build_report  # Imports the library of the extra.

    history = history_of(SiteChecks(settings, names), context.instance)
    try:
        stored = build_report(
            settings.site,
            [name.name for name in names],
            lake.of(settings, configuration.bucket(settings)),
            history,
            ZoneInfo(settings.timezone),
        )
    except (AwsError, ConfigurationError) as error:
        reason = f"{REPORT}: {error}"
        failed = failure(context, reason, retry_may_help=error.retry_may_help)
    else:
        return dg.MaterializeResult(
            data_version=dg.DataVersion(stored.sha256),
            metadata={
                "report": dg.MetadataValue.path(stored.uri),  # With a button that copies it.
                "dagster/uri": stored.uri,
                "size_bytes": stored.size,
                "headline": stored.headline,
                "unchanged": stored.unchanged,
            },
        )
    raise failed  # Outside of the except block: an error in the chain may hold a URL.


def description_of(settings: Settings) -> str:
    """Return Markdown whose first line is plain: lists of assets show that one only."""
    return (
        f"the report of the site {settings.site}: one page, for people\n\n"
        f"One HTML file, `{settings.prefix}/{REPORT}.html`, beside the objects, without script and"
        " network: posts and comments over time, busiest authors and terms, how complete each file"
        f" is and as of when. `{settings.site}_report` rebuilds it after each extraction,"
        " while it is turned on, under *Automation*."
    )
