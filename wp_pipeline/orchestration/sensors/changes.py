"""The sensor that extracts the collections that changed."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import dagster as dg

from wp_pipeline.extraction.extract import site_options
from wp_pipeline.orchestration.endpoint_names import EndpointName, asset_key
from wp_pipeline.orchestration.resources import ConfigurationResource
from wp_pipeline.orchestration.schedules import job_name
from wp_pipeline.orchestration.sensors.cursor import Cursor
from wp_pipeline.settings import Settings
from wp_pipeline.wordpress.endpoints import Endpoint
from wp_pipeline.wordpress.errors import SiteError
from wp_pipeline.wordpress.reading.probe import Probe
from wp_pipeline.wordpress.site.site import Site, SiteOptions, open_site

INTERVAL = 300  # seconds
DEADLINE = 40.0  # seconds for all probes: Dagster ends a tick after 60


def build_changes_sensor(settings: Settings, names: Sequence[EndpointName]) -> dg.SensorDefinition:
    """Build the sensor. It is off until somebody turns it on in the UI."""
    known = {name.name for name in names}  # Others have no asset until the next reload.

    @dg.sensor(
        name=f"{settings.site}_changes",
        job_name=job_name(settings),
        minimum_interval_seconds=INTERVAL,
        description=(
            "Probes the total and the newest item of each collection with one small request, and"
            " extracts those that changed. Single answers wait for the daily run; so do edits of"
            " what WordPress does not sort by modification (comments, terms, users), and a change"
            " whose run failed."
        ),
    )
    def changes(
        context: dg.SensorEvaluationContext, configuration: ConfigurationResource
    ) -> dg.SensorResult | dg.SkipReason:
        before = Cursor.parse(context.cursor)
        site = configuration.site(settings)
        endpoints = [
            endpoint
            for endpoint in site.endpoints
            if endpoint.name in known and endpoint.is_known_kind
        ]
        found, failures = probe_all(endpoints, site_options(settings, site), before)
        for failure in failures:
            context.log.warning(failure)
        changed = sorted(name for name in found if found[name] != before.probes.get(name))
        if not changed:
            return dg.SkipReason(skip_reason(found, failures))
        now = replace(before, count=before.count + 1, probes={**before.probes, **found})
        request = dg.RunRequest(
            run_key=now.run_key(changed),
            asset_selection=[asset_key(settings, name) for name in changed],
        )
        return dg.SensorResult(run_requests=[request], cursor=now.dump())

    return changes


def probe_all(
    endpoints: Sequence[Endpoint], options: SiteOptions, before: Cursor
) -> tuple[dict[str, Probe], list[str]]:
    """Return what each probe found, and a reason for each that failed."""
    found: dict[str, Probe] = {}
    failures: list[str] = []
    limited = replace(options, deadline_for_all=DEADLINE)
    with open_site(limited) as site, ThreadPoolExecutor(options.concurrency) as pool:
        probes = {
            endpoint.name: pool.submit(probe_one, endpoint, site, before) for endpoint in endpoints
        }
        for name, future in probes.items():
            try:
                probe = future.result()
            except SiteError as error:
                failures.append(f"{name}: {error}")
                continue
            if probe is not None:
                found[name] = probe
    return found, failures


def probe_one(endpoint: Endpoint, site: Site, before: Cursor) -> Probe | None:
    known = before.probes.get(endpoint.name)
    return site.probe(endpoint, known.orderby if known else "modified")


def skip_reason(found: Mapping[str, Probe], failures: Sequence[str]) -> str:
    if failures:
        return "; ".join(failures)
    if not found:
        return "No endpoint is a collection that can be probed."
    return f"Nothing changed in {', '.join(sorted(found))}."
