"""The job of a site, the daily schedule that runs it, and how fresh its assets must be."""

from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from hashlib import sha256

import dagster as dg

from wp_pipeline.orchestration.endpoint_names import EndpointName
from wp_pipeline.settings import DAILY_AT, Settings

MINUTES_OF_SPREAD = 60  # from DAILY_AT
# From the schedule's time until an asset that it did not materialize is overdue.
HOURS_TO_FINISH = 2
# Tag of each run; the run queue limits the runs of a site by it: deploy/production.yaml.
SITE_TAG = "wordpress/site"
# Dagster retries a run whose worker crashed, for what is missing. These tags of the job say so, as
# there is no setting for the strategy. The step itself retries refused endpoints, within its run.
RETRY_TAGS = {"dagster/retry_strategy": "FROM_ASSET_FAILURE", "dagster/max_retries": "2"}


def job_name(settings: Settings) -> str:
    return f"{settings.site}_extraction"


def run_tags(settings: Settings) -> dict[str, str]:
    return {**RETRY_TAGS, SITE_TAG: settings.site}


def daily_at(settings: Settings) -> tuple[int, int]:
    """Return the hour and the minute of the daily schedule."""
    hour, minute = (settings.daily_at or DAILY_AT).split(":")
    return int(hour), int(minute)


def spread_time(site: str) -> str:
    """Return the time of one of many sites: always the same, within the hour from 07:00."""
    minute = int.from_bytes(sha256(site.encode()).digest()[:4], "big") % MINUTES_OF_SPREAD
    return f"{DAILY_AT.partition(':')[0]}:{minute:02}"


def build_job(settings: Settings, names: Iterable[EndpointName]):
    """Build the job that extracts a whole site and checks what is stored.

    The report is not in it: Dagster would skip it if one endpoint is refused.
    """
    return dg.define_asset_job(
        job_name(settings),
        selection=dg.AssetSelection.assets(*(name.key(settings) for name in names)),
        description=f"Extracts every endpoint of {settings.site} and checks what is stored.",
        tags=run_tags(settings),
    )


def build_schedule(settings: Settings) -> dg.ScheduleDefinition:
    """Build the daily schedule. It is off until somebody turns it on in the UI."""
    hour, minute = daily_at(settings)
    return dg.ScheduleDefinition(
        name=f"{settings.site}_daily",
        job_name=job_name(settings),
        cron_schedule=f"{minute} {hour} * * *",
        execution_timezone=settings.timezone,
        description=f"Extracts all of {settings.site} at {hour:02}:{minute:02},"
        f" {settings.timezone}."
        " Off until somebody turns it on.",
    )


def build_freshness_policy(settings: Settings) -> dg.FreshnessPolicy:
    """Return when an asset is overdue: some time after a daily run that did not materialize it.

    The deadline is a full hour, so that sites whose minutes differ share a policy.
    """
    hour, minute = daily_at(settings)
    hours = HOURS_TO_FINISH + bool(minute)
    return freshness_policy((hour + hours) % 24, hours, settings.timezone)


@cache
def freshness_policy(deadline: int, hours: int, timezone: str) -> dg.FreshnessPolicy:
    """Build a policy once for all assets: it takes Dagster 5 ms, as it tries a thousand days."""
    return dg.FreshnessPolicy.cron(
        deadline_cron=f"0 {deadline} * * *",
        lower_bound_delta=timedelta(hours=hours),
        timezone=timezone,
    )
