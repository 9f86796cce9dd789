"""What a stored object must satisfy. A check reads the object, and can be executed alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import dagster as dg

from wp_pipeline.extraction.stored import NotJson, has_no_rows, repeated_ids
from wp_pipeline.orchestration.endpoints import EndpointName
from wp_pipeline.orchestration.resources import ConfigurationResource, LakeResource
from wp_pipeline.settings import Settings

MOST_OFFENDERS_SHOWN = 20


@dataclass(frozen=True)
class Rule:
    """A claim about a stored object, and what finds the offenders against it."""

    name: str
    description: str
    offenders: Callable[[BinaryIO], Sequence[Any]]


PAYLOAD_IS_NOT_EMPTY = Rule(
    "payload_is_not_empty",
    "There are rows: an empty answer never replaces what is stored.",
    has_no_rows,
)
IDS_ARE_UNIQUE = Rule(
    "ids_are_unique",
    "No two items share an id: pages shift while a site changes, and rows must not come twice.",
    repeated_ids,
)


def build_checks(
    settings: Settings, names: Sequence[EndpointName]
) -> list[dg.AssetChecksDefinition]:
    return [build_check(settings, name, rule) for name in names for rule in rules_for(name)]


def rules_for(name: EndpointName) -> tuple[Rule, ...]:
    """Raw rows of a plugin need not have ids; WordPress's own items do."""
    return (PAYLOAD_IS_NOT_EMPTY, IDS_ARE_UNIQUE) if name.is_known_kind else (PAYLOAD_IS_NOT_EMPTY,)


def build_check(settings: Settings, name: EndpointName, rule: Rule) -> dg.AssetChecksDefinition:
    may_be_empty = rule is PAYLOAD_IS_NOT_EMPTY and name.name in settings.may_be_empty

    @dg.asset_check(asset=name.key(settings), name=rule.name, description=rule.description)
    def check(configuration: ConfigurationResource, lake: LakeResource) -> dg.AssetCheckResult:
        objects = lake.of(settings, configuration.bucket(settings))
        stream = objects.open(name.name)
        if stream is None:
            return failed("nothing is stored yet: materialize the asset")
        try:
            with stream:
                offenders = rule.offenders(stream)
        except NotJson as fault:
            return failed(str(fault))
        if offenders and may_be_empty:
            return dg.AssetCheckResult(passed=True, description="Empty, as it may be.")
        return dg.AssetCheckResult(
            passed=not offenders,
            metadata={
                "offenders": len(offenders),
                "examples": dg.MetadataValue.json(list(offenders[:MOST_OFFENDERS_SHOWN])),
            },
        )

    return check


def failed(description: str) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=False, description=description)
