"""Which tables a site has, known from the names of its endpoints and from its own .sql files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import dagster as dg

from wp_pipeline.orchestration.checks import SiteChecks
from wp_pipeline.orchestration.endpoint_names import EndpointName
from wp_pipeline.settings import Settings
from wp_pipeline.tables.joins.built_in import joins_of
from wp_pipeline.tables.joins.join import SUFFIX, Join, JoinError, read_join
from wp_pipeline.tables.quality.registry import rules_of
from wp_pipeline.tables.quality.rule import TableRule
from wp_pipeline.tables.quality.user_rules import UserRule, own_rules
from wp_pipeline.wordpress.endpoints.endpoint import asset_name

TABLES = "tables"


@dataclass(frozen=True)
class TablesPlan:
    """The tables of a site: one for each endpoint, and joined tables in the order of building.

    `own` are the rules of this site, beside those of the package.
    """

    settings: Settings
    names: Sequence[EndpointName]
    joins: Sequence[Join]
    own: Sequence[TableRule]

    @property
    def tables(self) -> list[str]:
        return [*(name.name for name in self.names), *(join.name for join in self.joins)]

    @property
    def keys(self) -> list[dg.AssetKey]:
        return [self.key(table) for table in self.tables]

    def key(self, table: str) -> dg.AssetKey:
        return dg.AssetKey([self.settings.site, TABLES, asset_name(table)])

    @cached_property
    def rules(self) -> Sequence[TableRule]:
        """All rules about the tables, in the order of the tables."""
        checks = SiteChecks(self.settings, self.names)
        built_in = [rule for name in self.names for rule in rules_of(checks.place(name))]
        return [*built_in, *self.own]

    def check_key(self, rule: TableRule) -> dg.AssetCheckKey:
        return dg.AssetCheckKey(self.key(rule.table), rule.name)


def plan_of(
    settings: Settings,
    names: Sequence[EndpointName],
    folder: Path | None = None,
    rules: Sequence[UserRule] = (),
) -> TablesPlan:
    """Return the tables of a site, with a joined table for each .sql file in `folder`.

    Raises JoinError or UserRuleError for a file or a rule of the site that is wrong, and
    ExtraMissing where DuckDB is not installed.
    """
    files = sorted(folder.glob(f"*{SUFFIX}")) if folder else []
    own = {join.name: join for join in map(read_join, files)}
    endpoints = [name.name for name in names]
    if taken := sorted(own.keys() & set(map(asset_name, endpoints))):
        raise JoinError(f"{taken[0]}{SUFFIX}: an endpoint has that name; rename the file")
    collections = {name.name for name in names if name.is_known_kind}
    built_in = {join.name: join for join in joins_of(collections, {*endpoints} - collections)}
    joins = in_order({**built_in, **own}, endpoints)
    tables = [*endpoints, *(join.name for join in joins)]
    return TablesPlan(settings, names, joins, own_rules(rules, tables))


def in_order(joins: Mapping[str, Join], endpoints: Sequence[str]) -> Sequence[Join]:
    """Return the joins in an order in which each follows those that it reads. Raises JoinError."""
    known = {*endpoints, *joins}
    for join in joins.values():
        for view, table in join.views.items():
            if table not in known and view not in join.optional:
                others = ", ".join(sorted(known - {join.name}))
                raise JoinError(f"{join.file}: there is no table {table}; the tables are: {others}")
    try:
        order = TopologicalSorter({name: join.reads(joins) for name, join in joins.items()})
        return [joins[name] for name in order.static_order()]
    except CycleError as error:
        names = ", ".join(sorted({*error.args[1]}))
    raise JoinError(f"the joined tables {names} read each other; change one of their files")
