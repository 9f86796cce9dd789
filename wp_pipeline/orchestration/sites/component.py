"""The component of many sites: a Parameter Store path becomes the definitions of all sites below.

    type: wp_pipeline.orchestration.sites.component.WordPressSites
    attributes:
      path: /wordpress/sites/

This is its whole defs.yaml. reading.py lists the parameters of a site.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

import dagster as dg
from dagster.components import DefsStateConfig, DefsStateConfigArgs, ResolvedDefsStateConfig

from wp_pipeline.extraction.configuration import ConfigurationError
from wp_pipeline.orchestration.dagster_internals.attributes import ResolvableWithoutQuotes
from wp_pipeline.orchestration.dagster_internals.definitions import is_loading_code_location
from wp_pipeline.orchestration.sensors.cursor import some_of
from wp_pipeline.orchestration.site import (
    never_refreshed_by_dagster,
    replace_text,
    setting_attributes,
    valid_settings,
)
from wp_pipeline.orchestration.sites import known_sites
from wp_pipeline.orchestration.sites.definitions import build_definitions
from wp_pipeline.orchestration.sites.known_sites import (
    NOT_SHARED,
    Known,
    updated,
    without_shared_prefixes,
)
from wp_pipeline.orchestration.sites.reading import read_sites
from wp_pipeline.orchestration.sites.sites import Sites
from wp_pipeline.settings import DECLARED, Settings

log = logging.getLogger("wp_pipeline")

PATH = "/wordpress/sites/"
MOST_FAULTS = 5  # that a line tells of
SHARED = [setting for setting in DECLARED if setting not in NOT_SHARED]
Path_ = Annotated[
    str, dg.Resolver.default(description=f"Parameter Store path of the sites, such as {PATH}")
]
Name = Annotated[
    str,
    dg.Resolver.default(
        description="Begins the names of schedule and sensors. Default: the last part of the path."
    ),
]
Sensors = Annotated[
    Literal["one", "per site"],
    dg.Resolver.default(
        description="Whether all sites share a schedule and a sensor of each kind, or each has"
        " its own, and a job: only for few sites."
    ),
]
SharedAttributes = setting_attributes(SHARED)


@dataclass
class WordPressSites(dg.StateBackedComponent, ResolvableWithoutQuotes, SharedAttributes):
    """Many WordPress sites: each endpoint of each becomes an asset.

    Their parameters lie below `path`: `<site>/endpoints`, and optionally `settings`, `credentials`
    and `bucket`. Each other attribute is a setting of all sites that do not set it themselves. A
    site is added by its parameters and a reload of the code location.
    """

    path: Path_ = PATH
    name: Name = ""
    sensors: Sensors = "one"
    defs_state: ResolvedDefsStateConfig = field(
        default_factory=DefsStateConfigArgs.local_filesystem
    )
    _others = tuple[Settings, ...]()  # Of the sites with a defs.yaml; no attribute.

    @cached_property
    def base(self) -> Settings:
        """The settings of sites that do not set them themselves. Raises SettingsError."""
        return Settings.from_environment(**{name: getattr(self, name) for name in SHARED})

    @property
    def sites_path(self) -> str:
        return f"/{self.path.strip('/')}/"

    @property
    def short_name(self) -> str:
        return self.name or self.sites_path.split("/")[-2]

    @property
    def defs_state_config(self) -> DefsStateConfig:
        return never_refreshed_by_dagster(self.defs_state, f"WordPressSites[{self.short_name}]")

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """Read the sites when a code location is loaded, then build from what is known."""
        if is_loading_code_location():
            self._others = tuple(valid_settings(context.component_tree))
            try:
                asyncio.run(self.refresh_state(context.project_root))
            except (ConfigurationError, OSError) as error:
                log.warning(
                    "%s: using the last known sites and endpoints, because %s",
                    self.short_name, error,
                )  # fmt: skip
        return super().build_defs(context)

    def write_state_to_path(self, state_path: Path) -> None:
        """Keep what Parameter Store holds now. Raises ConfigurationError."""
        last = known_in(state_path)
        read = read_sites(self.sites_path, self.base)
        known = without_shared_prefixes(updated(last, read), last, self.base, self._others)
        for line in lines_about(known):
            log.warning("%s: %s", self.short_name, line)
        replace_text(state_path, known_sites.dump(known))

    def build_defs_from_state(
        self, context: dg.ComponentLoadContext, state_path: Path | None
    ) -> dg.Definitions:
        known = known_in(state_path)
        sites = Sites.of(self.short_name, self.sites_path, self.base, known, self._others)
        return build_definitions(sites, one_of_each=self.sensors == "one")


def known_in(state_path: Path | None) -> Known:
    is_there = state_path is not None and state_path.exists()
    return known_sites.parse(state_path.read_text()) if state_path and is_there else {}


def lines_about(known: Known) -> list[str]:
    """Return one line about all sites that are wrong, and no line if none is."""
    of_fault: dict[str, list[str]] = {}
    for site in known.values():
        if site.fault:
            of_fault.setdefault(site.fault, []).append(site.name)
    if not of_fault:
        return []
    wrong = sum(map(len, of_fault.values()))
    return [f"{wrong} of {len(known)} sites are wrong or not up to date: {faults_text(of_fault)}"]


def faults_text(of_fault: Mapping[str, Sequence[str]]) -> str:
    parts = [f"{some_of(sites)}: {fault}" for fault, sites in of_fault.items()]
    more = len(parts) - MOST_FAULTS
    return " | ".join([*parts[:MOST_FAULTS], *([f"and {more} more reasons"] if more > 0 else [])])
