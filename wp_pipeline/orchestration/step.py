"""One execution of a site's step: extracts the selected endpoints, and runs the selected checks."""

import logging
from collections.abc import Iterator
from dataclasses import replace

import dagster as dg

from wp_pipeline.aws.lake import Lake
from wp_pipeline.extraction.configuration import SiteConfiguration
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
from wp_pipeline.extraction.run_options import RunOptions
from wp_pipeline.observer import LoggingObserver
from wp_pipeline.orchestration.checks import SiteChecks
from wp_pipeline.orchestration.metadata import materialization_of
from wp_pipeline.orchestration.recovery.attempts import Attempt, refusal_observed
from wp_pipeline.orchestration.recovery.failures import (
    FAILED_CHECKS,
    REFUSED,
    configured,
    failure,
)
from wp_pipeline.orchestration.resources import ConfigurationResource, LakeResource
from wp_pipeline.orchestration.steps.other_steps import moved_by_others
from wp_pipeline.orchestration.steps.pool import requests_at_once
from wp_pipeline.orchestration.steps.step_checks import StepChecks
from wp_pipeline.settings import Settings

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
        self._site_checks = checks
        self._keys = {name.name: name.key(self._settings) for name in checks.names}
        self._context = context
        self._log: logging.Logger = context.log
        self._configuration = configuration
        self._lake_resource = lake
        self._run_options = run_options
        attempt = Attempt.of(context, checks)
        self._outcomes: list[Outcome] = [*attempt.refused]
        self._checks = StepChecks(checks, context, attempt, self._lake)
        self._moved = Moved()
        selected = {name for name, key in self._keys.items() if key in context.selected_asset_keys}
        self._to_extract = selected - attempt.settled

    def extract(self) -> Iterator[Event]:
        """Extract the selected endpoints, and check each as soon as it has ended.

        What is stored of a refused endpoint is checked too: it is still what others read.
        """
        if not self._to_extract:
            return
        for outcome in self._extraction():
            self._outcomes.append(outcome)
            if isinstance(outcome, Stored):
                mode = self._run_options.mode
                moved = self._moved if self._is_of_one_endpoint else None
                yield materialization_of(outcome, self._settings, mode, moved)
            else:
                yield refusal_observed(self._keys[outcome.name], outcome)
            yield from self._checks.after_extraction(outcome)
        self._log.info(totals_line(self._outcomes))

    def run_remaining_checks(self) -> Iterator[dg.AssetCheckResult]:
        """Run the selected checks that were not run yet."""
        yield from self._checks.remaining()

    def raise_failures(self) -> None:
        """Raises dg.Failure with a line for each endpoint refused and each check that could not
        run: Dagster itself notices neither.
        """
        refused, failed = refusals(self._outcomes), self._checks.failed
        if refused or failed:
            reasons = {
                REFUSED: [(one.name, one.reason) for one in refused],
                FAILED_CHECKS: [(one.endpoint, one.reason) for one in failed],
            }
            raise failure(
                self._context,
                "\n".join(line for found in reasons.values() for _, line in found),
                retry_may_help=any(one.retry_may_help for one in [*refused, *failed]),
                reasons=reasons,
            )

    @property
    def _is_of_one_endpoint(self) -> bool:
        """Whether the other endpoints of the site have steps of their own."""
        return bool(self._site_checks.others)

    def _extraction(self) -> Iterator[Outcome]:
        self._require_known_names()
        site = self._site()
        observer = LoggingObserver(self._log)
        for note in site.notes:
            observer.noticed("", str(note))
        for name in self._to_extract - {endpoint.name for endpoint in site.endpoints}:
            outcome = removed(name, self._settings)
            observer.finished(name, outcome.summary, refused=True)
            yield outcome
        endpoints = [endpoint for endpoint in site.endpoints if endpoint.name in self._to_extract]
        if not endpoints:
            return
        options = replace(site_options(self._settings, site), concurrency=self._requests_at_once())
        run_options = self._run_options
        if self._is_of_one_endpoint:
            others = moved_by_others(
                self._context, self._settings, endpoints[0], site.endpoints, run_options.mode
            )
            self._moved.add(others.moved)
            run_options = replace(run_options, outline=run_options.outline or others.is_unknown)
        elif self._context.retry_number or self._context.run.parent_run_id:
            # What moved is unknown if an earlier attempt or run stored it.
            run_options = replace(run_options, outline=True)
        yield from extract(
            endpoints, options, self._lake(), self._settings, observer, run_options, self._moved
        )

    def _require_known_names(self) -> None:
        names = [name.name for name in self._site_checks.all_names]
        configured(self._context, lambda: self._run_options.require_known(names))

    def _site(self) -> SiteConfiguration:
        return configured(self._context, lambda: self._configuration.site(self._settings))

    def _requests_at_once(self) -> int:
        return configured(self._context, lambda: requests_at_once(self._context, self._settings))

    def _lake(self) -> Lake:
        return configured(
            self._context,
            lambda: self._lake_resource.of(
                self._settings, self._configuration.bucket(self._settings)
            ),
        )


def removed(name: str, settings: Settings) -> Refused:
    """Refuse an endpoint that has an asset, but is no longer in Parameter Store."""
    reason = f"is no longer in {settings.endpoints_parameter}; reload the code location"
    return refused(name, reason, ReadStats(0.0, 0))
