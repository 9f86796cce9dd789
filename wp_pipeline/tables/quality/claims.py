"""Builds the SQL of the rules that tables have, or the reason why a rule does not apply.

Each function gets the table and its columns, and returns Offenders or DoesNotApply.
"""

import re
from datetime import datetime, timedelta, timezone

from wp_pipeline.tables.parquet.database import identifier, quoted
from wp_pipeline.tables.quality.rule import DoesNotApply, Offenders, Subject

TIMESTAMPS = ("TIMESTAMP", "DATE")
NUMBERS = ("BIGINT", "DOUBLE")
# Columns with dates of what happened. Those of plugins may be in the future, such as an event's.
HAPPENED = re.compile(r"((post|comment)_)?(date|modified)(_gmt)?|user_registered|registered_date")
COUNTS = ("count", "comment_count")
STATUSES = ("status", "post_status")
MISFITS = re.compile(r"misfits(_\d+)?")
# Dates without `_gmt` are in the time of the site, which is at most this much ahead of UTC.
FURTHEST_ZONE = timedelta(hours=14)
UNKNOWN_KEY = DoesNotApply("it is not known which columns are the primary key")


def other_row_count(subject: Subject) -> Offenders | DoesNotApply:
    raw = subject.facts.raw_rows
    if raw is None:
        return DoesNotApply("the raw object does not say how many rows it has")
    return Offenders(
        f"SELECT count(*) AS table_rows, {raw} AS raw_rows FROM {subject.source}"  # noqa: S608
        f" HAVING count(*) <> {raw}"
    )


def repeated_or_missing_keys(subject: Subject) -> Offenders | DoesNotApply:
    if subject.kind is None:
        return UNKNOWN_KEY
    key = [identifier(column) for column in subject.kind.key]
    missing = " OR ".join(f"{column} IS NULL" for column in key)
    return Offenders(
        f"SELECT {', '.join(key)}, count(*) AS rows FROM {subject.source}"  # noqa: S608
        f" GROUP BY {', '.join(key)} HAVING count(*) > 1 OR {missing} ORDER BY ALL"
    )


def missing_values(subject: Subject) -> Offenders | DoesNotApply:
    complete = subject.kind.complete if subject.kind else ()
    columns = [column for column in complete if column in subject.columns]
    if not columns:
        return DoesNotApply("it is none of the MySQL tables whose complete columns are known")
    return Offenders(
        " UNION ALL ".join(
            f"SELECT {subject.key}{quoted(column)} AS missing FROM {subject.source}"  # noqa: S608
            f" WHERE {identifier(column)} IS NULL"
            for column in columns
        )
    )


def misfits(subject: Subject) -> Offenders | DoesNotApply:
    """The offenders have the names of columns and not the values, which may be personal."""
    last = list(subject.columns)[-1]
    if not MISFITS.fullmatch(last):
        return DoesNotApply("the table has no column misfits")
    return Offenders(
        f"SELECT {subject.key}array_to_string(json_keys({identifier(last)}), ', ') AS columns"  # noqa: S608
        f" FROM {subject.source} WHERE {identifier(last)} IS NOT NULL"
    )


def other_columns(subject: Subject) -> Offenders:
    changes = subject.facts.changes
    rows = [f"({quoted(column)}, {quoted(change)})" for column, change in changes.items()]
    if not rows:
        return Offenders("SELECT NULL AS column_name, NULL AS change WHERE false")
    return Offenders(f"SELECT * FROM (VALUES {', '.join(rows)}) AS t(column_name, change)")  # noqa: S608


def dates_in_the_future(subject: Subject) -> Offenders | DoesNotApply:
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


def counts_out_of_range(subject: Subject) -> Offenders | DoesNotApply:
    counts = [column for column in COUNTS if subject.columns.get(column) in NUMBERS]
    if not counts:
        return DoesNotApply("the table has no column count or comment_count")
    low, high = subject.facts.lowest_count, subject.facts.highest_count
    above = "" if high is None else " OR {column} > " + str(high)
    return Offenders(
        " UNION ALL ".join(
            f"SELECT {subject.key}{quoted(column)} AS count_column, {identifier(column)} AS found"  # noqa: S608
            f" FROM {subject.source}"
            f" WHERE {identifier(column)} < {low}{above.format(column=identifier(column))}"
            for column in counts
        )
    )
