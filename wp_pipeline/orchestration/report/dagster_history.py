"""What Dagster knows of a site's extractions, as the values that the report needs."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone

import dagster as dg

from wp_pipeline.orchestration import answered
from wp_pipeline.orchestration.checks import SiteChecks
from wp_pipeline.orchestration.dagster_internals.instance import last_evaluation
from wp_pipeline.orchestration.endpoint_names import EndpointName
from wp_pipeline.report.history import Check, EndpointHistory, Extraction, History

MOST_EXTRACTIONS = 8

Materializations = Sequence[dg.EventLogRecord]


def history_of(checks: SiteChecks, instance: dg.DagsterInstance) -> History:
    """Return the history of a site, from the events of its assets."""
    endpoints: dict[str, EndpointHistory] = {}
    found: dict[str, Materializations] = {}
    for name in checks.names:
        key = name.key(checks.settings)
        found[name.name] = instance.fetch_materializations(key, limit=MOST_EXTRACTIONS).records
        endpoints[name.name] = EndpointHistory(
            as_of=as_of(found[name.name]),
            refusal=refusal(key, found[name.name], instance),
            checks=[*results(checks, name, instance)],
        )
    return History(endpoints, extractions(found))


def as_of(stored: Materializations) -> datetime | None:
    """Return when the reading began that was materialized last."""
    if not stored:
        return None
    seconds = metadata_of(stored[0]).get("duration_seconds")
    took = seconds.value or 0.0 if isinstance(seconds, dg.FloatMetadataValue) else 0.0
    return time_of(stored[0]) - timedelta(seconds=took)


def refusal(key: dg.AssetKey, stored: Materializations, instance: dg.DagsterInstance) -> str:
    """Return why the last extraction refused the endpoint; empty if it did not."""
    observed = instance.fetch_observations(key, limit=1).records
    if not observed or (stored and observed[0].timestamp <= stored[0].timestamp):
        return ""
    return answered.result_of_last(key, instance).description or ""


def results(
    checks: SiteChecks, name: EndpointName, instance: dg.DagsterInstance
) -> Iterator[Check]:
    """Yield the last result of each check of an endpoint that has one."""
    for rule in checks.rules(name):
        evaluation = last_evaluation(instance, checks.check_key(rule, name))
        if evaluation:
            yield Check(rule.name, evaluation.passed, evaluation.description or "")


def extractions(found: Mapping[str, Materializations]) -> Sequence[Extraction]:
    """Return the last runs with the row counts that each stored, the newest first."""
    rows: dict[str, dict[str, int]] = {}
    ended: dict[str, datetime] = {}
    for name, records in found.items():
        for record in records:
            count = metadata_of(record).get("dagster/row_count")
            if count is not None and isinstance(count.value, int):
                rows.setdefault(record.run_id, {})[name] = count.value
                at = time_of(record)
                ended[record.run_id] = max(at, ended.get(record.run_id, at))
    runs = sorted(ended, key=lambda run: ended[run], reverse=True)[:MOST_EXTRACTIONS]
    return [Extraction(ended[run], rows[run]) for run in runs]


def metadata_of(record: dg.EventLogRecord) -> Mapping[str, dg.MetadataValue]:
    made = record.asset_materialization
    return made.metadata if made else {}


def time_of(record: dg.EventLogRecord) -> datetime:
    return datetime.fromtimestamp(record.timestamp, timezone.utc)
