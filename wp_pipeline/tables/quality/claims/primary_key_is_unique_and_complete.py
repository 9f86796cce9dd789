"""Each row has a primary key of its own."""

from wp_pipeline.tables.parquet.database import identifier
from wp_pipeline.tables.quality.rule import ERROR, CheckedTable, Claim, DoesNotApply, Offenders

UNKNOWN_KEY = DoesNotApply("it is not known which columns are the primary key")


def repeated_or_missing_keys(subject: CheckedTable) -> Offenders | DoesNotApply:
    if subject.kind is None:
        return UNKNOWN_KEY
    key = [identifier(column) for column in subject.kind.key]
    missing = " OR ".join(f"{column} IS NULL" for column in key)
    return Offenders(
        f"SELECT {', '.join(key)}, count(*) AS rows FROM {subject.source}"  # noqa: S608
        f" GROUP BY {', '.join(key)} HAVING count(*) > 1 OR {missing} ORDER BY ALL"
    )


RULE = Claim(
    "primary_key_is_unique_and_complete",
    ERROR,
    "No two rows share a primary key, and none lacks it.",
    repeated_or_missing_keys,
)
