"""What a stored object must satisfy. A check reads the object, and can be executed alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import dagster as dg

from wp_pipeline.aws.lake import Lake, ObjectStream
from wp_pipeline.extraction.rules import NotJson, Readable, has_no_rows, repeated_ids
from wp_pipeline.orchestration.endpoints import EndpointName
from wp_pipeline.settings import Settings

MOST_OFFENDERS_SHOWN = 20


@dataclass(frozen=True)
class Rule:
    """A claim about a stored object, what finds the offenders against it, and what they mean."""

    name: str
    description: str
    offenders: Callable[[Readable], Sequence[Any]]
    fault: str


PAYLOAD_IS_NOT_EMPTY = Rule(
    "payload_is_not_empty",
    "There are rows: an empty answer never replaces what is stored.",
    has_no_rows,
    "There is nothing in {}.",
)
IDS_ARE_UNIQUE = Rule(
    "ids_are_unique",
    "No two items share an id: pages shift while a site changes, and rows must not come twice.",
    repeated_ids,
    "Ids that come more than once: {}.",
)


def rules_for(name: EndpointName) -> tuple[Rule, ...]:
    """Raw rows of a plugin need not have ids; WordPress's own items do."""
    return (PAYLOAD_IS_NOT_EMPTY, IDS_ARE_UNIQUE) if name.is_known_kind else (PAYLOAD_IS_NOT_EMPTY,)


def build_check_specs(settings: Settings, names: Sequence[EndpointName]) -> list[dg.AssetCheckSpec]:
    return [
        dg.AssetCheckSpec(rule.name, asset=name.key(settings), description=rule.description)
        for name in names
        for rule in rules_for(name)
    ]


def judge(rule: Rule, name: EndpointName, settings: Settings, lake: Lake) -> dg.AssetCheckResult:
    """Hold what is stored for an endpoint against a rule. Raises LakeUnreachable."""
    verdict = verdict_on(
        rule, lake.open(name.name), may_be_empty=name.name in settings.may_be_empty
    )
    return dg.AssetCheckResult(
        asset_key=name.key(settings),
        check_name=rule.name,
        passed=verdict.passed,
        description=verdict.description or None,
        metadata={
            "offenders": len(verdict.offenders),
            "examples": dg.MetadataValue.json(list(verdict.offenders[:MOST_OFFENDERS_SHOWN])),
        },
    )


@dataclass(frozen=True)
class Verdict:
    passed: bool
    description: str = ""
    offenders: Sequence[Any] = ()


def verdict_on(rule: Rule, stream: ObjectStream | None, *, may_be_empty: bool) -> Verdict:
    if stream is None:
        return Verdict(False, "Nothing is stored yet: materialize the asset.", ["nothing stored"])
    with stream:
        try:
            offenders = rule.offenders(stream)
        except NotJson as fault:
            return Verdict(False, f"What is stored can't be read: {fault}.", [str(fault)])
    if not offenders:
        return Verdict(True)
    if rule is PAYLOAD_IS_NOT_EMPTY and may_be_empty:
        return Verdict(True, "Empty, as it may be.")
    shown = ", ".join(map(str, offenders[:MOST_OFFENDERS_SHOWN]))
    return Verdict(False, rule.fault.format(shown), offenders)
