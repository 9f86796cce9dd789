"""One asset per endpoint, all of a site in one step that yields each as it ends."""

from collections.abc import Iterator, Sequence

import dagster as dg

from wp_pipeline.extraction.configuration import ConfigurationError
from wp_pipeline.extraction.extract import Progress, extract, site_client
from wp_pipeline.extraction.outcomes import Effort, Outcome, Refused, Stored
from wp_pipeline.orchestration.endpoints import EndpointName, asset_key
from wp_pipeline.orchestration.resources import ConfigurationResource, LakeResource
from wp_pipeline.settings import Settings
from wp_pipeline.terminal import RowsSoFar, line_of, totals_of

KINDS = {"wordpress", "s3", "json"}


def build_assets(settings: Settings, names: Sequence[EndpointName]) -> dg.AssetsDefinition:
    """Build the step that extracts a site's endpoints, or those of them that are selected."""

    @dg.multi_asset(
        name=f"extract_{settings.site}",
        specs=[build_spec(settings, name) for name in names],
        can_subset=True,
    )
    def extract_site(
        context: dg.AssetExecutionContext, configuration: ConfigurationResource, lake: LakeResource
    ) -> Iterator[dg.MaterializeResult]:
        wanted = [name for name in names if name.key(settings) in context.selected_asset_keys]
        outcomes = []
        progress = RowsSoFar(context.log.info)
        for outcome in outcomes_of(wanted, settings, configuration, lake, progress):
            outcomes.append(outcome)
            if isinstance(outcome, Refused):
                context.log.error(line_of(outcome))
            else:
                context.log.info(line_of(outcome))
                yield result_of(outcome, settings)
        context.log.info(totals_of(outcomes))
        raise_if_refused(outcomes)

    return extract_site


def build_spec(settings: Settings, name: EndpointName) -> dg.AssetSpec:
    return dg.AssetSpec(
        key=name.key(settings),
        group_name=settings.site,
        kinds=KINDS,
        description=f"What {settings.site}'s endpoint {name.name} answers, stored as it was sent.",
        skippable=True,  # A refused endpoint is not materialized, and does not stop the others.
    )


def outcomes_of(
    wanted: Sequence[EndpointName],
    settings: Settings,
    configuration: ConfigurationResource,
    lake: LakeResource,
    progress: Progress,
) -> Iterator[Outcome]:
    """Extract the wanted endpoints; a name that Parameter Store no longer has is refused."""
    try:
        site = configuration.site(settings)
    except ConfigurationError as error:
        raise dg.Failure(str(error)) from None
    endpoints = {endpoint.name: endpoint for endpoint in site.endpoints}
    for name in wanted:
        if name.name not in endpoints:
            yield Refused(
                name.name,
                f"{name.name}: is no longer in {settings.endpoints_parameter};"
                " reload the code location",
                Effort(0.0, 0),
            )
    known = [endpoints[name.name] for name in wanted if name.name in endpoints]
    objects = lake.of(settings, site.bucket)
    yield from extract(known, site_client(settings, site), objects, settings, progress)


def result_of(outcome: Stored, settings: Settings) -> dg.MaterializeResult:
    columns = [dg.TableColumn(name, kind) for name, kind in outcome.columns.items()]
    return dg.MaterializeResult(
        asset_key=asset_key(settings, outcome.name),
        data_version=dg.DataVersion(outcome.sha256),
        metadata={
            "dagster/row_count": outcome.rows,
            "dagster/uri": outcome.uri,
            "dagster/column_schema": dg.TableSchema(columns),
            "size_bytes": outcome.size,
            "requests": outcome.effort.requests,
            "duration_seconds": round(outcome.effort.seconds, 3),
            "unchanged": outcome.unchanged,
            "preview": dg.MetadataValue.md(outcome.preview or "Nothing in it can be shown here."),
        },
    )


def raise_if_refused(outcomes: Sequence[Outcome]) -> None:
    """Raises dg.Failure with a line for each refused endpoint: Dagster itself notices none."""
    reasons = sorted(outcome.reason for outcome in outcomes if isinstance(outcome, Refused))
    if reasons:
        raise dg.Failure("\n".join(reasons), metadata={"refused": len(reasons)})
