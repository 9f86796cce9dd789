"""Which versions are installed: for a bug report."""

import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from wp_pipeline import __version__
from wp_pipeline.extraction.doctor.check import Check
from wp_pipeline.extraction.doctor.examination import Examination
from wp_pipeline.extraction.doctor.finding import Finding, ok

LIBRARIES = ("dagster", "botocore", "requests")


def run(examination: Examination) -> Iterator[Finding]:
    installed = ", ".join(f"{library} {version_of(library)}" for library in LIBRARIES)
    yield ok(
        "versions", f"wp-pipeline {__version__}, Python {platform.python_version()}, {installed}"
    )


def version_of(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "is not installed"


CHECK = Check("versions", 12, run)
