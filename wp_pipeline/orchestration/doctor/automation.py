"""Whether anything extracts the site by itself: schedule, sensors, and the daemon behind them."""

import re
from collections.abc import Collection, Iterator

from wp_pipeline.extraction.doctor.check import Check
from wp_pipeline.extraction.doctor.examination import Examination
from wp_pipeline.extraction.doctor.finding import Finding, look_at, mend, ok
from wp_pipeline.orchestration.dagster_internals.instance import daemons_with_heartbeat, turned_on
from wp_pipeline.orchestration.doctor.code_location import loaded
from wp_pipeline.orchestration.doctor.instance import opened

KINDS = ("daily", "changes", "endpoints", "failures", "report", "tables")
SENSORS_OF_MANY_SITES = ("changes", "endpoints", "failures")
EXTRACTING = re.compile(r"\w+_(daily(_\w+)?|changes)")
TURN_ON = "turn it on under Automation in the UI"


def run(examination: Examination) -> Iterator[Finding]:
    site = examination.settings.site
    ours = names_in_code_location(site)
    with opened() as instance:
        if instance is None or not ours:
            return
        running = turned_on(instance)
        silent = [kind for kind, lives in daemons_with_heartbeat(instance).items() if not lives]
    on = [name for name in ours if name in running]
    off = [name for name in ours if name not in running]
    yield ok("automation", f"on: {', '.join(on) or 'none'}; off: {', '.join(off) or 'none'}")
    extracting = [name for name in ours if EXTRACTING.fullmatch(name)]
    if not running & {*extracting}:
        yield look_at(
            "automation",
            f"nothing extracts {site} by itself: {' and '.join(extracting)} are off",
            TURN_ON,
            f"dagster schedule start -m wp_pipeline.definitions {extracting[0]}",
        )
    yield from daemon(on, silent)


def names_in_code_location(site: str) -> list[str]:
    """Return the schedules and sensors of a site, the schedules first.

    No name if the code location does not load, which is another check's finding.
    """
    try:
        definitions = loaded()
    except Exception:  # Its message may hold anything.
        return []
    defined = [*(definitions.schedules or ()), *(definitions.sensors or ())]
    groups = {spec.group_name or "" for spec in definitions.resolve_all_asset_specs()}
    return names_of(site, [one.name for one in defined], groups)


def names_of(site: str, names: Collection[str], sites: Collection[str]) -> list[str]:
    """Return those of the names that are about a site: its own, or else those of many sites.

    >>> names_of("blog", ["blog_daily", "shop_daily"], ["blog", "shop"])
    ['blog_daily']

    A WordPressSites is known by its three sensors. It has a daily schedule for each time zone.
    """
    own = [name for name in names if name in names_for(site)]
    if own:
        return own
    beginnings = {name.removesuffix("_changes") for name in names} - {*sites}
    shared = [
        one for one in beginnings if {f"{one}_{kind}" for kind in SENSORS_OF_MANY_SITES} <= {*names}
    ]
    return [
        name
        for name in names
        if any(name in names_for(one) or name.startswith(f"{one}_daily_") for one in shared)
    ]


def names_for(site: str) -> set[str]:
    return {f"{site}_{kind}" for kind in KINDS}


def daemon(on: list[str], silent: list[str]) -> Iterator[Finding]:
    if not silent:
        yield ok("daemon", "alive")
    elif on:
        yield mend(
            "daemon",
            f"no sign of life of {', '.join(sorted(silent))}: nothing that is on will run",
            "start it, with the same DAGSTER_HOME",
            "dagster-daemon run",
        )
    else:
        yield ok("daemon", "does not run; nothing is on that needs it")


CHECK = Check("automation", 73, run)
