"""Two concurrent extractions of one site. The one that began later wins."""

import hashlib
import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from itertools import count
from typing import Any

import pytest

from sample_site.messages import Answer, Request
from wp_pipeline.extraction.outcomes import Refused, Stored
from wp_pipeline_tests.fakes.aws import BUCKET
from wp_pipeline_tests.fakes.world import World
from wp_pipeline_tests.support.interruptions import (
    EXTRACT,
    LONG_ENOUGH,
    SINGLE,
    Gate,
    hold_answer,
    hold_upload,
    outcomes,
    process,
    put_of,
    rows,
)

pytestmark = pytest.mark.faults

KEY = "wordpress-api/other.json"
PUT = put_of("other")


@pytest.fixture(params=["replacing", "the first"])
def contested(request, world) -> World:
    """A world with one endpoint, a single answer that was extracted before or not."""
    serve_rows(world, "former")
    world.put_endpoints(world.url(SINGLE))
    if request.param == "replacing":
        outcomes()
    return world


def serve_rows(world: World, mark: str) -> None:
    """Let the site serve rows with this mark."""
    world.respond(SINGLE, rows(3, mark))


def stored(world: World) -> Mapping[str, Any]:
    """Return mark and metadata of the stored object; assert that they belong together."""
    found = world.aws.client("s3").get_object(Bucket=BUCKET, Key=KEY)
    body, metadata = found["Body"].read(), found["Metadata"]
    marks = [row["mark"] for row in json.loads(body)]
    assert metadata["sha256"] == hashlib.sha256(body).hexdigest()
    assert metadata["row-count"] == str(len(marks))
    assert len(set(marks)) == 1
    return {"mark": marks[0], **metadata}


def hold_site(world: World, gate: Gate, name: str) -> None:
    hold_answer(world, gate, lambda request: request.path == f"/wp-json/{SINGLE}")


@pytest.mark.parametrize("hold", [hold_site, hold_upload], ids=["reading", "uploading"])
def test_a_slow_older_extraction_does_not_overwrite_a_newer_one(contested, hold):
    serve_rows(contested, "older")
    with ThreadPoolExecutor() as threads, Gate() as gate:
        hold(contested, gate, "other")
        older = threads.submit(outcomes)
        gate.wait_until_entered()
        serve_rows(contested, "newer")
        newer = outcomes()["other"]
        gate.open()
        kept = older.result()["other"]

    assert stored(contested)["mark"] == "newer"
    assert stored(contested)["sha256"] == newer.sha256 == kept.sha256
    assert (newer.unchanged, kept.unchanged) == (False, True)
    assert (kept.rows, kept.size) == (newer.rows, newer.size)


def test_the_later_extraction_wins_if_it_uploads_later(contested):
    serve_rows(contested, "older")
    with ThreadPoolExecutor() as threads, Gate() as reading, Gate() as uploading:
        hold_site(contested, reading, "other")
        older = threads.submit(outcomes)
        reading.wait_until_entered()
        serve_rows(contested, "newer")
        hold_upload(contested, uploading, "other")
        newer = threads.submit(outcomes)
        uploading.wait_until_entered()
        reading.open()
        assert not older.result()["other"].unchanged
        assert stored(contested)["mark"] == "older"
        uploading.open()
        assert not newer.result()["other"].unchanged

    assert stored(contested)["mark"] == "newer"


def test_two_extractions_with_the_same_content_store_it_once(contested):
    serve_rows(contested, "same")
    with ThreadPoolExecutor() as threads, Gate() as gate:
        hold_upload(contested, gate, "other")
        held = threads.submit(outcomes)
        gate.wait_until_entered()
        first = outcomes()["other"]
        gate.open()
        second = held.result()["other"]

    assert (first.unchanged, second.unchanged) == (False, True)
    assert first.sha256 == second.sha256 == stored(contested)["sha256"]


@pytest.mark.processes
def test_two_concurrent_processes_keep_the_object_of_the_later_one(world):
    world.put_endpoints(world.url(SINGLE))
    serve_rows(world, "older")
    with Gate() as gate:
        hold_upload(world, gate, "other")
        with process(*EXTRACT) as older:
            gate.wait_until_entered()
            serve_rows(world, "newer")
            with process(*EXTRACT) as newer:
                assert newer.wait(LONG_ENOUGH) == 0
            assert older.poll() is None
            gate.open()
            assert older.wait(LONG_ENOUGH) == 0

    assert stored(world)["mark"] == "newer"
    assert world.aws.unfinished_uploads() == []


def test_a_reader_always_sees_a_complete_payload_with_its_own_metadata(world):
    numbers = count()

    def answers(request: Request) -> Answer:
        body = rows(40, f"{next(numbers)}")  # Different in each answer.
        return Answer(200, {"Content-Type": "application/json"}, body)

    world.server.answers = answers
    world.put_endpoints(world.url(SINGLE))
    outcomes()
    seen = [stored(world)]
    with ThreadPoolExecutor(3) as threads:
        running = [threads.submit(outcomes) for _ in range(8)]
        while not all(run.done() for run in running):
            seen.append(stored(world))

    assert all(isinstance(run.result()["other"], Stored) for run in running)
    moments = [sight["extracted-at"] for sight in seen]
    assert moments == sorted(moments)
    assert len(set(moments)) > 3


def test_an_object_that_is_deleted_before_it_is_replaced_is_published(world):
    world.extract_these("posts")
    outcomes()
    whole = world.stored("posts")
    world.site.edit("posts", world.site.readable_ids("posts")[0])
    with ThreadPoolExecutor() as threads, Gate() as gate:
        hold_upload(world, gate, "posts")
        running = threads.submit(outcomes)
        gate.wait_until_entered()
        world.aws.client("s3").delete_object(Bucket=BUCKET, Key="wordpress-api/posts.json")
        gate.open()
        assert not running.result()["posts"].unchanged

    assert len(world.rows("posts")) == 7
    assert world.stored("posts") != whole


CONFLICTS = [(409, "ConditionalRequestConflict"), (412, "PreconditionFailed")]


@pytest.mark.parametrize("conflict", CONFLICTS)
def test_a_conflict_is_resolved_by_the_next_try(contested, conflict):
    serve_rows(contested, "newer")
    conflicts = [conflict]
    contested.aws.faults = lambda asked: conflicts.pop() if asked == PUT and conflicts else None

    assert not outcomes()["other"].unchanged
    assert stored(contested)["mark"] == "newer"


@pytest.mark.parametrize("contested", ["replacing"], indirect=True)
@pytest.mark.parametrize("conflict", CONFLICTS)
def test_endless_conflicts_refuse_only_their_endpoint(contested, conflict):
    serve_rows(contested, "newer")
    contested.extract_these("posts", also=contested.url(SINGLE))
    before = contested.aws.objects().get(KEY)
    contested.aws.faults = lambda asked: conflict if asked == PUT else None

    found = outcomes()
    assert isinstance(found["other"], Refused)
    assert found["other"].reason == (
        "other: S3: other extractions keep replacing the object; run again when they have ended"
    )
    assert isinstance(found["posts"], Stored)
    assert contested.aws.objects().get(KEY) == before


def test_an_own_upload_whose_answer_was_lost_is_recognized(contested):
    serve_rows(contested, "newer")
    lost = [True]
    contested.aws.cuts = lambda asked: asked == PUT and bool(lost) and lost.pop()

    assert not outcomes()["other"].unchanged
    assert stored(contested)["mark"] == "newer"


def at(days: int) -> Callable[[], str]:
    return lambda: (datetime.now(timezone.utc) + timedelta(days=days)).isoformat()


CLAIMS = {
    "the past": at(-1),
    "the future": at(+1),
    "no zone": lambda: datetime.now(timezone.utc).replace(tzinfo=None).isoformat(),
    "no time": lambda: "soon",
    "an empty text": lambda: "",
}


@pytest.mark.parametrize("claim", CLAIMS)
def test_an_object_with_an_impossible_time_is_replaced(world, claim):
    """A clock was wrong, or another program wrote it. It must not block every later extraction."""
    serve_rows(world, "newer")
    world.put_endpoints(world.url(SINGLE))
    world.aws.put_object(KEY, rows(3, "former"), Metadata={"extracted-at": CLAIMS[claim]()})

    assert not outcomes()["other"].unchanged
    assert stored(world)["mark"] == "newer"
    extracted_at = datetime.fromisoformat(stored(world)["extracted-at"])
    assert timedelta(0) <= datetime.now(timezone.utc) - extracted_at < timedelta(minutes=1)
