"""The columns of a known table that always have a value have it."""

from wp_pipeline.extraction.rules.rule import Place
from wp_pipeline.tables.parquet.database import identifier, quoted
from wp_pipeline.tables.quality.rule import ERROR, CheckedTable, Claim, DoesNotApply, Offenders


def missing_values(subject: CheckedTable) -> Offenders | DoesNotApply:
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


def can_be_mysql(place: Place) -> bool:
    """Leave out WordPress's own collections, which have no such columns."""
    return not place.is_known_kind


RULE = Claim(
    "columns_are_complete",
    ERROR,
    "In a MySQL table of WordPress or WP Statistics, the columns that always have a value have it.",
    missing_values,
    can_be_mysql,
)
