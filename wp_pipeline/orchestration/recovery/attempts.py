"""Retries of a site's step within its run: only of endpoints for which a retry may help.

Dagster executes the step again with the same selection. What an attempt stored is known by its
materializations, and what it refused by observations, from which the next attempt knows what to
leave out. The UI shows the reason of an observation beside the asset.
"""

from dataclasses import dataclass

import dagster as dg

from wp_pipeline.extraction.outcomes import ReadStats, Refused
from wp_pipeline.orchestration.answered import REASON
from wp_pipeline.orchestration.checks import SiteChecks
from wp_pipeline.orchestration.dagster_internals.run_events import (
    evaluation_in,
    events_of,
    observation_in,
)

RETRY_MAY_HELP = "retry_may_help"
KINDS = {
    dg.DagsterEventType.ASSET_MATERIALIZATION,
    dg.DagsterEventType.ASSET_OBSERVATION,
    dg.DagsterEventType.ASSET_CHECK_EVALUATION,
}


def refusal_observed(key: dg.AssetKey, outcome: Refused) -> dg.AssetObservation:
    return dg.AssetObservation(
        key,
        description=outcome.reason,
        metadata={REASON: outcome.reason, RETRY_MAY_HELP: outcome.retry_may_help},
    )


@dataclass(frozen=True)
class Attempt:
    """What earlier attempts at the step in this run settled; nothing for the first one.

    stored    endpoints that are stored
    refused   endpoints that are refused for good
    checked   checks that were evaluated, except those that compare objects
    """

    stored: frozenset[str] = frozenset()
    refused: tuple[Refused, ...] = ()
    checked: frozenset[dg.AssetCheckKey] = frozenset()

    @property
    def settled(self) -> frozenset[str]:
        """The endpoints that are left out."""
        return self.stored | {one.name for one in self.refused}

    @classmethod
    def of(cls, context: dg.AssetExecutionContext, checks: SiteChecks) -> "Attempt":
        if not context.retry_number:
            return cls()
        names = {name.key(checks.settings): name.name for name in checks.names}
        comparing = {
            checks.check_key(rule, name)
            for name in checks.names
            for rule in checks.rules(name)
            if rule.reads_others
        }
        stored: set[str] = set()
        refused: dict[str, Refused] = {}
        checked: set[dg.AssetCheckKey] = set()
        for event in events_of(context.instance, context.run.run_id, KINDS):
            if event.asset_key in names and event.is_step_materialization:
                stored.add(names[event.asset_key])
            elif event.asset_key in names and event.is_asset_observation:
                name = names[event.asset_key]
                refused[name] = refusal_in(name, observation_in(event))
            elif event.event_type is dg.DagsterEventType.ASSET_CHECK_EVALUATION:
                checked.add(evaluation_in(event).asset_check_key)
        for_good = tuple(one for one in refused.values() if not one.retry_may_help)
        return cls(frozenset(stored), for_good, frozenset(checked - comparing))


def refusal_in(name: str, observation: dg.AssetObservation) -> Refused:
    metadata = observation.metadata
    return Refused(
        name,
        str(metadata[REASON].value),
        ReadStats(0.0, 0),
        bool(metadata[RETRY_MAY_HELP].value),
    )
