"""The sensor that looks at many sites, some at a time, and requests a run of each that changed."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timezone

import dagster as dg

from wp_pipeline.aws.errors import AwsError
from wp_pipeline.extraction.configuration import ConfigurationError
from wp_pipeline.orchestration.resources import ConfigurationResource, LakeResource
from wp_pipeline.orchestration.schedules import SITE_TAG
from wp_pipeline.orchestration.sensors.changes import UNFINISHED, Seen, look_at_site
from wp_pipeline.orchestration.sensors.cursor import some_of
from wp_pipeline.orchestration.sensors.ended_runs import ALL_ASSETS
from wp_pipeline.orchestration.sites.looks import Looks
from wp_pipeline.orchestration.sites.sites import LoadedSite, Sites

SECONDS_BETWEEN_TICKS = 30
SECONDS = 50.0  # for all looks of a tick: Dagster ends it after 60
SECONDS_OF_SITE = 20.0
LEAST_SECONDS = 5.0
NOT_ENDED = "the look did not end in time"
SITES_AT_ONCE = 8


@dataclass(frozen=True)
class Limits:
    """How long a tick may look, in seconds, and at how many sites at the same time.

    With less than `least_seconds` left, no look begins.
    """

    seconds: float = SECONDS
    seconds_of_site: float = SECONDS_OF_SITE
    least_seconds: float = LEAST_SECONDS
    at_once: int = SITES_AT_ONCE


# What a look found, or the reason why it failed.
Found = Seen | str
Look = Callable[[LoadedSite, float], Seen]


def build_sites_changes_sensor(sites: Sites, limits: Limits = Limits()) -> dg.SensorDefinition:
    """Build the sensor. It is off until somebody turns it on in the UI."""

    @dg.sensor(
        name=f"{sites.name}_changes",
        job_name=ALL_ASSETS,
        minimum_interval_seconds=SECONDS_BETWEEN_TICKS,
        description=(
            "Looks at the sites that are due (WP_PIPELINE_CHANGES_INTERVAL), some at a time, with"
            " one small request for each collection, and asks for one run for each site that"
            " changed. Sites for which a tick has no time left come first in the next one. Off"
            " until somebody turns it on."
        ),
    )
    def changes(
        context: dg.SensorEvaluationContext,
        configuration: ConfigurationResource,
        lake: LakeResource,
    ) -> dg.SensorResult:
        now = datetime.now(timezone.utc)
        looks = Looks.parse(context.cursor, now).only(sites.sites, now.timestamp())
        busy = sites_with_runs(context.instance)
        due = [one for one in looks.due(sites.sites, now.timestamp()) if one.name not in busy]

        def look(site: LoadedSite, seconds: float) -> Seen:
            known = {name.name for name in site.names}
            cursor = looks.cursor_of(site)
            return look_at_site(site.settings, known, cursor, now, configuration, lake, seconds)

        after, requests, notes = looks, [], []
        for site, found in looked_at(due, look, limits):
            seen = found if isinstance(found, Seen) else None
            after = after.after(site, seen, now.timestamp())
            notes += [f"{site.name}: {note}" for note in notes_of(found)]
            if seen and seen.request:
                requests.append(seen.request)
        for note in notes:
            context.log.warning(note)
        reason = None if requests else summary(due, notes, busy)
        return dg.SensorResult(run_requests=requests, skip_reason=reason, cursor=after.dump())

    return changes


def looked_at(
    sites: Sequence[LoadedSite], look: Look, limits: Limits
) -> Iterator[tuple[LoadedSite, Found]]:
    """Look at sites in this order. Yields none for which there was no time to begin a look.

    A look that does not end in time is abandoned.
    """
    end = time.monotonic() + limits.seconds
    begun: dict[str, Future[Found | None]] = {}

    def look_in_time(site: LoadedSite) -> Found | None:
        left = end - time.monotonic()
        if left < limits.least_seconds:
            return None
        try:
            return look(site, min(left, limits.seconds_of_site))
        except (ConfigurationError, AwsError) as error:
            return str(error)

    pool = ThreadPoolExecutor(limits.at_once)
    try:
        begun = {site.name: pool.submit(look_in_time, site) for site in sites}
        wait(begun.values(), timeout=max(0.0, end - time.monotonic()))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    for site in sites:
        future = begun[site.name]
        if not future.done():
            yield site, NOT_ENDED
        elif not future.cancelled() and (found := future.result()) is not None:
            yield site, found


def notes_of(found: Found) -> Sequence[str]:
    return found.failures if isinstance(found, Seen) else [found]


def sites_with_runs(instance: dg.DagsterInstance) -> frozenset[str]:
    """Return the sites of which a run is waiting or under way: what it will store is unknown."""
    records = instance.get_run_records(dg.RunsFilter(statuses=UNFINISHED))
    runs = [record.dagster_run for record in records]
    tags = {run.tags[SITE_TAG] for run in runs if SITE_TAG in run.tags}
    keys = {key.path[0] for run in runs for key in run.asset_selection or ()}
    return frozenset(tags | keys)


def summary(due: Sequence[LoadedSite], notes: Sequence[str], busy: frozenset[str]) -> str:
    if notes:
        return f"{len(due)} sites were due: {some_of(notes)}"
    if not due:
        waiting = f"; runs of {some_of(sorted(busy))} have not ended yet" if busy else ""
        return f"No site is due{waiting}."
    return f"Nothing changed in {some_of([site.name for site in due])}."
