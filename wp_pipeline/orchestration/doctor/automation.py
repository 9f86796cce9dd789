"""Whether anything extracts the site by itself: schedule, sensors, and the daemon behind them."""

from collections.abc import Iterator

from wp_pipeline.extraction.doctor.check import Check
from wp_pipeline.extraction.doctor.examination import Examination
from wp_pipeline.extraction.doctor.finding import Finding, look_at, mend, ok
from wp_pipeline.orchestration.dagster_internals import daemons_with_heartbeat, turned_on
from wp_pipeline.orchestration.doctor.instance import opened
from wp_pipeline.orchestration.report.asset import is_installed
from wp_pipeline.orchestration.tables.assets import has_tables

EXTRACTING = ("daily", "changes")
TURN_ON = "turn it on under Automation in the UI"


def run(examination: Examination) -> Iterator[Finding]:
    site = examination.settings.site
    with opened() as instance:
        if instance is None:
            return
        running = turned_on(instance)
        silent = [kind for kind, lives in daemons_with_heartbeat(instance).items() if not lives]
    others = ["endpoints", "failures"]
    others += ["report"] if is_installed() else []
    others += ["tables"] if has_tables(examination.settings) else []
    ours = [f"{site}_{kind}" for kind in (*EXTRACTING, *others)]
    on = [name for name in ours if name in running]
    off = [name for name in ours if name not in running]
    yield ok("automation", f"on: {', '.join(on) or 'none'}; off: {', '.join(off) or 'none'}")
    if not running & {f"{site}_{kind}" for kind in EXTRACTING}:
        yield look_at(
            "automation",
            f"nothing extracts {site} by itself: {site}_daily and {site}_changes are off",
            TURN_ON,
            f"dagster schedule start -m wp_pipeline.definitions {site}_daily",
        )
    yield from daemon(on, silent)


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
