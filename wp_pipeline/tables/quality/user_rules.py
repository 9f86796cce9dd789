"""Rules of a site: each has a name, SQL that returns offenders, and a severity."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from wp_pipeline.tables.quality.registry import CLAIMS
from wp_pipeline.tables.quality.rule import (
    ERROR,
    WARN,
    CheckedTable,
    Offenders,
    Severity,
    TableRule,
)
from wp_pipeline.tables.querying.errors import QueryError
from wp_pipeline.tables.querying.statements import tables_named_in

RULE_NAME = re.compile(r"[A-Za-z0-9_]+")
SEVERITIES = (ERROR, WARN)
LONGEST_SHOWN = 40  # characters of a name that is wrong


class UserRuleError(Exception):
    """Why a rule of a site can't be used, in one line."""


@dataclass(frozen=True)
class UserRule:
    """A rule as a site's defs.yaml has it. It belongs to the first table that its SQL names.

    Raises UserRuleError.
    """

    name: str
    sql: str
    severity: Severity = ERROR

    def __post_init__(self) -> None:
        if not RULE_NAME.fullmatch(self.name):
            name = self.name[:LONGEST_SHOWN]
            raise UserRuleError(f"rule {name!r}: a name takes letters, digits and _; correct it")
        if self.severity not in SEVERITIES:
            raise UserRuleError(f"rule {self.name}: severity must be error or warn; correct it")

    @cached_property
    def tables(self) -> tuple[str, ...]:
        """The tables that its SQL names. Raises UserRuleError."""
        named: tuple[str, ...] = ()
        reason = f"rule {self.name}: the SQL names no table; name one"
        try:
            named = tuple(tables_named_in(self.sql, f"rule {self.name}"))
        except QueryError as error:
            reason = str(error)
        if not named:
            raise UserRuleError(reason)
        return named

    def offenders(self, subject: CheckedTable) -> Offenders:
        return Offenders(self.sql)


def own_rules(rules: Iterable[UserRule], tables: Iterable[str]) -> tuple[TableRule, ...]:
    """Return a site's own rules as rules about `tables`, the names of all its tables.

    Raises UserRuleError for a rule whose name another rule has, or that reads another table.
    """
    known = {name.casefold(): name for name in tables}
    taken = {claim.name for claim in CLAIMS}
    found = []
    for rule in rules:
        unknown = [name for name in rule.tables if name.casefold() not in known]
        if unknown:
            raise UserRuleError(
                f"rule {rule.name}: there is no table {unknown[0]}; the tables are:"
                f" {', '.join(sorted(known.values()))}"
            )
        if rule.name in taken:
            raise UserRuleError(f"rule {rule.name}: another rule has this name; choose another")
        taken.add(rule.name)
        found.append(table_rule(rule, known))
    return tuple(found)


def table_rule(rule: UserRule, known: dict[str, str]) -> TableRule:
    first, *others = (known[name.casefold()] for name in rule.tables)
    return TableRule(
        rule.name,
        first,
        rule.severity,
        "A rule of this site: the SQL returns no row.",
        rule.offenders,
        others=tuple(others),
    )
