"""One execution of the step of a site's tables: builds the selected ones, and checks them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timezone
from typing import TypeVar

import dagster as dg

from wp_pipeline.aws.lake import Lake
from wp_pipeline.extraction.configuration import SiteConfiguration
from wp_pipeline.extraction.extract import site_options
from wp_pipeline.extraction.rules.rule import Verdict
from wp_pipeline.observer import LoggingObserver
from wp_pipeline.orchestration.checks import result_of
from wp_pipeline.orchestration.dagster_internals.run_events import events_of
from wp_pipeline.orchestration.recovery.failures import FAILED_TABLES, configured, failure
from wp_pipeline.orchestration.resources import ConfigurationResource, LakeResource
from wp_pipeline.orchestration.tables.metadata import CHANGED_COLUMNS, NO_TABLE, materialization_of
from wp_pipeline.orchestration.tables.plan import TablesPlan
from wp_pipeline.tables.quality.rule import NO_TABLE as NOTHING_STORED
from wp_pipeline.tables.quality.rule import Facts, TableRule, evaluate
from wp_pipeline.tables.querying.errors import QueryError
from wp_pipeline.tables.querying.tables import Tables, open_tables
from wp_pipeline.tables.registration import catalog_of
from wp_pipeline.tables.run import Failed, attempted
from wp_pipeline.tables.site_tables import SiteTables
from wp_pipeline.tables.store import TableStore
from wp_pipeline.tables.table import Table
from wp_pipeline.wordpress.site.site import open_site

Result = TypeVar("Result")
Event = dg.MaterializeResult | dg.AssetCheckResult


class TablesStep:
    """One attempt at the step. A retry leaves out what an earlier attempt in its run built."""

    def __init__(
        self,
        plan: TablesPlan,
        context: dg.AssetExecutionContext,
        configuration: ConfigurationResource,
        lake: LakeResource,
    ) -> None:
        self._plan = plan
        self._context = context
        self._configuration = configuration
        self._lake_resource = lake
        self._failed: list[Failed] = []
        self._built: dict[str, Table] = {}
        done = earlier(context) if context.retry_number else set()
        self._to_build = [
            table for table in plan.tables if plan.key(table) in context.selected_asset_keys - done
        ]

    def build(self) -> Iterator[dg.MaterializeResult]:
        """Build the selected tables, those of endpoints first."""
        if not self._to_build:
            return
        configuration = self._site()
        options = site_options(self._plan.settings, configuration)
        raw = {name.name: name.key(self._plan.settings) for name in self._plan.names}
        with open_site(options, LoggingObserver(self._context.log)) as site:
            catalog = catalog_of(self._plan.settings)
            tables = SiteTables(self._lake(), catalog, site, configuration.endpoints)
            for name, build in self._builds(tables):
                table = self._attempt(name, build)
                if table is not None:
                    self._built[name] = table
                    self._context.log.info(table.summary)
                    yield materialization_of(table, self._plan.key(name), raw.get(name))

    def check(self) -> Iterator[dg.AssetCheckResult]:
        """Run the selected checks, also those of tables that were not selected."""
        selected = self._context.selected_asset_check_keys
        rules = [rule for rule in self._plan.rules if self._plan.check_key(rule) in selected]
        if not rules:
            return
        with open_tables(TableStore(self._lake())) as tables:
            for rule in rules:
                verdict = self._attempt(rule.table, lambda rule=rule: self._verdict(rule, tables))
                if verdict is not None:
                    is_warning = rule.severity == "warn"
                    yield result_of(verdict, self._plan.check_key(rule), is_warning)

    def raise_failures(self) -> None:
        """Raises dg.Failure with a line for each table that failed."""
        if self._failed:
            may_help = any(one.retry_may_help for one in self._failed)
            lines = "\n".join(one.reason for one in self._failed)
            reasons = {FAILED_TABLES: [(one.name, one.reason) for one in self._failed]}
            raise failure(self._context, lines, retry_may_help=may_help, reasons=reasons)

    def _builds(self, tables: SiteTables) -> Iterator[tuple[str, Callable[[], Table]]]:
        joins = {join.name: join for join in self._plan.joins}
        for name in self._to_build:
            if name in joins:
                yield name, lambda join=joins[name]: tables.join(join)
            else:
                yield name, lambda name=name: tables.build(name)

    def _attempt(self, table: str, function: Callable[[], Result]) -> Result | None:
        """Call a function and return its result; if it fails, keep the reason and return None."""
        result = attempted(table, function)
        if isinstance(result, Failed):
            self._failed.append(result)
            return None
        return result

    def _verdict(self, rule: TableRule, tables: Tables) -> Verdict:
        """Raises a TableError or an AwsError."""
        try:
            verdict = evaluate(rule, tables, self._facts(rule.table, self._built.get(rule.table)))
        except QueryError as error:
            return Verdict(False, str(error))
        reason = self._why_not_stored(rule.table) if verdict is NOTHING_STORED else ""
        return Verdict(True, f"Does not apply: {reason}.") if reason else verdict

    def _why_not_stored(self, table: str) -> str:
        """Return why the last build of a table stored none; empty if there was no build."""
        if built := self._built.get(table):
            return built.reason
        found = last_metadata(self._context, self._plan.key(table)).get(NO_TABLE)
        return str(found.value) if found else ""

    def _facts(self, table: str, built: Table | None) -> Facts:
        """Return the facts about a table; the raw object may have been replaced after its build."""
        now, is_joined = datetime.now(timezone.utc), table not in self._endpoints
        if built:
            return Facts(now, None if is_joined else built.rows, built.changes)
        raw = None if is_joined else self._lake().stored(table)
        changes = last_changes(self._context, self._plan.key(table))
        return Facts(now, raw.rows if raw else None, changes)

    @property
    def _endpoints(self) -> Sequence[str]:
        return [name.name for name in self._plan.names]

    def _site(self) -> SiteConfiguration:
        return configured(self._context, lambda: self._configuration.site(self._plan.settings))

    def _lake(self) -> Lake:
        settings = self._plan.settings
        return configured(
            self._context,
            lambda: self._lake_resource.of(settings, self._configuration.bucket(settings)),
        )


def last_changes(context: dg.AssetExecutionContext, key: dg.AssetKey) -> Mapping[str, str]:
    """Return how the columns of a table changed in its last build, for a check that runs alone."""
    found = last_metadata(context, key).get(CHANGED_COLUMNS)
    if found and isinstance(found.value, dict):
        return {column: str(change) for column, change in found.value.items()}
    return {}


def last_metadata(
    context: dg.AssetExecutionContext, key: dg.AssetKey
) -> Mapping[str, dg.MetadataValue]:
    """Return what the last materialization shows; nothing if there is none."""
    for record in context.instance.fetch_materializations(key, limit=1).records:
        if record.asset_materialization:
            return record.asset_materialization.metadata
    return {}


def earlier(context: dg.AssetExecutionContext) -> set[dg.AssetKey | None]:
    """Return the assets that earlier attempts in this run materialized."""
    kinds = {dg.DagsterEventType.ASSET_MATERIALIZATION}
    return {one.asset_key for one in events_of(context.instance, context.run.run_id, kinds)}
