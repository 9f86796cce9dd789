"""kill -9 during an upload or a read: the stored object stays, and the next run publishes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from sample_site.messages import Request
from sample_site.site import SampleSite
from wp_pipeline.extraction.outcomes import totals
from wp_pipeline_tests.fakes.world import World
from wp_pipeline_tests.support.interruptions import (
    EXTRACT,
    SINGLE,
    Gate,
    hold_answer,
    hold_upload,
    kill,
    outcomes,
    process,
    rows,
)

pytestmark = pytest.mark.processes

# More than the socket buffers hold, and more than a body may have to stay in memory.
LARGE = rows(20_000)
FORMER = {"Metadata": {"sha256": "of the former", "row-count": "1"}}
ONE_PUBLISHED = {"total": 1, "published": 1, "unchanged": 0, "refused": 0}


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files of the processes."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


def assert_nothing_was_stored(world: World, before: Mapping[str, Any], temporary: Path) -> None:
    assert world.aws.objects() == before
    assert world.aws.unfinished_uploads() == []
    assert not [asked for asked in world.aws.operations if asked.startswith("POST /")]
    assert list(temporary.iterdir()) == []


def is_beyond_the_first_page(request: Request) -> bool:
    return int(request.query.get("offset", "0")) > 0


@pytest.mark.parametrize("former", [b"[1]", None], ids=["replacing", "the first"])
def test_a_kill_during_an_upload_keeps_the_stored_object(world, temporary, former):
    world.respond(SINGLE, LARGE)
    world.put_endpoints(world.url(SINGLE))
    if former is not None:
        world.aws.put_object("wordpress-api/other.json", former, **FORMER)
    before = world.aws.objects()
    world.aws.operations.clear()

    with Gate() as gate:
        hold_upload(world, gate, "other")
        with process(*EXTRACT) as extraction:
            gate.wait_until_entered()
            kill(extraction)
        assert_nothing_was_stored(world, before, temporary)

    assert totals(outcomes().values()) == ONE_PUBLISHED
    assert world.stored("other") == LARGE
    assert world.aws.keys() == ["wordpress-api/other.json"]


def test_a_kill_during_a_read_keeps_the_stored_object(aws, world, serve, temporary):
    world = World(aws, serve(SampleSite({"posts": 230}, volatile=False)))
    world.extract_these("posts")
    world.aws.put_object("wordpress-api/posts.json", b"[1]", **FORMER)
    before = world.aws.objects()
    world.aws.operations.clear()

    with Gate() as gate:
        hold_answer(world, gate, is_beyond_the_first_page)
        with process(*EXTRACT) as extraction:
            gate.wait_until_entered()
            kill(extraction)
        assert_nothing_was_stored(world, before, temporary)
        assert world.uploads() == []

    assert totals(outcomes().values()) == ONE_PUBLISHED
    assert [post["id"] for post in world.rows("posts")] == world.site.readable_ids("posts")
