"""What a materialization shows of an outcome. Nothing in it is secret: names, never URLs."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

import dagster as dg

from wp_pipeline.extraction.outcomes import Stored
from wp_pipeline.extraction.refresh.moved import Moved
from wp_pipeline.extraction.run_options import FULL
from wp_pipeline.orchestration.endpoint_names import asset_key
from wp_pipeline.settings import Settings
from wp_pipeline.wordpress.columns import TIMESTAMPS, description_of
from wp_pipeline.wordpress.completeness import PROVEN

MOVED = "moved"  # What a step of a refresh tells the others.
NOTHING_TO_SHOW = "No column of it may be shown here."


def materialization_of(
    outcome: Stored, settings: Settings, mode: str, moved: Moved | None = None
) -> dg.MaterializeResult:
    """Return what is shown. `moved` is what other steps of the run must know, if there are any."""
    tells = moved.dump() if moved else ""
    return dg.MaterializeResult(
        asset_key=asset_key(settings, outcome.name),
        data_version=dg.DataVersion(outcome.sha256),
        metadata={
            "dagster/row_count": outcome.rows,
            "dagster/uri": outcome.uri,
            "object": dg.MetadataValue.path(outcome.uri),  # With a button that copies it.
            "size_bytes": outcome.size,
            "requests": outcome.stats.requests,
            "retries": outcome.stats.retries,
            "duration_seconds": round(outcome.stats.seconds, 3),
            "unchanged": outcome.unchanged,
            "mode": mode,
            "completeness": outcome.completeness,
            "verified": outcome.verified,
            **(asdict(outcome.changes) if outcome.changes else {}),  # Numbers are plotted.
            **time_of(outcome),
            **total_of(outcome),
            **contents_of(outcome),
            **({MOVED: tells} if tells else {}),
        },
    )


def time_of(outcome: Stored) -> dict[str, dg.MetadataValue]:
    """Return when the reading of what is stored began; nothing where the object does not say it."""
    try:
        moment = datetime.fromisoformat(outcome.extracted_at)
    except ValueError:
        return {}
    return {"extracted_at": dg.MetadataValue.timestamp(moment)} if moment.tzinfo else {}


def total_of(outcome: Stored) -> dict[str, int]:
    """Return how many rows the site counts, and how many of them it does not show; both plotted."""
    if outcome.total is None:
        return {}
    return {"site_total": outcome.total, "not_shown": outcome.hidden}


def contents_of(outcome: Stored) -> dict[str, Any]:
    """Return columns and preview; nothing where a refresh read no item."""
    if not outcome.columns and outcome.verified != FULL:
        return {}
    is_collection = outcome.completeness == PROVEN
    columns = [
        column_of(outcome.name, name, kind, is_collection) for name, kind in outcome.columns.items()
    ]
    return {
        "dagster/column_schema": dg.TableSchema(columns),
        "preview": dg.MetadataValue.md(outcome.preview or NOTHING_TO_SHOW),
    }


def column_of(endpoint: str, name: str, kind: str, is_collection: bool) -> dg.TableColumn:
    """Describe a column. Dates of WordPress's own collections are timestamps, ids are unique."""
    if is_collection and name in TIMESTAMPS and set(kind.split("|")) <= {"string", "null"}:
        kind = kind.replace("string", "timestamp")
    is_id = is_collection and name == "id"
    constraints = dg.TableColumnConstraints(nullable=not is_id, unique=is_id)
    return dg.TableColumn(name, kind, description_of(endpoint, name), constraints)
