"""What is known of each site below a path: names and settings, never a URL or a credential.

It is kept, so that the code location also loads while Parameter Store can't be read.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wp_pipeline.orchestration.endpoint_names import EndpointName
from wp_pipeline.settings import DECLARED, Settings, SettingsError, environment_name


@dataclass(frozen=True)
class KnownSite:
    """A site: the settings that are `given` for it alone, and the names of its endpoints.

    `fault` says what is wrong; then `names` are those last known, or empty.
    """

    name: str
    given: Mapping[str, Any] = field(default_factory=dict)
    names: tuple[EndpointName, ...] = ()
    fault: str = ""


Known = Mapping[str, KnownSite]
StoragePrefix = tuple[str, str]  # The parameter of the bucket, and the prefix.


def dump(known: Known) -> str:
    sites = {
        site.name: {
            "settings": site.given,
            "endpoints": {name.name: name.is_known_kind for name in site.names},
            "fault": site.fault,
        }
        for site in known.values()
    }
    return json.dumps(sites, indent=0, default=sorted)


def parse(text: str) -> Known:
    """Read what was dumped; no sites from a file that is incomplete."""
    try:
        return {
            site: KnownSite(
                site,
                kept["settings"],
                tuple(EndpointName(name, kind) for name, kind in kept["endpoints"].items()),
                kept["fault"],
            )
            for site, kept in json.loads(text).items()
        }
    except (ValueError, TypeError, KeyError, AttributeError):
        return {}


def updated(last: Known, read: Iterable[KnownSite]) -> Known:
    """Return what was read now; a site that is wrong keeps its last known names and settings."""
    return {site.name: kept(last.get(site.name), site) for site in read}


def kept(last: KnownSite | None, now: KnownSite) -> KnownSite:
    return replace(last, fault=now.fault) if last and now.fault else now


def settings_of(site: KnownSite, base: Settings) -> Settings:
    """Return the settings of a site: its own, and otherwise those of the component.

    Raises SettingsError, also for a time zone of its own that does not exist: with it, Dagster
    would not load any site.
    """
    of_base = {name: getattr(base, name) for name in DECLARED.keys() - NOT_SHARED}
    given = {**of_base, **site.given, "site": site.name}
    settings = valid_settings(json.dumps(given, sort_keys=True, default=sorted))
    if "timezone" in site.given and not is_time_zone(settings.timezone):
        raise SettingsError(
            [f"{environment_name('timezone')} is no time zone such as Europe/London"]
        )
    return settings


def is_time_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # An OSError for a folder: Europe
        return False
    return True


@cache
def valid_settings(given: str) -> Settings:
    """Return settings from JSON; cached, as a load needs those of each site three times."""
    return Settings.of(json.loads(given))


# A credential is for one site: a site without a parameter for it is read anonymously.
NOT_SHARED = {"site", "endpoints_parameter", "credentials_parameter"}


def without_shared_prefixes(
    known: Known, last: Known, base: Settings, others: Iterable[Settings]
) -> Known:
    """Remove the endpoints of each site whose objects would lie among those of another site.

    Of two such sites, the one that was known before keeps its endpoints.
    """
    owners = {storage_prefix(one): f"{one.site}, which has a defs.yaml" for one in others}
    names = {one.site for one in others}
    found: dict[str, KnownSite] = {}
    new = {name for name in known if not (name in last and last[name].names)}
    for name in sorted(known, key=lambda one: (one in new, one)):
        site = known[name]
        if name in names:
            site = KnownSite(name, fault="a site with a defs.yaml has the same name: rename one")
        elif site.names and (fault := fault_of_prefix(site, base, owners)):
            site = KnownSite(name, fault=fault)
        found[name] = site
    return found


def fault_of_prefix(site: KnownSite, base: Settings, owners: dict[StoragePrefix, str]) -> str:
    """Add the site to the owners of prefixes; say what is wrong if its prefix has another one."""
    try:
        settings = settings_of(site, base)
    except SettingsError as error:  # They were kept by another version of this package.
        return str(error)
    owner = owners.setdefault(storage_prefix(settings), site.name)
    if owner == site.name:
        return ""
    return (
        f"its objects would lie among those of {owner}: both have the prefix {settings.prefix};"
        " give it another one"
    )


def storage_prefix(settings: Settings) -> StoragePrefix:
    return settings.bucket_parameter, settings.prefix.strip("/")
