"""The sensor that brings up to date what changed."""

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timezone

import dagster as dg

from wp_pipeline.aws.errors import AwsError
from wp_pipeline.aws.lake import Lake
from wp_pipeline.extraction.configuration import SiteConfiguration
from wp_pipeline.extraction.errors import ExtractionError
from wp_pipeline.extraction.extract import site_options
from wp_pipeline.extraction.refresh.moved import follows, is_of_terms
from wp_pipeline.extraction.run_options import CHANGES, DEFAULTS
from wp_pipeline.extraction.updating.change_detection import ChangeDetection, detect_change
from wp_pipeline.extraction.updating.context import UpdateContext
from wp_pipeline.observer import Observer
from wp_pipeline.orchestration.endpoint_names import EndpointName, asset_key
from wp_pipeline.orchestration.resources import ConfigurationResource, LakeResource
from wp_pipeline.orchestration.schedules import job_name, run_tags
from wp_pipeline.orchestration.sensors.cursor import Cursor, is_over, some_of
from wp_pipeline.orchestration.steps.names import run_config
from wp_pipeline.settings import Settings
from wp_pipeline.wordpress.endpoints.endpoint import Endpoint
from wp_pipeline.wordpress.errors import SiteError
from wp_pipeline.wordpress.reading.outline import is_of_posts
from wp_pipeline.wordpress.site.site import open_site

BECAUSE = "wp_pipeline/because"  # The tag of a run.
OUTLINES_ARE_DUE = "outlines are due (WP_PIPELINE_OUTLINE_INTERVAL)"
DEADLINE = 40.0  # seconds for all looks: Dagster ends a tick after 60
UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def build_changes_sensor(settings: Settings, names: Sequence[EndpointName]) -> dg.SensorDefinition:
    """Build the sensor. It is off until somebody turns it on in the UI."""
    known = {name.name for name in names}  # New endpoints have no asset until the next reload.

    @dg.sensor(
        name=f"{settings.site}_changes",
        job_name=job_name(settings),
        minimum_interval_seconds=settings.changes_interval,
        description=(
            f"Every {readable_interval(settings.changes_interval)} it looks at each collection with"
            " one small request, compares it with what is stored, and refreshes those that changed."
            f" Every {readable_interval(settings.outline_interval)} it compares the outlines of all"
            " items, which show what a small request can't. Single answers wait for the daily run,"
            " unless WP_PIPELINE_SINGLE_ANSWERS is set. Off until somebody turns it on."
        ),
    )
    def changes(
        context: dg.SensorEvaluationContext,
        configuration: ConfigurationResource,
        lake: LakeResource,
    ) -> dg.SensorResult | dg.SkipReason:
        now = datetime.now(timezone.utc)
        before = Cursor.parse(context.cursor, now)
        if is_in_flight(context.instance, job_name(settings)):
            return dg.SkipReason("A run of the site has not ended yet.")
        seen = look_at_site(settings, known, before, now, configuration, lake, DEADLINE)
        for failure in seen.failures:
            context.log.warning(failure)
        return dg.SensorResult(
            run_requests=[seen.request] if seen.request else None,
            skip_reason=seen.reason or None,
            cursor=seen.cursor.dump(),
        )

    return changes


def readable_interval(seconds: float) -> str:
    """Return an interval after "every": `hour`, `5 minutes`, `90 seconds`."""
    for unit, size in (("hour", 3600), ("minute", 60), ("second", 1)):
        if seconds % size == 0:
            count = int(seconds // size)
            return unit if count == 1 else f"{count} {unit}s"
    return f"{seconds:g} seconds"


@dataclass(frozen=True)
class Seen:
    """What a look at a site found: the run to request, or the reason why there is none.

    `failures` has a reason for each collection whose probe failed. `changed` are the collections
    that differ from the stored objects, also those that the run does not include.
    """

    cursor: Cursor
    request: dg.RunRequest | None = None
    reason: str = ""
    failures: Sequence[str] = ()
    changed: frozenset[str] = frozenset()


def look_at_site(
    settings: Settings,
    known: Collection[str],
    before: Cursor,
    now: datetime,
    configuration: ConfigurationResource,
    lake: LakeResource,
    deadline: float,
) -> Seen:
    """Probe each collection that has an asset, whose name is in `known`; `deadline` is in seconds.

    Raises ConfigurationError.
    """
    site = configuration.site(settings)
    loaded = [one for one in site.endpoints if one.name in known]
    endpoints = [one for one in loaded if one.is_known_kind]
    is_due = is_over(settings.outline_interval, before.outlined_at, now.timestamp())
    if endpoints and is_due:  # Dagster would execute the whole job for an empty selection.
        after = replace(before, count=before.count + 1, outlined_at=now.timestamp())
        names = [one.name for one in endpoints]
        return Seen(after, request(names, after, settings, OUTLINES_ARE_DUE, outline=True))
    looks, failures = looked_at(endpoints, site, settings, lake.of(settings, site.bucket), deadline)
    changed = {name: look for name, look in looks.items() if look.change}
    before = before.without(looks.keys() - changed.keys())
    asked = {
        name: look for name, look in changed.items() if before.may_ask(name, look, now.timestamp())
    }
    if not asked:
        reason = skip_reason(endpoints, looks, failures)
        return Seen(before, None, reason, failures, frozenset(changed))
    after = before.after_asking(asked, now.timestamp(), settings.changes_interval)
    single = [one.name for one in loaded if not one.is_known_kind]
    also = single if settings.single_answers else []
    names = [*with_followers(list(asked), endpoints), *also]
    why = f"changed: {some_of(sorted(asked))}"
    run = request(names, after, settings, why)
    return Seen(after, run, "", failures, frozenset(changed))


def request(
    names: Sequence[str], cursor: Cursor, settings: Settings, why: str, *, outline: bool = False
) -> dg.RunRequest:
    """Return a request for a run that refreshes these endpoints; the list of runs shows why."""
    config = {"mode": CHANGES, "outline": outline}
    return dg.RunRequest(
        run_key=cursor.run_key(names),
        asset_selection=[asset_key(settings, name) for name in names],
        tags={**run_tags(settings), BECAUSE: why},
        run_config=run_config(settings, names, config),
    )


def is_in_flight(instance: dg.DagsterInstance, job: str) -> bool:
    """Whether a run of the site is waiting or under way: what it will store is unknown."""
    unfinished = dg.RunsFilter(job_name=job, statuses=UNFINISHED)
    return bool(instance.get_run_records(unfinished, limit=1))


def looked_at(
    endpoints: Sequence[Endpoint],
    site: SiteConfiguration,
    settings: Settings,
    lake: Lake,
    deadline: float,
) -> tuple[dict[str, ChangeDetection], list[str]]:
    """Look at each endpoint; return what was seen, and a reason for each look that failed."""
    options = replace(site_options(settings, site), deadline_for_all=deadline)
    seen: dict[str, ChangeDetection] = {}
    failures: list[str] = []
    with open_site(options) as opened, ThreadPoolExecutor(settings.concurrency) as pool:
        shared = UpdateContext(opened, lake, settings, DEFAULTS, Observer(), site.credentials)
        looks = {one.name: pool.submit(detect_change, one, shared) for one in endpoints}
        for name, look in sorted(looks.items()):
            try:
                seen[name] = look.result()
            except (SiteError, ExtractionError, AwsError) as error:
                failures.append(f"{name}: {error}")
    return seen, failures


def with_followers(changed: Sequence[str], endpoints: Sequence[Endpoint]) -> list[str]:
    """Return the changed collections, and those that may have changed with them unnoticed."""
    terms = {one.name for one in endpoints if is_of_terms(one)}
    posts = {one.name for one in endpoints if is_of_posts(one.address)}
    comments = {one.name for one in endpoints if follows(one)}
    found = set(changed)
    if found & terms:
        found |= posts
    if found - comments:
        found |= comments
    return sorted(found)


def skip_reason(
    endpoints: Sequence[Endpoint], looks: Mapping[str, ChangeDetection], failures: Sequence[str]
) -> str:
    if failures:
        return "; ".join(failures)
    if not endpoints:
        return "No endpoint is a collection that can be looked at."
    if waiting := sorted(name for name, look in looks.items() if look.change):
        return f"Changed, but the last runs could not store it: {', '.join(waiting)}."
    return f"Nothing changed in {', '.join(sorted(looks))}."
