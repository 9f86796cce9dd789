"""What a materialization shows of an outcome. Nothing in it is secret: names, never URLs."""

from dataclasses import asdict
from typing import Any

import dagster as dg

from wp_pipeline.aws.lake import time_in
from wp_pipeline.extraction.outcomes import Stored
from wp_pipeline.extraction.refresh.moved import Moved
from wp_pipeline.extraction.run_options import FULL
from wp_pipeline.orchestration.endpoint_names import asset_key
from wp_pipeline.settings import Settings
from wp_pipeline.wordpress.columns import TIMESTAMPS, description_of
from wp_pipeline.wordpress.completeness import PROVEN
from wp_pipeline.wordpress.reading.schema import Member

MOVED = "moved"  # What other steps of a refresh must know.
# The tag of a column whose values have another type than the one that is shown.
SENT_AS = "sent_as"
TIMESTAMP, DATE_TIME, NULL = "timestamp", "date-time", "null"
NOTHING_TO_SHOW = "No column of it may be shown here."


def materialization_of(
    outcome: Stored, settings: Settings, mode: str, moved: Moved | None = None
) -> dg.MaterializeResult:
    """Return what is shown. `moved` is what other steps of the run must know, if there are any."""
    dumped = moved.dump() if moved else ""
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
            **({MOVED: dumped} if dumped else {}),
        },
    )


def time_of(outcome: Stored) -> dict[str, dg.MetadataValue]:
    """Return when the reading of what is stored began; nothing where the object does not say it."""
    moment = time_in(outcome.extracted_at)
    return {"extracted_at": dg.MetadataValue.timestamp(moment)} if moment else {}


def total_of(outcome: Stored) -> dict[str, int]:
    """Return the number of rows that the site counts, and how many of them it does not show."""
    if outcome.total is None:
        return {}
    return {"site_total": outcome.total, "not_shown": outcome.hidden}


def contents_of(outcome: Stored) -> dict[str, Any]:
    """Return columns and preview; nothing where a refresh read no item."""
    if not outcome.columns and outcome.verified != FULL:
        return {}
    columns = [column_of(outcome, name, kind) for name, kind in outcome.columns.items()]
    return {
        "dagster/column_schema": dg.TableSchema(columns),
        "preview": dg.MetadataValue.md(outcome.preview or NOTHING_TO_SHOW),
    }


def column_of(outcome: Stored, name: str, kind: str) -> dg.TableColumn:
    """Describe a column: by the site's own schema, or else as WordPress's handbook does.

    `kind` is the types of the values in the items, joined by `|`. If the site declares another
    type, a tag holds `kind`: an empty PHP object is sent as a list. Ids of a collection are unique.
    """
    declared = outcome.schema.get(name, Member())
    shown = type_of(name, kind, declared, outcome.completeness == PROVEN)
    is_id = outcome.completeness == PROVEN and name == "id"
    return dg.TableColumn(
        name,
        shown,
        declared.description or description_of(outcome.name, name),
        dg.TableColumnConstraints(nullable=not is_id, unique=is_id, other=rules_of(declared)),
        tags={SENT_AS: kind} if shown != kind else {},
    )


def type_of(name: str, kind: str, declared: Member, is_collection: bool) -> str:
    """Return a column's type as a reader needs it; dates are timestamps."""
    types = declared.types or tuple(kind.split("|"))
    is_date = declared.format == DATE_TIME or (is_collection and name in TIMESTAMPS)
    if is_date and set(types) <= {"string", NULL}:
        types = tuple(TIMESTAMP if one == "string" else one for one in types)
    lists = {"array": f"array<{'|'.join(declared.items)}>"} if declared.items else {}
    return "|".join(lists.get(one, one) for one in types)


def rules_of(declared: Member) -> list[str]:
    """Return what else the site's schema demands of a value."""
    return [f"one of {', '.join(declared.values)}"] if declared.values else []
