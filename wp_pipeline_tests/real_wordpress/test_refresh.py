"""Every kind of change is brought by a refresh as soon as docs/changes.md says.

The changes add up on one site. After each, a careful full read into another bucket tells what is
right, and a refresh of all endpoints is compared with it.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from wp_pipeline.extraction.outcomes import Stored
from wp_pipeline.wordpress.answers.volatile import strip_volatile
from wp_pipeline_tests.fakes.extraction_bucket import ExtractionBucket
from wp_pipeline_tests.real_wordpress.access_log import requests_to
from wp_pipeline_tests.real_wordpress.extraction import extracted
from wp_pipeline_tests.real_wordpress.kinds_of_change import (
    A_BLOG,
    DAY,
    HOUR,
    KINDS,
    PRELUDE,
    TICK,
    Kind,
)
from wp_pipeline_tests.real_wordpress.php import run_php
from wp_pipeline_tests.real_wordpress.wordpress import COLLECTIONS, WordPress

Content = dict[str, dict[int, dict]]
READS = {
    TICK: {"mode": "changes"},
    HOUR: {"mode": "changes", "outline": True},
    DAY: {"mode": "full"},
}


class Blog:
    """A site, the lake that is refreshed, and a second one that is read with care."""

    def __init__(self, site: WordPress, lake: ExtractionBucket, careful: ExtractionBucket) -> None:
        self.site = site
        self.lake = lake
        self.careful = careful
        run_php(site, PRELUDE + A_BLOG)
        self.right = self.read_with_care()
        self.refresh(DAY)
        self.refresh(TICK)  # Probes are kept from now on.

    def make(self, kind: Kind) -> str:
        """Make a change; return the collections whose answers changed."""
        before = self.right
        run_php(self.site, PRELUDE + kind.php)
        self.right = self.read_with_care()
        return " ".join(name for name in sorted(before) if before[name] != self.right[name])

    def read_with_care(self) -> Content:
        return content_of(self.careful, extract(self.site, self.careful, DAY, concurrency=4))

    def refresh(self, when: str) -> Content:
        """Refresh every endpoint as it is done then; return what is stored."""
        return content_of(self.lake, extract(self.site, self.lake, when))


def extract(site: WordPress, bucket: ExtractionBucket, when: str, **settings: int) -> list[str]:
    outcomes = extracted(site.endpoints, bucket, run_options=READS[when], **settings)
    refused = [one for one in outcomes.values() if not isinstance(one, Stored)]
    assert refused == []
    return list(outcomes)


def content_of(bucket: ExtractionBucket, names: list[str]) -> Content:
    found: Content = {}
    for name in names:
        items = json.loads(strip_volatile(bucket.body(name)))
        ids = [item["id"] for item in items]
        assert ids == sorted(set(ids)), name  # None is doubled.
        found[name] = dict(zip(ids, items, strict=True))
    return found


@pytest.fixture(scope="module")
def blog(new_bucket: Callable[[], ExtractionBucket]) -> Iterator[Blog]:
    with WordPress.start("bookworm", posts=500, comments=1000) as site:
        plugin = site.directory / "content" / "mu-plugins" / "kinds.php"
        plugin.unlink(missing_ok=True)
        try:
            yield Blog(site, new_bucket(), new_bucket())
        finally:
            plugin.unlink(missing_ok=True)


@pytest.fixture(scope="module")
def seen(report: Callable[[str], None]) -> Iterator[Counter[str]]:
    """Counts when changes were seen, for the summary."""
    counts: Counter[str] = Counter()
    yield counts
    report(f"{counts.total()} kinds of change: {dict(counts)}")


def test_a_site_without_changes_costs_one_request_a_collection(blog: Blog):
    uploads = blog.lake.uploads()

    with requests_to(blog.site) as requests:
        assert blog.refresh(TICK) == blog.right

    assert len(requests) == len(COLLECTIONS)
    assert blog.lake.uploads() == uploads


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.title)
def test_a_change_is_seen_when_the_table_says(kind: Kind, blog: Blog, seen: Counter[str]):
    assert blog.make(kind) == kind.where

    for when in READS:
        with requests_to(blog.site) as requests:
            stored = blog.refresh(when)
        if when != TICK or not kind.mixed:
            assert ids_of(stored) == ids_of(blog.right), when
        if stored == blog.right:
            break

    seen[when] += 1
    assert (when, stored == blog.right) == (kind.seen, True)
    assert len(requests) <= (kind.at_most or len(requests))


def ids_of(content: Content) -> dict[str, list[int]]:
    return {name: list(items) for name, items in content.items()}
