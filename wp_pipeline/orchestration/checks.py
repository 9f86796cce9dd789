"""Asset checks: the rules of `extraction/rules.py`, as Dagster runs and shows them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import dagster as dg

from wp_pipeline.aws.lake import Lake
from wp_pipeline.extraction.rules import (
    NOTHING_STORED,
    Rule,
    Subject,
    Verdict,
    evaluate,
    rules_for,
)
from wp_pipeline.orchestration.endpoint_names import EndpointName
from wp_pipeline.settings import Settings

Previous = Callable[[], Mapping[str, Any]]


def build_check_specs(settings: Settings, names: Sequence[EndpointName]) -> list[dg.AssetCheckSpec]:
    return [
        dg.AssetCheckSpec(rule.name, asset=name.key(settings), description=rule.description)
        for name in names
        for rule in rules_for(name.is_known_kind)
    ]


def check(
    rule: Rule, name: EndpointName, settings: Settings, lake: Lake, previous: Previous
) -> dg.AssetCheckResult:
    """Apply a rule to what is stored for an endpoint. Raises an AwsError."""
    verdict = verdict_on(rule, name.name, settings, lake, previous)
    return dg.AssetCheckResult(
        asset_key=name.key(settings),
        check_name=rule.name,
        passed=verdict.passed,
        description=verdict.description or None,
        metadata={
            "offenders": verdict.offenders,
            "examples": dg.MetadataValue.json(list(verdict.examples)),
        },
    )


def verdict_on(
    rule: Rule, name: str, settings: Settings, lake: Lake, previous: Previous
) -> Verdict:
    opened = lake.open(name)
    if opened is None:
        return NOTHING_STORED
    with opened as stream:
        return evaluate(rule, Subject(name, stream, stream.metadata, settings, previous))


def previous_materialization(instance: dg.DagsterInstance, key: dg.AssetKey) -> Previous:
    """Return a function that reads the metadata of the materialization before the latest one."""

    def read() -> Mapping[str, Any]:
        found = instance.fetch_materializations(key, limit=2).records
        if len(found) < 2 or found[1].asset_materialization is None:
            return {}
        metadata = found[1].asset_materialization.metadata
        return {label: value.value for label, value in metadata.items()}

    return read
