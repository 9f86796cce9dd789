"""The definitions of many sites: the assets of each, and what they share."""

from collections.abc import Collection, Iterator, Sequence

import dagster as dg

from wp_pipeline.orchestration.assets import build_source_specs, build_steps
from wp_pipeline.orchestration.dagster_internals.definitions import WithoutOrigin
from wp_pipeline.orchestration.report.asset import build_report_asset, has_report, report_key
from wp_pipeline.orchestration.site import site_definitions
from wp_pipeline.orchestration.sites.changes_of_sites import build_sites_changes_sensor
from wp_pipeline.orchestration.sites.endpoints_of_sites import build_sites_endpoints_sensor
from wp_pipeline.orchestration.sites.failures_of_sites import build_sites_failures_sensor
from wp_pipeline.orchestration.sites.schedule import build_sites_schedules
from wp_pipeline.orchestration.sites.sites import LoadedSite, Sites
from wp_pipeline.orchestration.steps.comparing import build_comparisons
from wp_pipeline.orchestration.tables.assets import (
    build_tables,
    build_tables_sensor,
    has_tables,
    tables_definitions,
)
from wp_pipeline.orchestration.tables.plan import TablesPlan, plan_of
from wp_pipeline.wordpress.endpoints.endpoint import asset_name

Asset = dg.AssetsDefinition | dg.AssetSpec


def build_definitions(sites: Sites, *, one_of_each: bool) -> dg.Definitions:
    """Build all sites. They share a schedule and a sensor of each kind, or each site has its own,
    and a job.
    """
    endpoints_sensor = build_sites_endpoints_sensor(sites)
    advice = dg.Definitions(assets=[*advice_of(sites)], sensors=[endpoints_sensor])
    if not sites.sites:
        return advice
    plans = [plan_of(one.settings, one.names) for one in sites.sites if has_tables(one.settings)]
    if not one_of_each:
        own = [site_definitions(site.settings, site.names) for site in sites.sites]
        return dg.Definitions.merge(*own, *map(tables_definitions, plans), advice)
    reported = {one.name for one in sites.sites if has_report(one.settings, one.names)}
    shared = dg.Definitions(
        assets=[
            *(asset for site in sites.sites for asset in assets_of(site, site.name in reported)),
            *map(build_tables, plans),
        ],
        asset_checks=[
            check for site in sites.sites for check in build_comparisons(site.settings, site.names)
        ],
        schedules=[*build_sites_schedules(sites)],
        sensors=[
            build_sites_changes_sensor(sites),
            build_sites_failures_sensor(sites),
            *build_report_sensors(sites, reported),
            *build_tables_sensors(sites, plans),
        ],
    )
    return WithoutOrigin.of(dg.Definitions.merge(shared, advice))


def assets_of(site: LoadedSite, has_report: bool) -> Iterator[Asset]:
    yield from build_source_specs(site.settings, site.names)
    for extracted in build_steps(site.settings, site.names):
        yield with_fault(extracted, site.fault) if site.fault else extracted
    if has_report:
        yield build_report_asset(site.settings, site.names)


def with_fault(assets: dg.AssetsDefinition, fault: str) -> dg.AssetsDefinition:
    """Say in each description why the assets may not be those in Parameter Store."""
    warning = f"**Last known, because this site is wrong:** {fault}"
    (described,) = dg.map_asset_specs(
        lambda spec: spec.replace_attributes(description=f"{spec.description}\n\n{warning}"),
        [assets],
    )
    return described


def build_report_sensors(
    sites: Sites, reported: Collection[str]
) -> Iterator[dg.AutomationConditionSensorDefinition]:
    if reported:
        yield dg.AutomationConditionSensorDefinition(
            name=f"{sites.name}_report",
            target=[report_key(site.settings) for site in sites.sites if site.name in reported],
            description="Rebuilds the report of each site after each of its extractions.",
        )


def build_tables_sensors(
    sites: Sites, plans: Sequence[TablesPlan]
) -> Iterator[dg.AutomationConditionSensorDefinition]:
    if plans:
        yield build_tables_sensor(sites.name, [key for plan in plans for key in plan.keys])


def advice_of(sites: Sites) -> Iterator[dg.AssetSpec]:
    """Yield an asset for each site without known endpoints, with the reason, and one if there
    is no site at all: the UI would otherwise show nothing.
    """
    advice = {asset_name(name): f"{name}: {fault}" for name, fault in sites.unknown}
    if not advice and not sites.sites:
        advice = {
            sites.name: "no site is known. Put the endpoints' URLs of each into"
            f" {sites.path}<site>/endpoints, and give this process access to it"
        }
    for name, reason in advice.items():
        yield dg.AssetSpec(
            dg.AssetKey([sites.name, name, "no_endpoints_found"]),
            group_name=name,
            description=f"{reason}. Then reload the code location.",
        )
