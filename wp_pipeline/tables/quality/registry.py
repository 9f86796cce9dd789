"""Lists the rules of each table, by the names and kinds of a site's endpoints alone."""

from dataclasses import dataclass

from wp_pipeline.extraction.rules.rule import Place
from wp_pipeline.tables.quality import claims
from wp_pipeline.tables.quality.references import Reference, references_of
from wp_pipeline.tables.quality.rule import Build, Severity, TableRule

ERROR: Severity = "error"
WARN: Severity = "warn"


@dataclass(frozen=True)
class Claim:
    """A rule without its table."""

    name: str
    severity: Severity
    description: str
    offenders: Build


ROW_COUNT = Claim(
    "row_count_equals_raw",
    ERROR,
    "The table has as many rows as the raw object.",
    claims.other_row_count,
)
KEY = Claim(
    "primary_key_is_unique_and_complete",
    ERROR,
    "No two rows share a primary key, and none lacks it.",
    claims.repeated_or_missing_keys,
)
COMPLETE = Claim(
    "columns_are_complete",
    ERROR,
    "In a MySQL table of WordPress or WP Statistics, the columns that always have a value have it.",
    claims.missing_values,
)
FIT = Claim(
    "values_fit_their_types",
    WARN,
    "Each value fits the type of its column. Others are kept in the column misfits.",
    claims.misfits,
)
AS_BEFORE = Claim(
    "columns_are_as_before",
    WARN,
    "No column came, went or changed its type in the last build of the table.",
    claims.other_columns,
)
NOT_IN_THE_FUTURE = Claim(
    "dates_are_not_in_the_future",
    WARN,
    "No date of publication or change is in the future, except those of scheduled posts.",
    claims.dates_in_the_future,
)
IN_RANGE = Claim(
    "counts_are_in_range",
    WARN,
    "No count is negative or above the highest that the site expects.",
    claims.counts_out_of_range,
)
OF_EACH_TABLE = (ROW_COUNT, KEY, FIT, AS_BEFORE, NOT_IN_THE_FUTURE)
OF_OTHER_ROUTES = (COMPLETE, IN_RANGE)  # WordPress's own collections have no such columns.
OF_TERMS = frozenset(("categories", "tags"))  # They have a column count.
NAMES = tuple(claim.name for claim in (*OF_EACH_TABLE, *OF_OTHER_ROUTES))


def rules_of(place: Place) -> tuple[TableRule, ...]:
    """Return the rules of an endpoint's table."""
    return (
        *(claim_rule(place, claim) for claim in claims_of(place)),
        *(reference_rule(place, reference) for reference in references_of(place)),
    )


def claims_of(place: Place) -> tuple[Claim, ...]:
    if not place.is_known_kind:
        return OF_EACH_TABLE + OF_OTHER_ROUTES
    return (*OF_EACH_TABLE, IN_RANGE) if place.name in OF_TERMS else OF_EACH_TABLE


def claim_rule(place: Place, claim: Claim) -> TableRule:
    return TableRule(
        claim.name,
        place.name,
        claim.severity,
        claim.description,
        claim.offenders,
        place.is_known_kind,
    )


def reference_rule(place: Place, reference: Reference) -> TableRule:
    return TableRule(
        reference.rule_name,
        place.name,
        WARN,
        f"At least nine in ten values of {reference.column} are ids of rows in"
        f" {' or '.join(reference.to)}.",
        reference.offenders,
        place.is_known_kind,
        reference.to,
    )
