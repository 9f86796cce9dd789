"""The component that turns a defs.yaml into a site's assets, checks, job, schedule and sensor."""

import asyncio
import logging
import os
from dataclasses import dataclass, field
from pathlib import Path

import dagster as dg
from dagster._core.definitions.definitions_load_context import (
    DefinitionsLoadContext,
    DefinitionsLoadType,
)
from dagster.components.utils.defs_state import (
    DefsStateConfig,
    DefsStateConfigArgs,
    ResolvedDefsStateConfig,
)

from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.parameters import ParameterStore
from wp_pipeline.extraction.configuration import ConfigurationError, load_endpoints
from wp_pipeline.orchestration import endpoints
from wp_pipeline.orchestration.assets import build_assets
from wp_pipeline.orchestration.endpoints import EndpointName
from wp_pipeline.orchestration.schedules import build_job, build_schedule
from wp_pipeline.orchestration.sensors.changes import build_changes_sensor
from wp_pipeline.settings import Settings

SECONDS_TO_WAIT_FOR_NAMES = 5.0

log = logging.getLogger("wp_pipeline")


def without_endpoints(settings: Settings) -> dg.Definitions:
    """Say in the log and in the UI, which would show nothing at all, what to do."""
    advice = (
        f"{settings.site}: no endpoint is known, so there are no assets. Put the endpoints' URLs"
        f" into Parameter Store under {settings.endpoints_parameter}, give this process access to"
        " it (AWS_PROFILE, AWS_DEFAULT_REGION), and reload the code location."
    )
    log.warning(advice)
    key = dg.AssetKey([settings.site, "no_endpoint_is_known"])
    return dg.Definitions(assets=[dg.AssetSpec(key, group_name=settings.site, description=advice)])


@dataclass
class WordPressSite(dg.StateBackedComponent, dg.Resolvable):
    """A WordPress site: each of its endpoints becomes an asset.

    Every attribute may be left out; then the environment's `WP_PIPELINE_…` variable holds, or
    the default. The names of the endpoints follow Parameter Store: they are read whenever the
    code location is loaded (not again in the processes of its runs) and kept, so that it also
    loads when Parameter Store can't be read. URLs are read by a run, and never kept.
    """

    site: str | None = None
    endpoints_parameter: str | None = None
    bucket_parameter: str | None = None
    prefix: str | None = None
    credentials_parameter: str | None = None
    may_be_empty: list[str] | None = None
    concurrency: int | None = None
    timeout: float | None = None
    deadline: float | None = None
    longest_wait: float | None = None
    largest_body: int | None = None
    user_agent: str | None = None
    timezone: str | None = None
    defs_state: ResolvedDefsStateConfig = field(
        default_factory=DefsStateConfigArgs.local_filesystem
    )

    @property
    def settings(self) -> Settings:
        """Raises SettingsError."""
        may_be_empty = None if self.may_be_empty is None else frozenset(self.may_be_empty)
        given = {name: value for name, value in vars(self).items() if name != "defs_state"}
        return Settings.from_environment(**{**given, "may_be_empty": may_be_empty})

    @property
    def defs_state_config(self) -> DefsStateConfig:
        """Where the names are kept. We refresh them ourselves: see build_defs."""
        config = DefsStateConfig.from_args(self.defs_state, f"WordPressSite[{self.settings.site}]")
        return DefsStateConfig(
            key=config.key, management_type=config.management_type, refresh_if_dev=False
        )

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """Refresh the names wherever a code location is loaded anew, then build from them.

        Dagster refreshes under `dagster dev` only, and lets a failure end the load.
        """
        if DefinitionsLoadContext.get().load_type is DefinitionsLoadType.INITIALIZATION:
            try:
                asyncio.run(self.refresh_state(context.project_root))
            except (ConfigurationError, OSError) as error:
                log.warning(
                    "%s: the last known endpoints are used, for %s", self.settings.site, error
                )
        return super().build_defs(context)

    def write_state_to_path(self, state_path: Path) -> None:
        """Keep the names that Parameter Store holds now. Raises ConfigurationError."""
        store = ParameterStore(lambda: build_client("ssm", SECONDS_TO_WAIT_FOR_NAMES))
        found = load_endpoints(self.settings, store)
        written = state_path.with_name(f"{state_path.name}.{os.getpid()}")
        written.write_text(endpoints.dump(EndpointName.of(endpoint) for endpoint in found))
        written.replace(state_path)  # Others may be reading it.

    def build_defs_from_state(
        self, context: dg.ComponentLoadContext, state_path: Path | None
    ) -> dg.Definitions:
        settings = self.settings
        names = endpoints.parse(state_path.read_text()) if state_path else ()
        if not names:
            return without_endpoints(settings)
        job = build_job(settings)
        return dg.Definitions(
            assets=[build_assets(settings, names)],
            jobs=[job],
            schedules=[build_schedule(settings, job)],
            sensors=[build_changes_sensor(settings, names, job)],
        )
