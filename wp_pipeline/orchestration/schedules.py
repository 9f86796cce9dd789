"""The job of a site, and the daily schedule that runs it."""

import dagster as dg

from wp_pipeline.settings import Settings


def job_name(settings: Settings) -> str:
    return f"{settings.site}_extraction"


def build_job(settings: Settings):
    """Build the job that extracts a whole site and checks what is stored."""
    return dg.define_asset_job(
        job_name(settings),
        selection=dg.AssetSelection.groups(settings.site),
        description=f"Extracts every endpoint of {settings.site} and checks what is stored.",
    )


def build_schedule(settings: Settings) -> dg.ScheduleDefinition:
    """Build the daily schedule. It is off until somebody turns it on in the UI."""
    return dg.ScheduleDefinition(
        name=f"{settings.site}_daily",
        job_name=job_name(settings),
        cron_schedule="0 7 * * *",
        execution_timezone=settings.timezone,
        description=f"Extracts all of {settings.site} at 07:00, {settings.timezone}.",
    )
