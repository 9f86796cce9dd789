"""Completeness while a real site changes: what stays readable is stored exactly once.

A naive page loop reads the same site at the same time, for comparison.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from wp_pipeline.extraction.outcomes import Refused
from wp_pipeline_tests.fakes.extraction_bucket import ExtractionBucket
from wp_pipeline_tests.real_wordpress import database
from wp_pipeline_tests.real_wordpress.extraction import extracted
from wp_pipeline_tests.real_wordpress.naive_loop import naive_loop
from wp_pipeline_tests.real_wordpress.wordpress import WordPress
from wp_pipeline_tests.real_wordpress.writer import Writer

USUAL, BUSY, FRANTIC = 4, 20, 80  # writes a second
SEEDS = range(3)
REFRESHES = 4
OUTLINES = {"mode": "changes", "outline": True}
FORMER = b'["what was stored before"]'


@dataclass(frozen=True)
class Reading:
    """What our extraction and the naive loop read of a changing site, by collection.

    `stayed` is what a visitor could read before and after, `seen` whatever was readable at any
    time. `ours` lacks the collections that were refused, for the reasons in `refused`.
    """

    per_second: float
    seed: int
    writes: int
    stayed: dict[str, set[int]]
    seen: dict[str, set[int]]
    ours: dict[str, list[int]]
    refused: dict[str, str]
    naive: dict[str, list[int]]
    requests: int

    def lost(self, ids: dict[str, list[int]]) -> dict[str, list[int]]:
        """Return the ids that stayed and were not read, for the collections with any."""
        lost = {name: sorted(self.stayed[name].difference(ids[name])) for name in ids}
        return {name: items for name, items in lost.items() if items}

    def doubled(self, ids: dict[str, list[int]]) -> dict[str, list[int]]:
        """Return the ids that were read more than once, for the collections with any."""
        doubled = {
            name: [item for item, times in Counter(ids[name]).items() if times > 1] for name in ids
        }
        return {name: items for name, items in doubled.items() if items}


@pytest.fixture(scope="module", params=[USUAL, BUSY], ids=lambda rate: f"{rate} writes/s")
def readings(
    request: pytest.FixtureRequest,
    busy_site: WordPress,
    new_bucket: Callable[[], ExtractionBucket],
    report: Callable[[str], None],
) -> list[Reading]:
    """Reads at one rate of writes, each with other changes and a concurrency of 1 to 4."""
    readings = [
        read(busy_site, new_bucket(), request.param, seed, concurrency=seed % 4 + 1)
        for seed in SEEDS
    ]
    report(summary_of(readings))
    return readings


def read(
    site: WordPress, bucket: ExtractionBucket, per_second: float, seed: int, concurrency: int
) -> Reading:
    site.reseed()
    for name in site.endpoints:
        bucket.put(name, FORMER)
    before = database.all_readable_ids(site)
    with Writer(site, per_second=per_second, seed=seed) as writer, ThreadPoolExecutor(1) as beside:
        naive = beside.submit(naively_read, site)
        outcomes = extracted(site.endpoints, bucket, concurrency=concurrency)
        naive.result()
    after = database.all_readable_ids(site)
    refused = {o.name: o.reason for o in outcomes.values() if isinstance(o, Refused)}
    assert all(bucket.body(name) == FORMER for name in refused), refused
    return Reading(
        per_second,
        seed,
        len(writer.writes),
        stayed={name: before[name] & after[name] for name in before},
        seen={name: before[name] | after[name] | writer.touched(name).keys() for name in before},
        ours={name: bucket.ids(name) for name in outcomes if name not in refused},
        refused=refused,
        naive=naive.result(),
        requests=sum(outcome.stats.requests for outcome in outcomes.values()),
    )


def naively_read(site: WordPress) -> dict[str, list[int]]:
    return {name: [item["id"] for item in naive_loop(url)] for name, url in site.endpoints.items()}


def test_every_item_that_stays_is_stored_exactly_once(readings):
    for reading in readings:
        assert reading.lost(reading.ours) == {}, reading.seed
        assert reading.doubled(reading.ours) == {}, reading.seed
        assert all(ids == sorted(ids) for ids in reading.ours.values()), reading.seed


def test_every_stored_item_was_readable_at_some_time(readings):
    for reading in readings:
        for name, ids in reading.ours.items():
            assert reading.seen[name].issuperset(ids), (reading.seed, name)


def test_no_endpoint_is_refused_while_the_site_changes(readings):
    for reading in readings:
        assert reading.refused == {}, reading.seed


def test_the_naive_loop_loses_or_repeats_items(readings):
    lost = sum_of(reading.lost(reading.naive) for reading in readings)
    doubled = sum_of(reading.doubled(reading.naive) for reading in readings)

    assert lost + doubled > 0


def test_the_site_changed_during_every_read(readings):
    for reading in readings:
        assert reading.writes > reading.per_second, reading.seed


def test_a_collection_that_changes_too_fast_is_complete_or_refused(busy_site, new_bucket, report):
    reading = read(busy_site, new_bucket(), FRANTIC, seed=42, concurrency=4)
    report(summary_of([reading]))

    assert reading.lost(reading.ours) == reading.doubled(reading.ours) == {}
    assert all(reason.startswith(f"{name}: ") for name, reason in reading.refused.items())


@pytest.mark.parametrize("per_second", [USUAL, BUSY], ids=lambda rate: f"{rate} writes/s")
def test_refreshes_keep_what_stays_and_drop_what_is_gone(busy_site, new_bucket, report, per_second):
    busy_site.reseed()
    bucket = new_bucket()
    extracted(busy_site.endpoints, bucket)
    with Writer(busy_site, per_second=per_second, seed=7) as writer:
        for _ in range(REFRESHES):
            before = database.all_readable_ids(busy_site)
            written = len(writer.writes)
            outcomes = extracted(busy_site.endpoints, bucket, run_options=OUTLINES)
            after = database.all_readable_ids(busy_site)
            touched = writer.touched
            for name, outcome in outcomes.items():
                if isinstance(outcome, Refused):
                    continue
                ids = bucket.ids(name)
                assert ids == sorted(set(ids))
                assert (before[name] & after[name]).issubset(ids), name
                assert (before[name] | after[name] | touched(name).keys()).issuperset(ids), name
    extracted(busy_site.endpoints, bucket, run_options=OUTLINES)

    now = database.all_readable_ids(busy_site)
    assert {name: set(bucket.ids(name)) for name in now} == now
    report(f"{REFRESHES} refreshes, {per_second} writes/s: {written} writes before the last one")


def summary_of(readings: list[Reading]) -> str:
    def of(reader: str) -> str:
        lost = sum_of(reading.lost(getattr(reading, reader)) for reading in readings)
        doubled = sum_of(reading.doubled(getattr(reading, reader)) for reading in readings)
        return f"{lost} lost, {doubled} doubled"

    return (
        f"{len(readings)} readings, {readings[0].per_second} writes/s,"
        f" {sum(reading.writes for reading in readings)} writes: ours {of('ours')},"
        f" {sum(len(reading.refused) for reading in readings)} refused,"
        f" {min(reading.requests for reading in readings)} to"
        f" {max(reading.requests for reading in readings)} requests; the naive loop {of('naive')}"
    )


def sum_of(items: Iterable[dict[str, list[int]]]) -> int:
    return sum(len(found) for by_collection in items for found in by_collection.values())
