"""No count is negative."""

from wp_pipeline.extraction.rules.rule import Place
from wp_pipeline.tables.parquet.database import identifier, quoted
from wp_pipeline.tables.quality.rule import WARN, CheckedTable, Claim, DoesNotApply, Offenders

NUMBERS = ("BIGINT", "DOUBLE")
COUNTS = ("count", "comment_count")
OF_TERMS = frozenset(("categories", "tags"))


def counts_out_of_range(subject: CheckedTable) -> Offenders | DoesNotApply:
    counts = [column for column in COUNTS if subject.columns.get(column) in NUMBERS]
    if not counts:
        return DoesNotApply("the table has no column count or comment_count")
    return Offenders(
        " UNION ALL ".join(
            f"SELECT {subject.key}{quoted(column)} AS count_column, {identifier(column)} AS found"  # noqa: S608
            f" FROM {subject.source} WHERE {identifier(column)} < 0"
            for column in counts
        )
    )


def may_have_counts(place: Place) -> bool:
    """Leave out WordPress's own collections, except terms."""
    return not place.is_known_kind or place.name in OF_TERMS


RULE = Claim(
    "counts_are_in_range",
    WARN,
    "No count is negative.",
    counts_out_of_range,
    may_have_counts,
)
