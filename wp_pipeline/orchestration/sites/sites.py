"""What the definitions of many sites are built from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wp_pipeline.orchestration.endpoint_names import EndpointName
from wp_pipeline.orchestration.sites.known import Known, KnownSite, settings_of
from wp_pipeline.settings import Settings, SettingsError


@dataclass(frozen=True)
class Site:
    """A site that has assets. With a `fault`, they are the last known ones."""

    settings: Settings
    names: Sequence[EndpointName]
    fault: str = ""

    @property
    def name(self) -> str:
        return self.settings.site


@dataclass(frozen=True)
class Sites:
    """All sites of a component, and a reason for each of which no endpoint is known.

    `name` begins the names of what they share, `path` is that of their parameters, `base` has the
    settings of those that do not set them.
    """

    name: str
    path: str
    base: Settings
    sites: Sequence[Site]
    unknown: Sequence[tuple[str, str]] = ()

    @classmethod
    def of(cls, name: str, path: str, base: Settings, known: Known) -> "Sites":
        sites = list(shown_sites(known, base))
        shown = {site.name for site in sites}
        unknown = [(one.name, one.fault) for one in known.values() if one.name not in shown]
        return cls(name, path, base, sites, unknown)


def shown_sites(known: Known, base: Settings) -> Iterator[Site]:
    for site in known.values():
        settings = valid_settings_of(site, base) if site.names else None
        if settings:
            yield Site(settings, site.names, site.fault)


def valid_settings_of(site: KnownSite, base: Settings) -> Settings | None:
    """Return None for kept settings that are no longer valid; a run process can't say so."""
    try:
        return settings_of(site, base)
    except SettingsError:
        return None
