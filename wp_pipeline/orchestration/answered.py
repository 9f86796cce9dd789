"""The check `answered`: it shows on an asset's own page why the last extraction refused it.

Other checks are about what is stored. This one is about the last extraction: run alone, it shows
the result of that extraction again.
"""

import dagster as dg

from wp_pipeline.extraction.outcomes import Outcome, Refused

REASON = "refused"  # In the metadata of an observation of a refused asset.
NAME = "answered"  # The first by name, so that the UI shows it first.
DESCRIPTION = "The last extraction got a complete and valid answer from the site."
NEVER_EXTRACTED = "Nothing was extracted yet: materialize the asset."


def build_spec(asset: dg.AssetKey) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(NAME, asset=asset, description=DESCRIPTION)


def check_key(asset: dg.AssetKey) -> dg.AssetCheckKey:
    return dg.AssetCheckKey(asset, NAME)


def result_of(asset: dg.AssetKey, outcome: Outcome) -> dg.AssetCheckResult:
    return result(asset, outcome.reason if isinstance(outcome, Refused) else "")


def result_of_last(asset: dg.AssetKey, instance: dg.DagsterInstance) -> dg.AssetCheckResult:
    """Return the result of the last extraction, as the events of the asset show it."""
    refusals = instance.fetch_observations(asset, limit=1).records
    stored = instance.fetch_materializations(asset, limit=1).records
    if refusals and (not stored or refusals[0].timestamp > stored[0].timestamp):
        observation = refusals[0].asset_observation
        reason = observation.metadata.get(REASON) if observation else None
        return result(asset, str(reason.value) if reason else DESCRIPTION)
    return result(asset, "" if stored else NEVER_EXTRACTED)


def result(asset: dg.AssetKey, reason: str) -> dg.AssetCheckResult:
    """Return a result that fails if there is a reason."""
    return dg.AssetCheckResult(
        asset_key=asset,
        check_name=NAME,
        passed=not reason,
        severity=dg.AssetCheckSeverity.ERROR,
        description=reason or None,
    )
