"""The sensor that notices when the sites in Parameter Store differ from those that are loaded."""

from collections.abc import Iterator, Sequence

import dagster as dg

from wp_pipeline.orchestration.dagster_internals.definitions import location_name
from wp_pipeline.orchestration.sensors.cursor import some_of
from wp_pipeline.orchestration.sensors.endpoints import LOCATION, Reloaded, difference_of, reload
from wp_pipeline.orchestration.sites.known_sites import (
    KnownSite,
    settings_of,
    without_shared_prefixes,
)
from wp_pipeline.orchestration.sites.reading import read_sites
from wp_pipeline.orchestration.sites.sites import LoadedSite, Sites

SECONDS_BETWEEN_TICKS = 300  # Each reads all sites.


def build_sites_endpoints_sensor(sites: Sites) -> dg.SensorDefinition:
    """Build the sensor. It is off until somebody turns it on in the UI."""

    @dg.sensor(
        name=f"{sites.name}_endpoints",
        minimum_interval_seconds=SECONDS_BETWEEN_TICKS,
        description=(
            f"Compares the sites below {sites.path} with the assets. If they differ, it reloads the"
            " code location through the webserver that WP_PIPELINE_WEBSERVER names, or says that"
            " this is needed. Off until somebody turns it on."
        ),
    )
    def endpoints(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        differences = [*differences_of(sites, found_by_a_reload(sites))]
        if not differences:
            reason = f"All {len(sites.sites)} sites are loaded as they are in Parameter Store."
            return dg.SensorResult(skip_reason=reason, cursor="")
        location = location_name(context) or LOCATION
        difference = some_of(differences)
        before = Reloaded.parse(context.cursor)
        after, how = reload(difference, sites.base, location, before)
        reason = f"The sites in Parameter Store differ from the assets: {difference}. {how}"
        context.log.warning(reason)
        return dg.SensorResult(skip_reason=reason, cursor=after.dump())

    return endpoints


def found_by_a_reload(sites: Sites) -> list[KnownSite]:
    """Return the sites in Parameter Store, by name; one whose prefix another has is wrong."""
    read = {one.name: one for one in read_sites(sites.path, sites.base)}
    loaded = {one.name: KnownSite(one.name, names=tuple(one.names)) for one in sites.sites}
    found = without_shared_prefixes(read, loaded, sites.base, sites.others)
    return sorted(found.values(), key=lambda site: site.name)


def differences_of(sites: Sites, listed: Sequence[KnownSite]) -> Iterator[str]:
    """Yield a text for each site that a reload would add, drop or change.

    A site that is wrong stays as it is.
    """
    loaded = {site.name: site for site in sites.sites}
    for name in sorted(loaded.keys() - {one.name for one in listed}):
        yield f"drop {name}"
    for site in listed:
        if site.fault:
            continue
        if site.name not in loaded:
            yield f"add {site.name}"
        elif change := change_of(loaded[site.name], site, sites):
            yield f"{site.name}: {change}"


def change_of(loaded: LoadedSite, listed: KnownSite, sites: Sites) -> str:
    difference = difference_of(loaded.names, listed.names)
    if not difference and settings_of(listed, sites.base) != loaded.settings:
        return "other settings"
    return difference
