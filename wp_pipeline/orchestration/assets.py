"""One asset for each endpoint; all of a site in one step, which yields each as it ends."""

import logging
from collections.abc import Iterator, Sequence
from enum import Enum

import dagster as dg
from pydantic import Field

from wp_pipeline.aws.errors import AwsError
from wp_pipeline.aws.lake import Lake
from wp_pipeline.extraction.configuration import ConfigurationError, SiteConfiguration
from wp_pipeline.extraction.extract import extract, refused, site_options
from wp_pipeline.extraction.outcomes import (
    Outcome,
    ReadStats,
    Refused,
    Stored,
    refusals,
    totals_line,
)
from wp_pipeline.extraction.rules import rules_for
from wp_pipeline.extraction.run_options import CHANGES, FULL, RunOptions
from wp_pipeline.observer import LoggingObserver
from wp_pipeline.orchestration.checks import (
    build_check_specs,
    check,
    previous_materialization,
)
from wp_pipeline.orchestration.endpoint_names import EndpointName
from wp_pipeline.orchestration.metadata import materialization_of
from wp_pipeline.orchestration.resources import ConfigurationResource, LakeResource
from wp_pipeline.settings import Settings

KINDS = {"wordpress", "s3", "json"}


class Mode(Enum):
    """How the objects are brought up to date."""

    full = FULL
    changes = CHANGES


class RunConfiguration(dg.Config):
    """What can be chosen in the launchpad for one run."""

    mode: Mode = Field(
        default=Mode.full,
        description="full reads every endpoint in full; changes reads what changed since then.",
    )
    outline: bool = Field(
        default=False,
        description="In mode changes, compare the outlines of all items, whatever a probe says.",
    )
    accept_drop: list[str] = Field(
        default=[],
        description="Endpoints of which far fewer rows than are stored may be stored this time.",
    )


def build_assets(settings: Settings, names: Sequence[EndpointName]) -> dg.AssetsDefinition:
    """Build the step that extracts a site's endpoints, and checks what is stored of them.

    Any of its assets and checks can be selected alone.
    """

    @dg.multi_asset(
        name=f"extract_{settings.site}",
        specs=[build_spec(settings, name) for name in names],
        check_specs=build_check_specs(settings, names),
        can_subset=True,
    )
    def extract_site(
        context: dg.AssetExecutionContext,
        config: RunConfiguration,
        configuration: ConfigurationResource,
        lake: LakeResource,
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        step = SiteStep(settings, names, context, configuration, lake, config)
        yield from step.extract()
        yield from step.run_remaining_checks()
        step.raise_failures()

    return extract_site


def build_spec(settings: Settings, name: EndpointName) -> dg.AssetSpec:
    kind = "a WordPress route" if name.is_known_kind else "a plugin's answer, as it was sent"
    return dg.AssetSpec(
        key=name.key(settings),
        group_name=settings.site,
        kinds=KINDS,
        code_version="1",  # Of the format of the object.
        description=f"{name.name}: {kind}, in {settings.prefix}/{name.name}.json",
        skippable=True,  # A refused endpoint is not materialized, and does not stop the others.
    )


class SiteStep:
    """One execution of a site's step, for the selected assets and checks."""

    def __init__(
        self,
        settings: Settings,
        names: Sequence[EndpointName],
        context: dg.AssetExecutionContext,
        configuration: ConfigurationResource,
        lake: LakeResource,
        run_configuration: RunConfiguration,
    ) -> None:
        self._settings = settings
        self._names = {name.name: name for name in names}
        self._context = context
        self._log: logging.Logger = context.log
        self._configuration = configuration
        self._lake_resource = lake
        self._run_options = RunOptions.of(
            run_configuration.accept_drop,
            run_configuration.mode.value,
            run_configuration.outline,
        )
        self._outcomes: list[Outcome] = []
        self._failed_checks: list[str] = []
        self._selected = {
            name.name for name in names if name.key(settings) in context.selected_asset_keys
        }

    def extract(self) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        """Extract the selected endpoints, and check each as soon as it is stored."""
        if not self._selected:
            return
        for outcome in self._extraction():
            self._outcomes.append(outcome)
            if isinstance(outcome, Stored):
                yield materialization_of(outcome, self._settings)
                yield from self._checks(outcome.name)
        self._log.info(totals_line(self._outcomes))

    def run_remaining_checks(self) -> Iterator[dg.AssetCheckResult]:
        """Run the selected checks of assets that were not selected themselves."""
        for name in self._names.keys() - self._selected:
            yield from self._checks(name)

    def raise_failures(self) -> None:
        """Raises dg.Failure with a line for each endpoint refused and each check that failed to
        run: Dagster itself notices neither.
        """
        refused = refusals(self._outcomes)
        if refused or self._failed_checks:
            raise dg.Failure(
                "\n".join([*(outcome.reason for outcome in refused), *self._failed_checks]),
                metadata={"refused": ", ".join(outcome.name for outcome in refused)},
                allow_retries=any(outcome.retry_may_help for outcome in refused)
                or bool(self._failed_checks),
            )

    def _extraction(self) -> Iterator[Outcome]:
        self._require_known_names()
        site = self._site()
        observer = LoggingObserver(self._log)
        for note in site.notes:
            observer.noticed("", note)
        for name in self._selected - {endpoint.name for endpoint in site.endpoints}:
            outcome = removed(name, self._settings)
            observer.finished(name, outcome.summary, refused=True)
            yield outcome
        endpoints = [endpoint for endpoint in site.endpoints if endpoint.name in self._selected]
        options = site_options(self._settings, site)
        yield from extract(
            endpoints, options, self._lake(), self._settings, observer, self._run_options
        )

    def _checks(self, name: str) -> Iterator[dg.AssetCheckResult]:
        """Run the selected checks of an endpoint."""
        endpoint = self._names[name]
        key = endpoint.key(self._settings)
        previous = previous_materialization(self._context.instance, key)
        for rule in rules_for(endpoint.is_known_kind):
            if dg.AssetCheckKey(key, rule.name) in self._context.selected_asset_check_keys:
                try:
                    yield check(rule, endpoint, self._settings, self._lake(), previous)
                except AwsError as error:  # It must not stop the endpoints that are under way.
                    self._failed_checks.append(f"{name}: {rule.name} could not run: {error}")

    def _require_known_names(self) -> None:
        try:
            self._run_options.require_known(self._names)
        except ConfigurationError as error:
            failure = failure_from(error)
        else:
            return
        raise failure

    def _site(self) -> SiteConfiguration:
        try:
            return self._configuration.site(self._settings)
        except ConfigurationError as error:
            failure = failure_from(error)
        raise failure

    def _lake(self) -> Lake:
        try:
            return self._lake_resource.of(
                self._settings, self._configuration.bucket(self._settings)
            )
        except ConfigurationError as error:
            failure = failure_from(error)
        raise failure


def failure_from(error: ConfigurationError) -> dg.Failure:
    return dg.Failure(str(error), allow_retries=error.retry_may_help)


def removed(name: str, settings: Settings) -> Refused:
    """Refuse an endpoint that has an asset, but is no longer in Parameter Store."""
    reason = f"is no longer in {settings.endpoints_parameter}; reload the code location"
    return refused(name, reason, ReadStats(0.0, 0))
