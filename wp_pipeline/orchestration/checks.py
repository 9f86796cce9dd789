"""Asset checks: the rules of `extraction/rules/`, as Dagster runs and shows them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import dagster as dg

from wp_pipeline.aws.lake import Lake
from wp_pipeline.extraction.rules.registry import rules_for
from wp_pipeline.extraction.rules.rule import (
    NOTHING_STORED,
    History,
    Place,
    Rule,
    Subject,
    Verdict,
    evaluate,
)
from wp_pipeline.extraction.rules.stored_items import StoredJson
from wp_pipeline.orchestration import answered
from wp_pipeline.orchestration.endpoint_names import EndpointName
from wp_pipeline.orchestration.metadata import SENT_AS
from wp_pipeline.settings import Settings

# Refreshes that find nothing changed store no columns; at most this many are skipped to find some.
MOST_COMPARED = 20


@dataclass(frozen=True)
class SiteChecks:
    """The checks of endpoints of a site.

    `names` are the endpoints that are checked. `others` are further ones of the site, which decide
    which rules apply. Without `comparing`, rules that compare objects are left out.
    """

    settings: Settings
    names: Sequence[EndpointName]
    others: Sequence[EndpointName] = ()
    comparing: bool = True

    @property
    def all_names(self) -> Sequence[EndpointName]:
        return [*self.names, *(one for one in self.others if one not in self.names)]

    def rules(self, name: EndpointName) -> tuple[Rule, ...]:
        rules = rules_for(self.place(name))
        return tuple(rule for rule in rules if self.comparing or not rule.reads_others)

    def specs(self) -> list[dg.AssetCheckSpec]:
        keys = {name: name.key(self.settings) for name in self.names}
        of_extraction = [answered.build_spec(key) for key in keys.values()]
        return of_extraction + [
            dg.AssetCheckSpec(rule.name, asset=key, description=rule.description)
            for name, key in keys.items()
            for rule in self.rules(name)
        ]

    def check_key(self, rule: Rule, name: EndpointName) -> dg.AssetCheckKey:
        return dg.AssetCheckKey(name.key(self.settings), rule.name)

    def place(self, name: EndpointName) -> Place:
        collections = frozenset(one.name for one in self.all_names if one.is_known_kind)
        site = frozenset(one.name for one in self.all_names)
        return Place(name.name, name.is_known_kind, site, collections)

    @contextmanager
    def subject(
        self, name: EndpointName, lake: Lake, instance: dg.DagsterInstance
    ) -> Iterator[Subject | None]:
        """Open what is stored for an endpoint; None if nothing is. Raises an AwsError."""
        place = self.place(name)
        opened = lake.open(place.name)
        if opened is None:
            yield None
            return
        history = materializations(instance, name.key(self.settings))
        with opened as stream:
            json = StoredJson(stream, lambda: lake.open(place.name))
            yield Subject(place, json, stream.metadata, self.settings, history, lake.open)

    def result(
        self, rule: Rule, name: EndpointName, subject: Subject | None
    ) -> dg.AssetCheckResult:
        """Apply a rule to an endpoint's subject. Raises an AwsError."""
        verdict = evaluate(rule, subject) if subject else NOTHING_STORED
        return result_of(verdict, self.check_key(rule, name), rule.is_warning)


def result_of(verdict: Verdict, key: dg.AssetCheckKey, is_warning: bool) -> dg.AssetCheckResult:
    severity = dg.AssetCheckSeverity.WARN if is_warning else dg.AssetCheckSeverity.ERROR
    return dg.AssetCheckResult(
        asset_key=key.asset_key,
        check_name=key.name,
        passed=verdict.passed,
        severity=severity,
        description=verdict.description or None,
        metadata={"offenders": verdict.offenders, **examples_in(verdict), **verdict.figures},
    )


def examples_in(verdict: Verdict) -> dict[str, dg.MetadataValue]:
    """Return a few offenders, if there are any."""
    examples = list(verdict.examples)
    return {"examples": dg.MetadataValue.json(examples)} if examples else {}


def materializations(instance: dg.DagsterInstance, key: dg.AssetKey) -> Callable[[], History]:
    """Return a function that reads the metadata of the latest materializations, newest first."""

    def read() -> History:
        found = instance.fetch_materializations(key, limit=MOST_COMPARED).records
        made = [record.asset_materialization for record in found]
        return [values_of(one.metadata) for one in made if one is not None]

    return read


def values_of(metadata: Mapping[str, dg.MetadataValue]) -> dict[str, Any]:
    """Return metadata without Dagster's types; a column schema becomes the type of each column by
    name.
    """
    return {label: plain(value.value) for label, value in metadata.items()}


def plain(value: Any) -> Any:
    if isinstance(value, dg.TableSchema):
        return {column.name: column.tags.get(SENT_AS, column.type) for column in value.columns}
    return value
