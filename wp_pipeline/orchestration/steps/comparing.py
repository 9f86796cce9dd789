"""Checks that compare the objects of several endpoints, where each endpoint has its own step.

They run after the steps that store these objects. If one of those failed, Dagster skips them:
otherwise they would compare objects of different days.
"""

from collections.abc import Iterator, Sequence

import dagster as dg

from wp_pipeline.aws.errors import AwsError
from wp_pipeline.extraction.configuration import ConfigurationError
from wp_pipeline.extraction.rules.rule import Rule
from wp_pipeline.orchestration.checks import SiteChecks
from wp_pipeline.orchestration.endpoint_names import EndpointName, asset_key
from wp_pipeline.orchestration.recovery.failures import (
    FAILED_CHECKS,
    build_retry_policy,
    failure,
)
from wp_pipeline.orchestration.resources import ConfigurationResource, LakeResource
from wp_pipeline.orchestration.steps.names import comparison_name
from wp_pipeline.setting_types import STEP_OF_SITE
from wp_pipeline.settings import Settings


def build_comparisons(
    settings: Settings, names: Sequence[EndpointName]
) -> list[dg.AssetChecksDefinition]:
    """Build a step for each endpoint with such checks; none if the whole site is one step."""
    if settings.steps == STEP_OF_SITE:
        return []
    checks = SiteChecks(settings, names)
    rules = {name: [one for one in checks.rules(name) if one.reads_others] for name in names}
    return [build_comparison(checks, name, found) for name, found in rules.items() if found]


def build_comparison(
    checks: SiteChecks, name: EndpointName, rules: Sequence[Rule]
) -> dg.AssetChecksDefinition:
    settings = checks.settings

    @dg.multi_asset_check(
        name=comparison_name(settings, name.name),
        specs=[
            dg.AssetCheckSpec(
                rule.name,
                asset=name.key(settings),
                description=rule.description,
                additional_deps=compared_with(rule, checks, name),
            )
            for rule in rules
        ],
        retry_policy=build_retry_policy(settings),
    )
    def compare(
        context: dg.AssetCheckExecutionContext,
        configuration: ConfigurationResource,
        lake: LakeResource,
    ) -> Iterator[dg.AssetCheckResult]:
        failed, results = None, []
        try:
            objects = lake.of(settings, configuration.bucket(settings))
            with checks.subject(name, objects, context.instance) as subject:
                results = [checks.result(rule, name, subject) for rule in rules]
        except (ConfigurationError, AwsError) as error:
            reason = f"{name.name}: its comparison could not run: {error}"
            reasons = {FAILED_CHECKS: [(name.name, reason)]}
            failed = failure(context, reason, retry_may_help=error.retry_may_help, reasons=reasons)
        if failed:  # Outside of the except block: an error in the chain may hold a URL.
            raise failed
        yield from results

    return compare


def compared_with(rule: Rule, checks: SiteChecks, name: EndpointName) -> list[dg.AssetKey]:
    return [asset_key(checks.settings, other) for other in sorted(rule.reads(checks.place(name)))]
