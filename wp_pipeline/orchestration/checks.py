"""What a stored object must satisfy. A check reads the object, and can be executed alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import dagster as dg

from wp_pipeline.aws.lake import Lake
from wp_pipeline.extraction.stored import NotJson, has_no_rows, repeated_ids
from wp_pipeline.orchestration.endpoints import EndpointName
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


def rules_for(name: EndpointName) -> tuple[Rule, ...]:
    """Raw rows of a plugin need not have ids; WordPress's own items do."""
    return (PAYLOAD_IS_NOT_EMPTY, IDS_ARE_UNIQUE) if name.is_known_kind else (PAYLOAD_IS_NOT_EMPTY,)


def build_check_specs(
    settings: Settings, names: Sequence[EndpointName]
) -> list[dg.AssetCheckSpec]:
    return [
        dg.AssetCheckSpec(rule.name, asset=name.key(settings), description=rule.description)
        for name in names
        for rule in rules_for(name)
    ]


def judge(rule: Rule, name: EndpointName, settings: Settings, lake: Lake) -> dg.AssetCheckResult:
    """Hold what is stored for an endpoint against a rule. Raises LakeUnreachable."""
    stream = lake.open(name.name)
    if stream is None:
        offenders, description = ["nothing is stored"], "Nothing is stored: materialize the asset."
    else:
        offenders, description = offenders_in(stream, rule)
    is_allowed = rule is PAYLOAD_IS_NOT_EMPTY and name.name in settings.may_be_empty
    return dg.AssetCheckResult(
        asset_key=name.key(settings),
        check_name=rule.name,
        passed=not offenders or (stream is not None and not description and is_allowed),
        description=description or None,
        metadata={
            "offenders": len(offenders),
            "examples": dg.MetadataValue.json(list(offenders[:MOST_OFFENDERS_SHOWN])),
        },
    )


def offenders_in(stream: BinaryIO, rule: Rule) -> tuple[Sequence[Any], str]:
    """Return what offends against the rule, and a description where the object is no JSON."""
    with stream:
        try:
            return rule.offenders(stream), ""
        except NotJson as fault:
            return [str(fault)], f"What is stored can't be read: {fault}."
