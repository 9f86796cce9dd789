"""Reads the sites below a path of Parameter Store, and what is wrong with each.

Each site has the parameter `endpoints`, or one for each endpoint below it; the others are optional:

    <path>/<site>/endpoints          the list of endpoints
    <path>/<site>/endpoints/<name>   one endpoint
    <path>/<site>/settings           a JSON object of settings, by their names in defs.yaml
    <path>/<site>/credentials        not read here: a run reads it
    <path>/<site>/bucket             the bucket, otherwise that of the component
"""

import json
from collections.abc import Mapping
from typing import Any

from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.errors import AwsError
from wp_pipeline.aws.parameter_tree import Deadline, ParameterTree, read_tree
from wp_pipeline.aws.parameters import ParameterStore
from wp_pipeline.extraction.configuration import (
    ConfigurationError,
    load_endpoints,
    parameter_store_error,
)
from wp_pipeline.orchestration.endpoint_names import EndpointName, KnownParameters
from wp_pipeline.orchestration.schedules import spread_time
from wp_pipeline.orchestration.sites.known_sites import NOT_SHARED, KnownSite, settings_of
from wp_pipeline.settings import DECLARED, Settings, SettingsError

SECONDS = 10.0  # for everything
SECONDS_OF_CALL = 3.0
ENDPOINTS, SETTINGS, CREDENTIALS, BUCKET = "endpoints", "settings", "credentials", "bucket"
PARTS = (ENDPOINTS, SETTINGS, CREDENTIALS, BUCKET)


class SiteFault(Exception):
    """What is wrong with the parameters of one site, in one line."""


def read_sites(path: str, base: Settings) -> list[KnownSite]:
    """Return all sites below a path that ends in `/`; those that are wrong with the reason.

    Raises ConfigurationError if they can't be listed.
    """
    store = ParameterStore(lambda: build_client("ssm", SECONDS_OF_CALL))
    try:
        tree = read_tree(path, is_wanted, store, Deadline(SECONDS, SECONDS_OF_CALL))
    except AwsError as error:
        failure = parameter_store_error(error)
    else:
        return sites_in(tree, path, base)
    raise failure


def is_wanted(name: str) -> bool:
    """Whether the value of a SecureString is needed to load. A credential is not."""
    return not name.endswith((f"/{CREDENTIALS}", f"/{BUCKET}"))


def sites_in(tree: ParameterTree, path: str, base: Settings) -> list[KnownSite]:
    """Raises ConfigurationError if there is none."""
    of_site: dict[str, list[str]] = {}
    for name in tree.values:
        site, _, part = name.removeprefix(path).partition("/")
        of_site.setdefault(site, []).append(part)
    if not of_site:
        raise ConfigurationError(
            f"no parameter lies below {path}: put {path}<site>/{ENDPOINTS} for each site"
        )
    return [site_of(site, parts, tree, path, base) for site, parts in sorted(of_site.items())]


def site_of(
    site: str, parts: list[str], tree: ParameterTree, path: str, base: Settings
) -> KnownSite:
    """Return a site; if anything of it is wrong, without names and with the reason."""
    below = f"{path}{site}/"
    try:
        given = {**own_parameters(below, parts), **own_settings(below, parts, tree)}
        given.setdefault("prefix", f"{base.prefix.strip('/')}/{site}")
        if not (given.get("daily_at") or base.daily_at):
            given["daily_at"] = spread_time(site)
        settings = settings_of(KnownSite(site, given), base)
        read = {f"{below}{part}": tree.values[f"{below}{part}"] for part in parts}
        require_read([name for name in read if is_wanted(name)], tree)
        source = KnownParameters({name: text for name, text in read.items() if text is not None})
        names = tuple(map(EndpointName.of, load_endpoints(settings, source)))
    except (SiteFault, ConfigurationError, SettingsError) as fault:
        return KnownSite(site, fault=str(fault))
    except RecursionError:  # The list of endpoints never raises it.
        return KnownSite(
            site, fault=f"parameter {below}{SETTINGS} has JSON nested too deeply: correct it"
        )
    return KnownSite(site, given, names)


def own_parameters(below: str, parts: list[str]) -> Mapping[str, str]:
    """Return the settings that name the parameters of the site. Raises SiteFault."""
    for part in parts:
        if part not in PARTS and not part.startswith(f"{ENDPOINTS}/"):
            raise SiteFault(f"parameter {below}{part} is none of {', '.join(PARTS)}: rename it")
    is_list = ENDPOINTS in parts
    is_path = any(part.startswith(f"{ENDPOINTS}/") for part in parts)
    if is_list and is_path:
        raise SiteFault(f"{below}{ENDPOINTS} is a list, and has parameters below it: delete one")
    if not is_list and not is_path:
        raise SiteFault(f"parameter {below}{ENDPOINTS} does not exist: create it")
    own = {part: f"{below}{part}" for part in (CREDENTIALS, BUCKET) if part in parts}
    return {
        "endpoints_parameter": f"{below}{ENDPOINTS}{'/' if is_path else ''}",
        **{f"{part}_parameter": name for part, name in own.items()},
    }


def own_settings(below: str, parts: list[str], tree: ParameterTree) -> Mapping[str, Any]:
    """Return the settings in the JSON object of the site. Raises SiteFault."""
    if SETTINGS not in parts:
        return {}
    name = f"{below}{SETTINGS}"
    require_read([name], tree)
    try:
        given = json.loads(tree.values[name] or "")
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise SiteFault(f'parameter {name} is no JSON object such as {{"concurrency": 2}}')
    allowed = DECLARED.keys() - NOT_SHARED | {"credentials_parameter"}
    if unknown := sorted(given.keys() - allowed):
        shown = ", ".join(one for one in unknown if one.isidentifier()) or "names"
        raise SiteFault(
            f"parameter {name} has {shown}, which is no setting of a site: remove or rename it"
        )
    return given


def require_read(names: list[str], tree: ParameterTree) -> None:
    """Raises SiteFault if a value could not be read."""
    for name in names:
        if name in tree.unread:
            raise SiteFault(f"not all of its parameters could be read: {tree.unread[name].error}")
