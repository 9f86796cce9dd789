"""One execution of a site's step: extracts the selected endpoints, and runs the selected checks."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import dagster as dg

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
from wp_pipeline.extraction.refresh.moved import Moved
from wp_pipeline.extraction.rules.rule import Rule, Subject
from wp_pipeline.extraction.run_options import RunOptions
from wp_pipeline.observer import LoggingObserver
from wp_pipeline.orchestration import answered
from wp_pipeline.orchestration.checks import SiteChecks
from wp_pipeline.orchestration.dagster_internals import evaluation_of
from wp_pipeline.orchestration.endpoint_names import EndpointName
from wp_pipeline.orchestration.metadata import materialization_of
from wp_pipeline.orchestration.recovery.attempts import (
    MAX_RETRIES,
    Attempt,
    refusal_observed,
)
from wp_pipeline.orchestration.resources import ConfigurationResource, LakeResource
from wp_pipeline.orchestration.steps.other_steps import moved_by_others
from wp_pipeline.orchestration.steps.pool import requests_at_once
from wp_pipeline.settings import Settings

# A re-execution "from asset failure". It leaves out checks that were evaluated in the first run,
# which were about the object that is replaced now.
RESUMED = "dagster/is_asset_resume_retry"
Event = dg.MaterializeResult | dg.AssetCheckResult | dg.AssetObservation


class SiteStep:
    """One attempt at a site's step.

    A retry in the same run leaves out what an earlier attempt stored, and what it refused for a
    reason that a retry does not change.
    """

    def __init__(
        self,
        checks: SiteChecks,
        context: dg.AssetExecutionContext,
        configuration: ConfigurationResource,
        lake: LakeResource,
        run_options: RunOptions,
    ) -> None:
        self._settings = checks.settings
        self._all_checks = checks
        self._names = {name.name: name for name in checks.names}
        self._context = context
        self._log: logging.Logger = context.log
        self._configuration = configuration
        self._lake_resource = lake
        self._run_options = run_options
        attempt = Attempt.of(context, checks)
        self._outcomes: list[Outcome] = [*attempt.refused]
        self._checked = {*attempt.checked}
        self._failed_checks: list[str] = []
        self._checks_may_work_later = False
        self._stored: set[str] = set()
        self._moved = Moved()
        self._is_resumed = context.run.tags.get(RESUMED) == "true"
        self._to_extract = {
            name.name
            for name in checks.names
            if name.key(self._settings) in context.selected_asset_keys
        } - attempt.settled

    def extract(self) -> Iterator[Event]:
        """Extract the selected endpoints, and check each as soon as it has ended.

        What is stored of a refused endpoint is checked too: it is still what others read.
        """
        if not self._to_extract:
            return
        for outcome in self._extraction():
            self._outcomes.append(outcome)
            key = self._names[outcome.name].key(self._settings)
            if isinstance(outcome, Stored):
                self._stored.add(outcome.name)
                mode = self._run_options.mode
                moved = self._moved if self._all_checks.others else None
                yield materialization_of(outcome, self._settings, mode, moved)
            else:
                yield refusal_observed(key, outcome)
            self._checked -= {one for one in self._checked if one.asset_key == key}
            yield from self._reported(answered.check_key(key), answered.result_of(key, outcome))
            yield from self._checks(outcome.name, of_others_too=False)
        self._log.info(totals_line(self._outcomes))

    def run_remaining_checks(self) -> Iterator[dg.AssetCheckResult]:
        """Run the selected checks that were not run yet.

        These are checks of assets that were not selected themselves, and checks that compare
        objects, which must all be stored.
        """
        for name in self._names:
            yield from self._checks(name, of_others_too=True)
            asset = self._names[name].key(self._settings)
            key = answered.check_key(asset)
            if key in self._context.selected_asset_check_keys and key not in self._checked:
                yield answered.result_of_last(asset, self._context.instance)

    def raise_failures(self) -> None:
        """Raises dg.Failure with a line for each endpoint refused and each check that failed to
        run: Dagster itself notices neither.
        """
        refused = refusals(self._outcomes)
        if refused or self._failed_checks:
            may_help = any(one.retry_may_help for one in refused) or self._checks_may_work_later
            reasons = [*(outcome.reason for outcome in refused), *self._failed_checks]
            raise self._failure("\n".join(reasons), may_help, {"refused": table_of(refused)})

    def _extraction(self) -> Iterator[Outcome]:
        self._require_known_names()
        site = self._site()
        observer = LoggingObserver(self._log)
        for note in site.notes:
            observer.noticed("", note)
        for name in self._to_extract - {endpoint.name for endpoint in site.endpoints}:
            outcome = removed(name, self._settings)
            observer.finished(name, outcome.summary, refused=True)
            yield outcome
        endpoints = [endpoint for endpoint in site.endpoints if endpoint.name in self._to_extract]
        if not endpoints:
            return
        options = replace(site_options(self._settings, site), concurrency=self._requests_at_once())
        run_options = self._run_options
        if self._all_checks.others:
            told = moved_by_others(
                self._context, self._settings, endpoints[0], site.endpoints, run_options.mode
            )
            self._moved.add(told.moved)
            run_options = replace(run_options, outline=run_options.outline or told.is_unknown)
        yield from extract(
            endpoints, options, self._lake(), self._settings, observer, run_options, self._moved
        )

    def _checks(self, name: str, *, of_others_too: bool) -> Iterator[dg.AssetCheckResult]:
        """Run the selected checks of an endpoint that were not run yet."""
        endpoint, checks = self._names[name], self._all_checks
        rules = [one for one in checks.rules(endpoint) if of_others_too or not one.reads_others]
        due = [one for one in rules if self._is_due(checks.check_key(one, endpoint), name)]
        if not due:
            return
        try:
            with checks.subject(endpoint, self._lake(), self._context.instance) as subject:
                while due:
                    yield from self._applied(due.pop(0), endpoint, subject)
        except AwsError as error:
            for rule in due:
                self._could_not_run(rule, endpoint, error)

    def _applied(
        self, rule: Rule, endpoint: EndpointName, subject: Subject | None
    ) -> Iterator[dg.AssetCheckResult]:
        try:
            result = self._all_checks.result(rule, endpoint, subject)
        except AwsError as error:
            self._could_not_run(rule, endpoint, error)
            return
        yield from self._reported(self._all_checks.check_key(rule, endpoint), result)

    def _could_not_run(self, rule: Rule, endpoint: EndpointName, error: AwsError) -> None:
        """Keep the reason: it must not stop the endpoints that are under way."""
        self._checked.add(self._all_checks.check_key(rule, endpoint))  # Not again.
        self._failed_checks.append(f"{endpoint.name}: {rule.name} could not run: {error}")
        self._checks_may_work_later |= error.retry_may_help

    def _is_due(self, key: dg.AssetCheckKey, name: str) -> bool:
        is_selected = key in self._context.selected_asset_check_keys
        return key not in self._checked and (
            is_selected or (self._is_resumed and name in self._stored)
        )

    def _reported(
        self, key: dg.AssetCheckKey, result: dg.AssetCheckResult
    ) -> Iterator[dg.AssetCheckResult]:
        """Yield the result of a selected check, or store it where it is due, and not selected."""
        self._checked.add(key)
        if key in self._context.selected_asset_check_keys:
            yield result
        elif self._is_resumed:
            instance = self._context.instance
            instance.report_runless_asset_event(evaluation_of(key, result, instance))

    def _failure(
        self,
        reason: str,
        retry_may_help: bool,
        metadata: Mapping[str, dg.MetadataValue] | None = None,
    ) -> dg.Failure:
        """Return the step's failure. After the last retry, Dagster would hide its reason."""
        has_retries = self._context.retry_number < MAX_RETRIES
        return dg.Failure(
            reason, metadata=metadata or {}, allow_retries=retry_may_help and has_retries
        )

    def _require_known_names(self) -> None:
        try:
            self._run_options.require_known(name.name for name in self._all_checks.all_names)
        except ConfigurationError as error:
            failure = self._failure(str(error), error.retry_may_help)
        else:
            return
        raise failure

    def _site(self) -> SiteConfiguration:
        try:
            return self._configuration.site(self._settings)
        except ConfigurationError as error:
            failure = self._failure(str(error), error.retry_may_help)
        raise failure

    def _requests_at_once(self) -> int:
        try:
            return requests_at_once(self._context, self._settings)
        except ConfigurationError as error:
            failure = self._failure(str(error), error.retry_may_help)
        raise failure

    def _lake(self) -> Lake:
        try:
            return self._lake_resource.of(
                self._settings, self._configuration.bucket(self._settings)
            )
        except ConfigurationError as error:
            failure = self._failure(str(error), error.retry_may_help)
        raise failure


def table_of(refused: Sequence[Refused]) -> dg.MetadataValue:
    """Return the refused endpoints and their reasons as a table."""
    records = [
        dg.TableRecord({"endpoint": one.name, "reason": one.reason.removeprefix(f"{one.name}: ")})
        for one in refused
    ]
    columns = [dg.TableColumn("endpoint"), dg.TableColumn("reason")]
    return dg.MetadataValue.table(records, dg.TableSchema(columns))


def removed(name: str, settings: Settings) -> Refused:
    """Refuse an endpoint that has an asset, but is no longer in Parameter Store."""
    reason = f"is no longer in {settings.endpoints_parameter}; reload the code location"
    return refused(name, reason, ReadStats(0.0, 0))
