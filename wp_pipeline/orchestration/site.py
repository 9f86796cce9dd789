"""The component: turns a defs.yaml into a site's assets, checks, job, schedule, sensors."""

import asyncio
import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, make_dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import dagster as dg
from dagster.components import DefsStateConfig, DefsStateConfigArgs, ResolvedDefsStateConfig

from wp_pipeline.extraction.configuration import ConfigurationError
from wp_pipeline.orchestration import endpoint_names
from wp_pipeline.orchestration.assets import build_source_specs, build_steps
from wp_pipeline.orchestration.dagster_internals.attributes import ResolvableWithoutQuotes
from wp_pipeline.orchestration.dagster_internals.definitions import (
    components_in,
    is_loading_code_location,
)
from wp_pipeline.orchestration.endpoint_names import EndpointName, NameReader, Readers
from wp_pipeline.orchestration.report.asset import (
    build_report_asset,
    build_report_sensor,
    has_report,
)
from wp_pipeline.orchestration.schedules import build_job, build_schedule
from wp_pipeline.orchestration.sensors.changes import build_changes_sensor
from wp_pipeline.orchestration.sensors.endpoints import build_endpoints_sensor
from wp_pipeline.orchestration.sensors.failures import build_failures_sensor
from wp_pipeline.orchestration.steps.comparing import build_comparisons
from wp_pipeline.orchestration.tables.assets import has_tables, tables_definitions
from wp_pipeline.orchestration.tables.plan import plan_of
from wp_pipeline.setting_texts import help_text
from wp_pipeline.settings import DECLARED, Settings, SettingsError
from wp_pipeline.tables.quality.rule import Severity
from wp_pipeline.tables.quality.user_rules import UserRule

log = logging.getLogger("wp_pipeline")


def attribute_type(setting: str) -> Any:
    """Return the type of a setting's attribute in defs.yaml, with its description in the UI."""
    kind: Any = DECLARED[setting].kind
    plain = list[str] if kind is frozenset else kind
    return Annotated[plain | None, dg.Resolver.default(description=help_text(setting))]


READERS = Readers()


def setting_attributes(settings: Iterable[str]) -> Any:
    """Return a class with an attribute for each of these settings, None where it is not given."""
    fields = [(setting, attribute_type(setting), field(default=None)) for setting in settings]
    return make_dataclass("SettingAttributes", fields)


def never_refreshed_by_dagster(state: DefsStateConfigArgs, key: str) -> DefsStateConfig:
    """Return where names are kept, without Dagster's own refresh. That works under `dagster dev`
    only, and its failure fails the load. build_defs refreshes them.
    """
    config = DefsStateConfig.from_args(state, key)
    return DefsStateConfig(
        key=config.key, management_type=config.management_type, refresh_if_dev=False
    )


def replace_text(path: Path, text: str) -> None:
    """Replace a file atomically: another process may be reading it."""
    written = path.with_name(f"{path.name}.{os.getpid()}")
    written.write_text(text)
    written.replace(path)


SettingAttributes: Any = setting_attributes(DECLARED)


class TableRuleAttributes(dg.Model, dg.Resolvable):
    """A rule of this site about its tables: SQL that returns the rows that offend."""

    name: str
    sql: str
    severity: Severity = "error"


@dataclass
class WordPressSite(dg.StateBackedComponent, ResolvableWithoutQuotes, SettingAttributes):
    """A WordPress site: each of its endpoints becomes an asset.

    Every attribute may be left out; then the environment's `WP_PIPELINE_*` variable applies, or the
    default. The names of the endpoints come from Parameter Store: they are read whenever the code
    location is loaded (not again in the processes of its runs) and kept, so that it also loads
    while Parameter Store can't be read. URLs are read by a run, and never kept.
    """

    _reader = None  # The NameReader of the current load.

    defs_state: ResolvedDefsStateConfig = field(
        default_factory=DefsStateConfigArgs.local_filesystem
    )
    table_rules: Sequence[TableRuleAttributes] = field(default_factory=list)

    @cached_property
    def settings(self) -> Settings:
        """Raises SettingsError."""
        return Settings.from_environment(
            **{setting: getattr(self, setting) for setting in DECLARED}
        )

    @property
    def defs_state_config(self) -> DefsStateConfig:
        return never_refreshed_by_dagster(self.defs_state, f"WordPressSite[{self.settings.site}]")

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """Refresh the names when a code location is loaded, then build from them."""
        if is_loading_code_location():
            tree = context.component_tree
            reader = READERS.of_load(tree, lambda: valid_settings(tree))
            self._refresh_names(context.project_root, reader)
        return super().build_defs(context)

    def _refresh_names(self, project_root: Path, reader: NameReader) -> None:
        """Refresh the names, unless Parameter Store did not answer for an earlier site."""
        if reader.is_cut_off:
            return
        self._reader, site = reader, self.settings.site
        try:
            asyncio.run(self.refresh_state(project_root))
        except (ConfigurationError, OSError) as error:
            log.warning("%s: using the last known endpoints, because %s", site, error)
            if reader.is_cut_off:
                log.info("Parameter Store is not asked for sites that are loaded after %s", site)

    def _names_on_another_host(self, reader: NameReader) -> Sequence[EndpointName]:
        """Return the names for a run on a host where no code location was loaded, and none kept."""
        try:
            return () if reader.is_cut_off else reader.names(self.settings)
        except ConfigurationError as error:
            log.warning("%s: no endpoints found here, because %s", self.settings.site, error)
            return ()

    def write_state_to_path(self, state_path: Path) -> None:
        """Keep the names that Parameter Store holds now. Raises ConfigurationError."""
        found = (self._reader or NameReader()).names(self.settings)
        replace_text(state_path, endpoint_names.dump(found))

    def build_defs_from_state(
        self, context: dg.ComponentLoadContext, state_path: Path | None
    ) -> dg.Definitions:
        settings = self.settings
        names = endpoint_names.parse(state_path.read_text()) if state_path else ()
        if not names and not is_loading_code_location():
            tree = context.component_tree
            names = self._names_on_another_host(READERS.of_load(tree, lambda: valid_settings(tree)))
        if not names:
            return without_endpoints(settings)
        definitions = site_definitions(settings, names)
        if not has_tables(settings):
            return definitions
        rules = [UserRule(rule.name, rule.sql, rule.severity) for rule in self.table_rules]
        plan = plan_of(settings, names, Path(context.path), rules)
        return dg.Definitions.merge(definitions, tables_definitions(plan))


def valid_settings(tree: dg.ComponentTree) -> Iterator[Settings]:
    """Yield the settings of all sites with a defs.yaml; those of others fail their own load."""
    for component in components_in(tree, WordPressSite):
        try:
            yield component.settings
        except SettingsError:
            continue


def site_definitions(settings: Settings, names: Sequence[EndpointName]) -> dg.Definitions:
    """Build what a site has beside tables, with a job, a schedule and sensors of its own."""
    extracted = dg.Definitions(
        assets=[*build_source_specs(settings, names), *build_steps(settings, names)],
        asset_checks=build_comparisons(settings, names),
        jobs=[build_job(settings, names)],
        schedules=[build_schedule(settings)],
        sensors=[
            build_changes_sensor(settings, names),
            build_endpoints_sensor(settings, names),
            build_failures_sensor(settings, names),
        ],
    )
    if not has_report(settings, names):
        return extracted
    return dg.Definitions.merge(extracted, with_report(settings, names))


def with_report(settings: Settings, names: Sequence[EndpointName]) -> dg.Definitions:
    return dg.Definitions(
        assets=[build_report_asset(settings, names)], sensors=[build_report_sensor(settings)]
    )


def without_endpoints(settings: Settings) -> dg.Definitions:
    """Say what to do, in the log and as an asset: the UI would otherwise show nothing."""
    advice = (
        f"{settings.site}: no endpoints found, so there are no assets. Put the endpoints' URLs"
        f" into Parameter Store under {settings.endpoints_parameter}, give this process access to"
        " it (AWS_PROFILE, AWS_DEFAULT_REGION), and reload the code location."
    )
    log.warning(advice)
    key = dg.AssetKey([settings.site, "no_endpoints_found"])
    return dg.Definitions(
        assets=[dg.AssetSpec(key, group_name=settings.site, description=advice)],
        sensors=[build_endpoints_sensor(settings, ())],
    )
