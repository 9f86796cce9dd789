"""Whether the Dagster instance in DAGSTER_HOME loads."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from wp_pipeline.extraction.doctor.check import Check
from wp_pipeline.extraction.doctor.examination import Examination
from wp_pipeline.extraction.doctor.finding import Finding, mend, ok


@contextmanager
def opened() -> Iterator[dg.DagsterInstance | None]:
    """Yield the instance; None where it does not load."""
    log = logging.getLogger("dagster")
    level = log.level
    log.setLevel(logging.ERROR)  # It warns that there is no dagster.yaml, each time.
    try:
        instance = dg.DagsterInstance.get()
    except Exception:  # Of Dagster, yaml or a database; the message may hold a password.
        yield None
        return
    finally:
        log.setLevel(level)
    with instance:
        yield instance


def run(examination: Examination) -> Iterator[Finding]:
    with opened() as instance:
        if instance is not None:
            yield ok("Dagster", "the instance in DAGSTER_HOME loads")
            return
    yield mend(
        "Dagster",
        "the instance in DAGSTER_HOME does not load",
        "correct its dagster.yaml, and see what it says",
        "dagster instance info",
    )


CHECK = Check("Dagster", 71, run)
