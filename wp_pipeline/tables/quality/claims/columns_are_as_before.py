"""The last build of the table changed no column."""

from wp_pipeline.tables.parquet.database import quoted
from wp_pipeline.tables.quality.rule import WARN, CheckedTable, Claim, Offenders


def other_columns(subject: CheckedTable) -> Offenders:
    changes = subject.facts.changes
    rows = [f"({quoted(column)}, {quoted(change)})" for column, change in changes.items()]
    if not rows:
        return Offenders("SELECT NULL AS column_name, NULL AS change WHERE false")
    return Offenders(f"SELECT * FROM (VALUES {', '.join(rows)}) AS t(column_name, change)")  # noqa: S608


RULE = Claim(
    "columns_are_as_before",
    WARN,
    "No column was added, was removed or changed its type in the last build of the table.",
    other_columns,
)
