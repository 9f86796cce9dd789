"""Finds the rules of each table, by the names and kinds of a site's endpoints alone.

The rules that do not refer to other tables are the `RULE` of each module in `claims/`, in order of
their names.
"""

from importlib import import_module
from pkgutil import iter_modules

from wp_pipeline.extraction.rules.rule import Place
from wp_pipeline.tables.quality import claims
from wp_pipeline.tables.quality.references import TableReference, references_of
from wp_pipeline.tables.quality.rule import WARN, Claim, TableRule

CLAIMS: tuple[Claim, ...] = tuple(
    import_module(f"{claims.__name__}.{module.name}").RULE
    for module in iter_modules(claims.__path__)
)


def rules_of(place: Place) -> tuple[TableRule, ...]:
    """Return the rules of an endpoint's table."""
    return (
        *(claim_rule(place, claim) for claim in CLAIMS if claim.applies(place)),
        *(reference_rule(place, reference) for reference in references_of(place)),
    )


def claim_rule(place: Place, claim: Claim) -> TableRule:
    return TableRule(
        claim.name,
        place.name,
        claim.severity,
        claim.description,
        claim.offenders,
        place.is_known_kind,
    )


def reference_rule(place: Place, reference: TableReference) -> TableRule:
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
