"""The wall clock jumps by hours, during or between extractions. Nothing is lost."""

import sys
import time
from datetime import datetime, timedelta, timezone, tzinfo

import pytest

from sample_site.messages import Answer, Request
from sample_site.site import SampleSite
from wp_pipeline.extraction.outcomes import Stored, totals
from wp_pipeline.extraction.run import run
from wp_pipeline.observer import Observer
from wp_pipeline.settings import Settings
from wp_pipeline_tests.fakes.world import World
from wp_pipeline_tests.support.interruptions import outcomes

POSTS = 230  # Three pages; the clock jumps between them.
ONE_MINUTE = 60.0
FEW_HOURS = [timedelta(hours=6), timedelta(hours=-6)]
PUBLISHED = {"total": 1, "published": 1, "unchanged": 0, "refused": 0}
UNCHANGED = {"total": 1, "published": 0, "unchanged": 1, "refused": 0}


class Clock:
    """The wall clock of Python's standard library, `ahead` of the real time."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(timezone.utc) + self.ahead


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Replaces the wall clock of all our modules. Monotonic time runs on, as on Linux."""
    clock = Clock()
    seconds = time.time

    class ShiftedDatetime(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return clock.now().astimezone(tz)

    monkeypatch.setattr(time, "time", lambda: seconds() + clock.ahead.total_seconds())
    for name, module in list(sys.modules.items()):
        if name.startswith("wp_pipeline.") and getattr(module, "datetime", None) is datetime:
            monkeypatch.setattr(module, "datetime", ShiftedDatetime)
    return clock


@pytest.fixture
def posts(aws, world, serve) -> World:
    """A world with several pages of posts."""
    world = World(aws, serve(SampleSite({"posts": POSTS}, volatile=False)))
    world.extract_these("posts")
    return world


def extracted_at(world: World) -> datetime:
    metadata = world.aws.head("wordpress-api/posts.json")["Metadata"]
    return datetime.fromisoformat(metadata["extracted-at"])


def set_while_reading(world: World, clock: Clock, by: timedelta) -> None:
    """Set the clock when the second page is requested."""
    others = world.server.answers

    def answers(request: Request) -> Answer:
        if int(request.query.get("offset", "0")) > 0:
            clock.ahead = by
        return others(request)

    world.server.answers = answers


@pytest.mark.parametrize("by", FEW_HOURS, ids=["ahead", "back"])
def test_a_clock_jump_during_a_read_loses_nothing(posts, clock, by):
    set_while_reading(posts, clock, by)

    found = outcomes(deadline=ONE_MINUTE)
    assert clock.ahead == by
    assert totals(found.values()) == PUBLISHED
    assert 0 < found["posts"].stats.seconds < ONE_MINUTE
    assert [post["id"] for post in posts.rows("posts")] == posts.site.readable_ids("posts")
    assert timedelta(0) <= clock.now() - extracted_at(posts) < timedelta(seconds=ONE_MINUTE)


@pytest.mark.parametrize("by", FEW_HOURS, ids=["ahead", "back"])
def test_a_wrong_clock_in_one_extraction_does_not_block_the_next(posts, clock, by):
    outcomes()
    for ahead in (by, timedelta(0)):
        clock.ahead = ahead
        posts.site.publish("posts")

        assert totals(outcomes().values()) == PUBLISHED
        assert [post["id"] for post in posts.rows("posts")] == posts.site.readable_ids("posts")
        assert totals(outcomes().values()) == UNCHANGED


@pytest.mark.parametrize("by", FEW_HOURS, ids=["ahead", "back"])
def test_a_clock_jump_during_the_next_extraction_does_not_block_it(posts, clock, by):
    outcomes()
    posts.site.publish("posts")
    set_while_reading(posts, clock, by)

    assert totals(outcomes().values()) == PUBLISHED
    assert len(posts.rows("posts")) == POSTS + 1


def test_waits_are_measured_in_monotonic_time(posts, clock):
    """After Retry-After: 1, the request is sent a second later, wherever the clock is."""
    refusals = [Answer(503, {"Retry-After": "1"}, b"")]
    others = posts.server.answers
    posts.server.answers = lambda asked: refusals.pop() if refusals else others(asked)

    class SetWhileWaiting(Observer):
        def waiting(self, endpoint: str, reason: str) -> None:
            clock.ahead = timedelta(hours=-6)

    [outcome] = run(Settings(deadline=ONE_MINUTE), SetWhileWaiting())
    assert isinstance(outcome, Stored)
    assert clock.ahead < timedelta(0)
