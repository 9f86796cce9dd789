"""S3 fails during an upload: the stored object is the complete new one or the previous one."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.retries.standard import ExponentialBackoff

from wp_pipeline.extraction.outcomes import Refused, totals
from wp_pipeline_tests.fakes.aws import BUCKET, HANG_UP
from wp_pipeline_tests.fakes.world import World
from wp_pipeline_tests.support.interruptions import (
    SINGLE,
    Gate,
    hold_upload,
    outcomes,
    put_of,
    rows,
)

pytestmark = pytest.mark.faults

LARGE = rows(2_000)  # 2 MB
PUT = put_of("other")
FAULTS = {
    "hangs up": (HANG_UP, "S3: AWS closed the connection; run again"),
    "500": (
        (500, "InternalError"),
        "S3: s3:PutObject failed: InternalError (HTTP 500); run again later",
    ),
    "503": ((503, "SlowDown"), "S3: too many requests; run again later"),
    "clock": (
        (403, "RequestTimeTooSkewed"),
        "S3: AWS rejects the time of the request; set this machine's clock",
    ),
}
PASSING = ("hangs up", "500", "503")


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let botocore retry without its pauses of up to 15 seconds."""
    monkeypatch.setattr(ExponentialBackoff, "delay_amount", lambda self, context: 0.0)


@pytest.fixture
def large(world) -> World:
    """A world that was extracted before; one of its three endpoints has grown large since."""
    world.extract_these("posts", "tags", also=world.url(SINGLE))
    world.respond(SINGLE, b'[{"id": "former"}]')
    outcomes()
    world.respond(SINGLE, LARGE)
    world.aws.operations.clear()
    return world


@pytest.mark.parametrize("fault", PASSING)
def test_an_upload_that_breaks_once_is_sent_again_from_the_start(large, fault):
    faults = [FAULTS[fault][0]]
    large.aws.midway = lambda asked: faults.pop() if asked == PUT and faults else None

    assert not outcomes()["other"].unchanged
    assert large.stored("other") == LARGE
    assert large.aws.operations.count(PUT) == 2


@pytest.mark.parametrize("fault", FAULTS)
def test_an_upload_that_always_breaks_refuses_only_its_endpoint(large, fault):
    broken, reason = FAULTS[fault]
    before = large.aws.objects()["wordpress-api/other.json"]
    large.site.publish("posts")
    large.aws.midway = lambda asked: broken if asked == PUT else None

    found = outcomes()
    assert found["other"].reason == f"other: {reason}"
    assert totals(found.values())["refused"] == 1
    assert not found["posts"].unchanged
    assert large.aws.objects()["wordpress-api/other.json"] == before
    assert large.aws.unfinished_uploads() == []

    large.aws.midway = lambda asked: None
    assert not outcomes()["other"].unchanged
    assert large.stored("other") == LARGE


def test_if_s3_is_down_every_endpoint_is_refused_with_its_own_line(large):
    before = large.aws.objects()
    large.aws.faults = lambda asked: HANG_UP if f"/{BUCKET}" in asked else None

    found = outcomes()
    assert sorted(found) == ["other", "posts", "tags"]
    for name, outcome in found.items():
        assert isinstance(outcome, Refused)
        assert outcome.reason.startswith(f"{name}: S3: ")
        assert "\n" not in outcome.reason
    large.aws.faults = lambda asked: None
    assert large.aws.objects() == before


def test_parameter_store_is_not_needed_after_the_start(large):
    """It is read once, before the first request to the site."""
    with ThreadPoolExecutor() as threads, Gate() as gate:
        hold_upload(large, gate, "other")
        running = threads.submit(outcomes)
        gate.wait_until_entered()
        large.aws.faults = lambda asked: HANG_UP if asked.startswith("GetParameter") else None
        gate.open()

        assert totals(running.result().values())["refused"] == 0
    assert large.stored("other") == LARGE
