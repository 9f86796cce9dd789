"""What makes us extract a site sooner than planned."""

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timezone

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from wp_pipeline.extraction.extract import site_client
from wp_pipeline.orchestration.endpoints import EndpointName, asset_key
from wp_pipeline.orchestration.resources import ConfigurationResource
from wp_pipeline.settings import Settings
from wp_pipeline.wordpress.collections.probe import Sight, look
from wp_pipeline.wordpress.endpoints import Endpoint
from wp_pipeline.wordpress.errors import SiteError
from wp_pipeline.wordpress.http.client import Deadline
from wp_pipeline.wordpress.http.throttle import RetryingClient

SECONDS_BETWEEN_LOOKS = 300
SECONDS_FOR_ALL_LOOKS = 40.0  # Dagster ends a tick after 60.
NAMES_IN_A_RUN_KEY = 5


@dataclass(frozen=True)
class Cursor:
    """What was seen of each collection; the `count`-th change since the sensor `began`.

    The count makes a run key that is new for each change, also for one that leads back to what
    was seen before, and the same if a tick is repeated.
    """

    began: str
    count: int = 0
    seen: Mapping[str, Sight] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str | None) -> "Cursor":
        if not text:
            return cls(f"{datetime.now(timezone.utc):%Y-%m-%dT%H:%M:%SZ}")
        stored = json.loads(text)
        seen = {name: Sight(**sight) for name, sight in stored["seen"].items()}
        return cls(stored["began"], stored["count"], seen)

    def dump(self) -> str:
        return json.dumps(asdict(self))


def build_changes_sensor(
    settings: Settings, names: Sequence[EndpointName], job: UnresolvedAssetJobDefinition
) -> dg.SensorDefinition:
    """Build the sensor that extracts the collections that changed. It is off until switched on."""

    @dg.sensor(
        name=f"{settings.site}_changes",
        job=job,
        minimum_interval_seconds=SECONDS_BETWEEN_LOOKS,
        description=(
            "Looks at the total and the newest item of each collection with one small request,"
            " and extracts those that changed. Single answers wait for the daily run, and so do"
            " edits of what WordPress does not sort by modification: comments, terms, users;"
            " so does a change whose run failed."
        ),
    )
    def changes(
        context: dg.SensorEvaluationContext, configuration: ConfigurationResource
    ) -> dg.SensorResult | dg.SkipReason:
        before = Cursor.parse(context.cursor)
        known = {name.name for name in names}  # Others have no asset until the next reload.
        site = configuration.site(settings)
        endpoints = [endpoint for endpoint in site.endpoints if endpoint.name in known]
        seen, failures = look_at_all(endpoints, site_client(settings, site), before)
        for failure in failures:
            context.log.warning(failure)
        changed = sorted(name for name in seen if seen[name] != before.seen.get(name))
        if not changed:
            return dg.SkipReason(skip_reason(seen, failures))
        now = replace(before, count=before.count + 1, seen={**before.seen, **seen})
        return dg.SensorResult(
            run_requests=[
                dg.RunRequest(
                    run_key=run_key(now, changed),
                    asset_selection=[asset_key(settings, name) for name in changed],
                )
            ],
            cursor=now.dump(),
        )

    return changes


def look_at_all(
    endpoints: Sequence[Endpoint], client: RetryingClient, before: Cursor
) -> tuple[dict[str, Sight], list[str]]:
    """Return what is seen of each collection, and a reason for each that could not be looked at."""
    deadline = Deadline(SECONDS_FOR_ALL_LOOKS)
    seen, failures = {}, []
    with ThreadPoolExecutor(client.at_once) as pool:
        looks = {}
        for endpoint in endpoints:
            if endpoint.is_known_kind:
                known = before.seen.get(endpoint.name)
                orderby = known.orderby if known else "modified"
                looks[endpoint.name] = pool.submit(look, endpoint, client, deadline, orderby)
        for name, future in looks.items():
            try:
                sight = future.result()
            except SiteError as error:
                failures.append(f"{name}: {error}")
                continue
            if sight is not None:
                seen[name] = sight
    return seen, failures


def run_key(now: Cursor, changed: list[str]) -> str:
    """Return what a person can read: when the sensor began, the how-manieth change, of what."""
    names = ", ".join(changed[:NAMES_IN_A_RUN_KEY])
    more = len(changed) - NAMES_IN_A_RUN_KEY
    return f"{now.began} change {now.count}: {names}{f' and {more} more' if more > 0 else ''}"


def skip_reason(seen: Mapping[str, Sight], failures: list[str]) -> str:
    if failures:
        return "; ".join(failures)
    if not seen:
        return "No endpoint is a collection that can be looked at cheaply."
    return f"Nothing changed in {', '.join(sorted(seen))}."
