"""When a site is extracted."""

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from wp_pipeline.settings import Settings


def build_job(settings: Settings) -> UnresolvedAssetJobDefinition:
    """Build the job that extracts all of a site and checks what is stored."""
    return dg.define_asset_job(
        f"{settings.site}_extraction",
        selection=dg.AssetSelection.groups(settings.site),
        description=f"Extracts every endpoint of {settings.site} and checks what is stored.",
    )


def build_schedule(settings: Settings, job: UnresolvedAssetJobDefinition) -> dg.ScheduleDefinition:
    """Build the daily schedule. It is off until it is switched on in the UI."""
    return dg.ScheduleDefinition(
        name=f"{settings.site}_daily",
        job=job,
        cron_schedule="0 7 * * *",
        execution_timezone=settings.timezone,
        description=f"Extracts all of {settings.site} at 07:00, {settings.timezone}.",
    )
