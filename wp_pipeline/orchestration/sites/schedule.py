"""The daily schedule of many sites: each at a minute of its own, one run for each."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import dagster as dg

from wp_pipeline.orchestration.endpoint_names import asset_key
from wp_pipeline.orchestration.schedules import daily_at, run_tags
from wp_pipeline.orchestration.sensors.ended_runs import ALL_ASSETS
from wp_pipeline.orchestration.sites.sites import LoadedSite, Sites
from wp_pipeline.wordpress.endpoints.endpoint import asset_name


def build_sites_schedules(sites: Sites) -> Iterator[dg.ScheduleDefinition]:
    """Build a schedule for each time zone; the name of the component's own has no zone.

    They are off until somebody turns them on in the UI.
    """
    of_zone: dict[str, list[LoadedSite]] = {}
    for site in sites.sites:
        of_zone.setdefault(site.settings.timezone, []).append(site)
    for zone, those in sorted(of_zone.items()):
        suffix = "" if zone == sites.base.timezone else f"_{suffix_of(zone)}"
        yield build_schedule(f"{sites.name}_daily{suffix}", zone, those)


def suffix_of(zone: str) -> str:
    """Return a name for a time zone that no other has: there are Etc/GMT+5 and Etc/GMT-5."""
    return asset_name(zone.replace("+", "_plus_"))


def build_schedule(name: str, zone: str, sites: Sequence[LoadedSite]) -> dg.ScheduleDefinition:
    of_time: dict[tuple[int, int], list[LoadedSite]] = {}
    for site in sites:
        of_time.setdefault(daily_at(site.settings), []).append(site)

    @dg.schedule(
        name=name,
        job_name=ALL_ASSETS,
        cron_schedule=crons(of_time),
        execution_timezone=zone,
        description=(
            f"Extracts all of each site once a day, each in a run of its own: {len(sites)} sites,"
            f" at {len(of_time)} different minutes ({zone}). Off until somebody turns it on."
        ),
    )
    def daily(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest]:
        now = context.scheduled_execution_time.astimezone(ZoneInfo(zone))
        for time, those in of_time.items():
            if is_due(time, now):
                yield from (full_run(site, now) for site in those)

    return daily


def is_due(time: tuple[int, int], now: datetime) -> bool:
    """Whether it is the time of a site; one that summer time leaves out is when that begins."""
    wanted = now.replace(hour=time[0], minute=time[1])
    if wanted == now:
        return True
    before = (now.astimezone(timezone.utc) - timedelta(minutes=1)).astimezone(now.tzinfo)
    exists = wanted.astimezone(timezone.utc).astimezone(now.tzinfo) == wanted
    return not exists and before.utcoffset() != now.utcoffset()


def full_run(site: LoadedSite, now: datetime) -> dg.RunRequest:
    """Ask for a run of all endpoints of a site; the report is not among them."""
    return dg.RunRequest(
        run_key=f"{site.name} {now:%Y-%m-%d}",
        asset_selection=[asset_key(site.settings, name.name) for name in site.names],
        tags=run_tags(site.settings),
    )


def crons(of_time: Mapping[tuple[int, int], object]) -> list[str]:
    """Return one cron schedule for each hour, with all of its minutes."""
    of_hour: dict[int, list[str]] = {}
    for hour, minute in sorted(of_time):
        of_hour.setdefault(hour, []).append(str(minute))
    return [f"{','.join(minutes)} {hour} * * *" for hour, minutes in of_hour.items()]
