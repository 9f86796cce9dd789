"""No date of publication or change is in the future."""

import re
from datetime import datetime, timedelta, timezone

from wp_pipeline.tables.parquet.database import identifier, quoted
from wp_pipeline.tables.quality.rule import WARN, CheckedTable, Claim, DoesNotApply, Offenders

TIMESTAMPS = ("TIMESTAMP", "DATE")
# Columns with dates of what happened. Those of plugins may be in the future, such as an event's.
HAPPENED = re.compile(r"((post|comment)_)?(date|modified)(_gmt)?|user_registered|registered_date")
STATUSES = ("status", "post_status")
# Dates without `_gmt` are in the time of the site, which is at most this much ahead of UTC.
FURTHEST_ZONE = timedelta(hours=14)


def dates_in_the_future(subject: CheckedTable) -> Offenders | DoesNotApply:
    dates = [
        column
        for column, kind in subject.columns.items()
        if kind in TIMESTAMPS and HAPPENED.fullmatch(column)
    ]
    if not dates:
        return DoesNotApply("the table has no date of what happened")
    scheduled = "".join(
        f" AND {identifier(status)} IS DISTINCT FROM 'future'"
        for status in STATUSES
        if status in subject.columns
    )
    return Offenders(
        " UNION ALL ".join(
            f"SELECT {subject.key}{quoted(column)} AS date_column, {identifier(column)} AS found"  # noqa: S608
            f" FROM {subject.source}"
            f" WHERE {identifier(column)} > {latest(column, subject.facts.now)}{scheduled}"
            for column in dates
        )
    )


def latest(column: str, now: datetime) -> str:
    """Return the latest time that a column may hold, as SQL."""
    utc = now.astimezone(timezone.utc).replace(tzinfo=None)
    zone = timedelta(0) if column.endswith("_gmt") else FURTHEST_ZONE
    return f"TIMESTAMP {quoted((utc + zone).isoformat(' '))}"


RULE = Claim(
    "dates_are_not_in_the_future",
    WARN,
    "No date of publication or change is in the future, except those of scheduled posts.",
    dates_in_the_future,
)
