"""Builds the report of a site and stores it beside the objects.

    report = build_report("magazine", names, lake, history, ZoneInfo("Europe/London"))

An equal report is not stored again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from zoneinfo import ZoneInfo

from wp_pipeline.aws.errors import ObjectReplaced
from wp_pipeline.aws.lake import REPORT, SERVICE, Lake
from wp_pipeline.report.history import History
from wp_pipeline.report.page import build_page
from wp_pipeline.report.reading.content import read_content

TRIES = 5


@dataclass(frozen=True)
class Report:
    """What is stored now. `size` is in bytes; `headline` is the report in one line."""

    uri: str
    size: int
    sha256: str
    headline: str
    unchanged: bool


def build_report(
    site: str, names: Sequence[str], lake: Lake, history: History, zone: ZoneInfo
) -> Report:
    """Build the report from the objects of the endpoints and store it, unless it is there already.

    The report mentions objects that are missing or can't be read. Raises an AwsError.
    """
    page = build_page(site, read_content(names, lake.open), history, zone)
    digest = sha256(page.html)
    pages = lake.pages()
    unchanged = not is_stored_anew(pages, page.html, digest.digest())
    uri = pages.uri(REPORT)
    return Report(uri, len(page.html), digest.hexdigest(), page.headline, unchanged)


def is_stored_anew(pages: Lake, html: bytes, digest: bytes) -> bool:
    """Store the page; return False if the same one was there. Raises an AwsError."""
    metadata = {"sha256": digest.hex()}
    for _ in range(TRIES):
        stored = pages.stored(REPORT)
        if stored is not None and stored.metadata.get("sha256") == digest.hex():
            return False
        try:
            pages.put(REPORT, BytesIO(html), len(html), digest, metadata, stored)
        except ObjectReplaced:
            continue
        return True
    raise ObjectReplaced(
        "other runs keep replacing the report", "run again when they have ended", service=SERVICE
    )
