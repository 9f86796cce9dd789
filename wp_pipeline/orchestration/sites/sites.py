"""What the definitions of many sites are built from: all sites, or those a command is about."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import click

from wp_pipeline.orchestration.endpoint_names import EndpointName
from wp_pipeline.orchestration.sites.known_sites import Known, KnownSite, settings_of
from wp_pipeline.settings import Settings, SettingsError

# Terms of Dagster's asset selection that can select assets of one site only.
KEY = re.compile(r'(key:)?(?P<quote>"?)(?P<name>\w+)/[\w/*]+(?P=quote)', re.ASCII)
GROUP = re.compile(r'group:(?P<quote>"?)(?P<name>\w+)(?P=quote)', re.ASCII)
OF_TABLES = "_tables"  # Ends the name of a site's group of tables.


@dataclass(frozen=True)
class LoadedSite:
    """A site that has assets. With a `fault`, they are the last known ones."""

    settings: Settings
    names: Sequence[EndpointName]
    fault: str = ""

    @property
    def name(self) -> str:
        return self.settings.site


@dataclass(frozen=True)
class Sites:
    """All sites of a component, and a reason for each without known endpoints.

    `name` begins the names of what they share, `path` is that of their parameters, `base` has the
    settings of those that do not set them. `others` are the sites with a defs.yaml.
    """

    name: str
    path: str
    base: Settings
    sites: Sequence[LoadedSite]
    unknown: Sequence[tuple[str, str]] = ()
    others: Sequence[Settings] = ()

    @classmethod
    def of(
        cls, name: str, path: str, base: Settings, known: Known, others: Sequence[Settings] = ()
    ) -> "Sites":
        known = needed(known, selection_of_command())
        sites = list(shown_sites(known, base))
        shown = {site.name for site in sites}
        unknown = [(one.name, one.fault) for one in known.values() if one.name not in shown]
        return cls(name, path, base, sites, unknown, others)


def shown_sites(known: Known, base: Settings) -> Iterator[LoadedSite]:
    for site in known.values():
        settings = valid_settings_of(site, base) if site.names else None
        if settings:
            yield LoadedSite(settings, site.names, site.fault)


def valid_settings_of(site: KnownSite, base: Settings) -> Settings | None:
    """Return the settings; None if they are no longer valid, which a run process can't report."""
    try:
        return settings_of(site, base)
    except SettingsError:
        return None


def needed(known: Known, selection: str) -> Known:
    """Return the sites that a selection of assets names, or all if it may include any site."""
    named = sites_named(selection, known)
    return {name: site for name, site in known.items() if name in named} if named else known


def sites_named(selection: str, known: Collection[str]) -> frozenset[str]:
    """Return the sites of a selection such as `key:"blog/posts" or group:shop`.

    No site if a term could also select assets of other sites, or names no known site.
    """
    terms = re.split(r",|\bor\b", selection, flags=re.IGNORECASE)
    named = [sites_of_term(term.strip(), known) for term in terms]
    return frozenset().union(*named) if all(named) else frozenset()


def sites_of_term(term: str, known: Collection[str]) -> set[str]:
    key, group = KEY.fullmatch(term), GROUP.fullmatch(term)
    names = [key["name"]] if key else [group["name"]] if group else []
    of_tables = [name.removesuffix(OF_TABLES) for name in names if group]
    return {name for name in [*names, *of_tables] if name in known}


def selection_of_command() -> str:
    """Return the selection of `dagster asset materialize` or `dg launch`, if this is its process.

    With 500 sites, such a command would spend most of its time on sites that it does not need.
    """
    context = click.get_current_context(silent=True)
    options = context.params if context else {}
    return str(options.get("select") or options.get("assets") or "")
