"""The table has as many rows as the raw object."""

from wp_pipeline.tables.quality.rule import ERROR, CheckedTable, Claim, DoesNotApply, Offenders


def other_row_count(subject: CheckedTable) -> Offenders | DoesNotApply:
    raw = subject.facts.raw_rows
    if raw is None:
        return DoesNotApply("the raw object does not say how many rows it has")
    return Offenders(
        f"SELECT count(*) AS table_rows, {raw} AS raw_rows FROM {subject.source}"  # noqa: S608
        f" HAVING count(*) <> {raw}"
    )


RULE = Claim(
    "row_count_equals_raw",
    ERROR,
    "The table has as many rows as the raw object.",
    other_row_count,
)
