"""Finds the checks, the `CHECK` of each module in some folders, and runs them in order.

Those of Dagster are imported by name, and only if Dagster is configured: nothing in extraction/ may
need Dagster.
"""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from wp_pipeline.extraction.doctor.check import Check
from wp_pipeline.extraction.doctor.examination import Examination
from wp_pipeline.extraction.doctor.finding import MEND, Finding, look_at, mend
from wp_pipeline.extraction.doctor.machine.dagster_home import has_dagster_home
from wp_pipeline.extraction.extract import place_of

FOLDERS = tuple(f"wp_pipeline.extraction.doctor.{name}" for name in ("machine", "cloud", "site"))
DAGSTER = "wp_pipeline.orchestration.doctor"


def checks_for(examination: Examination) -> list[Check]:
    """Return the checks in the order of their lines."""
    folders = list(FOLDERS)
    if has_dagster_home(examination.environment) and find_spec("dagster"):
        folders.append(DAGSTER)
    found = [check for folder in folders for check in checks_in(folder)]
    return sorted(found, key=lambda check: check.order)


def checks_in(folder: str) -> Iterator[Check]:
    for module in iter_modules(import_module(folder).__path__):
        yield import_module(f"{folder}.{module.name}").CHECK


def examine(examination: Examination) -> Iterator[Finding]:
    """Yield what every check finds, as it finds it; each cause is shown once."""
    told: set[str] = set()
    left_out = []
    for check in checks_for(examination):
        if check.needs and getattr(examination, check.needs) is None:
            left_out.append(check.name)
            continue
        for finding in findings_of(check, examination):
            cause = finding.cause or f"{finding.check}: {finding.text}"
            if finding.state != MEND or cause not in told:
                yield finding
            told.add(cause)
    if left_out:
        yield look_at(
            "not checked", f"{', '.join(left_out)}: they need the parameters", "mend those first"
        )


def findings_of(check: Check, examination: Examination) -> Iterator[Finding]:
    """Yield what a check finds. A bug in it becomes a finding, and does not end the others."""
    try:
        yield from check.run(examination)
    except Exception as error:  # It may hold a URL: neither its message nor its chain is shown.
        bug = f"a bug in wp_pipeline ({type(error).__name__} in {place_of(error)})"
    else:
        return
    yield mend(check.name, bug, "report it")
