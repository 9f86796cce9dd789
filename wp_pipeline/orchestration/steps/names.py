"""The steps of a site: their names, order and pool, and the run configuration of all of them."""

from collections.abc import Iterable, Mapping
from typing import Any

from wp_pipeline.aws.lake import REPORT
from wp_pipeline.extraction.alerts import WHOLE
from wp_pipeline.extraction.refresh.moved import COMMENTS, TERMS
from wp_pipeline.setting_types import STEP_OF_SITE
from wp_pipeline.settings import Settings
from wp_pipeline.wordpress.endpoints.endpoint import asset_name

# Parts of a site beside `WHOLE`, the extraction, as alerts call them.
THE_TABLES, THE_REPORT = "the tables", "the report"
PARTS = frozenset({WHOLE, THE_TABLES, THE_REPORT})
A_TABLE = "the table "


def name_of_table(table: str) -> str:
    """Return how alerts call one table."""
    return f"{A_TABLE}{asset_name(table)}"


def step_name(settings: Settings, endpoint: str) -> str:
    """Return the name of the step that extracts an endpoint."""
    of_site = f"extract_{settings.site}"
    return of_site if settings.steps == STEP_OF_SITE else f"{of_site}__{asset_name(endpoint)}"


def comparison_name(settings: Settings, endpoint: str) -> str:
    """Return the name of the step that compares an endpoint's object with others."""
    return f"compare_{settings.site}__{asset_name(endpoint)}"


def tables_step_name(settings: Settings) -> str:
    return f"build_tables_{settings.site}"


def report_step_name(settings: Settings) -> str:
    return f"{settings.site}__{REPORT}"


def part_of(step_key: str | None, settings: Settings) -> str | None:
    """Return what of the site a step brings up to date; None for a step of something else."""
    key = step_key or ""
    of_endpoints = (f"extract_{settings.site}__", f"compare_{settings.site}__")
    if key == f"extract_{settings.site}" or key.startswith(of_endpoints):
        return WHOLE
    parts = {tables_step_name(settings): THE_TABLES, report_step_name(settings): THE_REPORT}
    return parts.get(key)


def run_config(
    settings: Settings, endpoints: Iterable[str], config: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the run configuration that gives this to each step of these endpoints."""
    steps = {step_name(settings, endpoint) for endpoint in endpoints}
    return {"ops": {step: {"config": dict(config)} for step in sorted(steps)}}


def pool_of(settings: Settings) -> str:
    """Return the Dagster pool of the site's steps."""
    return settings.pool or settings.site


def priority_tags(endpoint: str) -> dict[str, str]:
    """Return tags that let a step start before those that need to know what it finds moved."""
    early = 2 if endpoint in TERMS else 0 if endpoint in COMMENTS else 1
    return {"dagster/priority": str(early), "dagster-celery/priority": str(5 + early)}
