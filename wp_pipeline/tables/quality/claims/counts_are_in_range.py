"""No count is negative or above the highest that the site expects."""

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


def may_have_counts(place: Place) -> bool:
    """Leave out WordPress's own collections, except terms."""
    return not place.is_known_kind or place.name in OF_TERMS


RULE = Claim(
    "counts_are_in_range",
    WARN,
    "No count is negative or above the highest that the site expects.",
    counts_out_of_range,
    may_have_counts,
)
