"""One asset per endpoint, all of a site in one step that yields each as it ends."""

from collections.abc import Iterator, Sequence

import dagster as dg

from wp_pipeline.aws.errors import AwsError
from wp_pipeline.aws.lake import Lake
from wp_pipeline.extraction.configuration import ConfigurationError
from wp_pipeline.extraction.extract import extract, site_client
from wp_pipeline.extraction.observer import RowsSoFar, line_of, totals_of
from wp_pipeline.extraction.outcomes import Outcome, ReadStats, Refused, Stored
from wp_pipeline.orchestration.checks import build_check_specs, judge, rules_for
from wp_pipeline.orchestration.endpoints import EndpointName, asset_key
from wp_pipeline.orchestration.resources import ConfigurationResource, LakeResource
from wp_pipeline.settings import Settings

KINDS = {"wordpress", "s3", "json"}


def build_assets(settings: Settings, names: Sequence[EndpointName]) -> dg.AssetsDefinition:
    """Build the step that extracts a site's endpoints, and judges what is stored of them.

    Any of its assets and checks can be selected alone.
    """

    @dg.multi_asset(
        name=f"extract_{settings.site}",
        specs=[build_spec(settings, name) for name in names],
        check_specs=build_check_specs(settings, names),
        can_subset=True,
    )
    def extract_site(
        context: dg.AssetExecutionContext, configuration: ConfigurationResource, lake: LakeResource
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        step = SiteStep(settings, names, context, configuration, lake)
        outcomes = []
        for outcome in step.outcomes():
            outcomes.append(outcome)
            if isinstance(outcome, Refused):
                context.log.error(line_of(outcome))
                continue
            context.log.info(line_of(outcome))
            yield result_of(outcome, settings)
            yield from step.check(outcome.name)
        if outcomes:
            context.log.info(totals_of(outcomes))
        yield from step.check_what_is_only_checked()
        raise_failure(outcomes, step.unjudged)

    return extract_site


def build_spec(settings: Settings, name: EndpointName) -> dg.AssetSpec:
    return dg.AssetSpec(
        key=name.key(settings),
        group_name=settings.site,
        kinds=KINDS,
        code_version="1",  # Of what an object looks like.
        description=f"{name.name}: {kind_of(name)}, in {settings.prefix}/{name.name}.json",
        skippable=True,  # A refused endpoint is not materialized, and does not stop the others.
    )


def kind_of(name: EndpointName) -> str:
    return "a WordPress route" if name.is_known_kind else "a plugin's answer, as it was sent"


class SiteStep:
    """One execution of a site's step, for what was selected of it."""

    def __init__(
        self,
        settings: Settings,
        names: Sequence[EndpointName],
        context: dg.AssetExecutionContext,
        configuration: ConfigurationResource,
        lake: LakeResource,
    ) -> None:
        self._settings = settings
        self._names = {name.name: name for name in names}
        self._log = context.log
        self._configuration = configuration
        self._lake_resource = lake
        self._checks = context.selected_asset_check_keys
        self.unjudged: list[str] = []
        self._wanted = {
            name.name for name in names if name.key(settings) in context.selected_asset_keys
        }

    def outcomes(self) -> Iterator[Outcome]:
        """Extract the selected endpoints; a name that Parameter Store no longer has is refused."""
        if not self._wanted:
            return
        try:
            site = self._configuration.site(self._settings)
        except ConfigurationError as error:
            raise dg.Failure(str(error)) from None
        for name in self._wanted - {endpoint.name for endpoint in site.endpoints}:
            yield Refused(
                name,
                f"{name}: is no longer in {self._settings.endpoints_parameter};"
                " reload the code location",
                ReadStats(0.0, 0),
            )
        endpoints = [endpoint for endpoint in site.endpoints if endpoint.name in self._wanted]
        client = site_client(self._settings, site)
        tell = self._log.info
        yield from extract(endpoints, client, self._lake(), self._settings, RowsSoFar(tell), tell)

    def check(self, name: str) -> Iterator[dg.AssetCheckResult]:
        """Judge what is stored for an endpoint by those of its rules that are selected."""
        endpoint = self._names[name]
        for rule in rules_for(endpoint):
            if dg.AssetCheckKey(endpoint.key(self._settings), rule.name) in self._checks:
                try:
                    yield judge(rule, endpoint, self._settings, self._lake())
                except AwsError as error:  # It must not stop the endpoints that are under way.
                    self.unjudged.append(f"{name}: {rule.name} could not be checked: {error}")

    def check_what_is_only_checked(self) -> Iterator[dg.AssetCheckResult]:
        for name in self._names.keys() - self._wanted:
            yield from self.check(name)

    def _lake(self) -> Lake:
        try:
            bucket = self._configuration.bucket(self._settings)
        except ConfigurationError as error:
            raise dg.Failure(str(error)) from None
        return self._lake_resource.of(self._settings, bucket)


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
            "requests": outcome.stats.requests,
            "duration_seconds": round(outcome.stats.seconds, 3),
            "unchanged": outcome.unchanged,
            "preview": dg.MetadataValue.md(outcome.preview or "Nothing in it can be shown here."),
        },
    )


def raise_failure(outcomes: Sequence[Outcome], unjudged: Sequence[str]) -> None:
    """Raises dg.Failure with a line for each endpoint that was refused or could not be judged.

    Dagster itself notices neither.
    """
    refused = sorted((o for o in outcomes if isinstance(o, Refused)), key=lambda o: o.name)
    if refused or unjudged:
        raise dg.Failure(
            "\n".join([*(outcome.reason for outcome in refused), *unjudged]),
            metadata={"refused": ", ".join(outcome.name for outcome in refused)},
        )
