"""Finds all rules: the `RULE` of each module in `claims/`, in order of their names."""

from importlib import import_module
from pkgutil import iter_modules

from wp_pipeline.extraction.rules import claims
from wp_pipeline.extraction.rules.rule import Place, Rule

RULES: tuple[Rule, ...] = tuple(
    import_module(f"{claims.__name__}.{module.name}").RULE
    for module in iter_modules(claims.__path__)
)


def rules_for(place: Place) -> tuple[Rule, ...]:
    """Return the rules that apply to an endpoint."""
    return tuple(rule for rule in RULES if rule.applies(place))
