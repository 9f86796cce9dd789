"""The job of a site, the daily schedule that runs it, and how fresh its assets must be."""

from collections.abc import Iterable
from datetime import timedelta
from functools import cache

import dagster as dg

from wp_pipeline.orchestration.endpoint_names import EndpointName
from wp_pipeline.settings import Settings

HOUR = 7
HOURS_TO_FINISH = 2  # From the schedule's time until an asset that it did not bring is overdue.
# A run whose worker crashed is retried for what is missing. These are tags of the job: Dagster has
# no setting for the strategy. A run with refused endpoints is not: its step retries those itself.
RETRY_TAGS = {"dagster/retry_strategy": "FROM_ASSET_FAILURE", "dagster/max_retries": "2"}


# By it, the run queue lets one run of a site through at a time: deploy/production.yaml.
SITE_TAG = "wordpress/site"


def job_name(settings: Settings) -> str:
    return f"{settings.site}_extraction"


def build_job(settings: Settings, names: Iterable[EndpointName]):
    """Build the job that extracts a whole site and checks what is stored.

    The report is not in it: Dagster would skip it if one endpoint is refused.
    """
    return dg.define_asset_job(
        job_name(settings),
        selection=dg.AssetSelection.assets(*(name.key(settings) for name in names)),
        description=f"Extracts every endpoint of {settings.site} and checks what is stored.",
        tags={**RETRY_TAGS, SITE_TAG: settings.site},
    )


def build_schedule(settings: Settings) -> dg.ScheduleDefinition:
    """Build the daily schedule. It is off until somebody turns it on in the UI."""
    return dg.ScheduleDefinition(
        name=f"{settings.site}_daily",
        job_name=job_name(settings),
        cron_schedule=f"0 {HOUR} * * *",
        execution_timezone=settings.timezone,
        description=f"Extracts all of {settings.site} at {HOUR:02}:00, {settings.timezone}."
        " Off until somebody turns it on.",
    )


@cache
def build_freshness_policy(timezone: str) -> dg.FreshnessPolicy:
    """Return when an asset is overdue: if the daily run of the schedule did not bring it.

    Dagster goes through a thousand days of the schedule to build one: 5 ms for each asset.
    """
    return dg.FreshnessPolicy.cron(
        deadline_cron=f"0 {HOUR + HOURS_TO_FINISH} * * *",
        lower_bound_delta=timedelta(hours=HOURS_TO_FINISH),
        timezone=timezone,
    )
