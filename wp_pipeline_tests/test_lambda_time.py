"""The Lambda function ends before its time is over, and says what was not finished."""

import time
from threading import Event, Timer

import pytest

from sample_site.messages import Answer, Request
from wp_pipeline.extraction.configuration import ConfigurationError
from wp_pipeline.extraction.extract import GRACE, UNFINISHED
from wp_pipeline.lambda_function import (
    MARGIN,
    ExtractionIncomplete,
    lambda_handler,
    seconds_for_an_alert,
)
from wp_pipeline_tests.fakes.subscriber import Subscriber
from wp_pipeline_tests.fakes.world import World
from wp_pipeline_tests.support.interruptions import (
    LONG_ENOUGH,
    SINGLE,
    Gate,
    hold_answer,
    hold_upload,
    rows,
)

pytestmark = pytest.mark.faults

WORK = 1.0  # seconds until the margin begins
NOTICED = 4.0  # seconds within which they end and tell it, also on a busy machine
ROWS = 12_000  # of a kilobyte: half of them do not fit into the buffers of a socket


class Invocation:
    """Lambda's context, whose time runs out."""

    aws_request_id = "4f1c"

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        return int(max(0.0, self._end - time.monotonic()) * 1000)


def is_for_posts(request: Request) -> bool:
    return request.path.endswith("/posts")


@pytest.fixture
def context() -> Invocation:
    return Invocation(MARGIN + WORK)


@pytest.fixture
def large(world: World) -> World:
    """A site with an endpoint whose upload does not fit into the buffers of a socket."""
    world.extract_these("tags", also=f"other={world.url(SINGLE)}")
    world.respond(SINGLE, rows(100))
    lambda_handler({}, None)
    world.respond(SINGLE, rows(ROWS))
    return world


def test_an_endpoint_that_is_too_slow_is_named_and_the_others_are_stored(world, context):
    subscriber = Subscriber(world.aws.client)
    with Gate() as gate:
        hold_answer(world, gate, is_for_posts)
        with pytest.raises(ExtractionIncomplete) as error:
            lambda_handler({}, context)

    assert context.get_remaining_time_in_millis() / 1000 > MARGIN - NOTICED
    assert error.value.unfinished == ("posts",)
    assert str(error.value).splitlines() == [
        f"posts: {UNFINISHED}",
        'invoke again with {"only": ["posts"]}, or allow more time',
    ]
    assert world.aws.keys() == ["wordpress-api/raw_terms.json", "wordpress-api/tags.json"]
    (message,) = subscriber.messages()
    assert message["Subject"] == "amazonwebshark: failed: posts"
    assert message["Message"] == f"Failed in invocation 4f1c:\nposts: {UNFINISHED}"


def test_unfinished_endpoints_are_extracted_by_the_next_invocation(world, context):
    with Gate() as gate:
        hold_answer(world, gate, is_for_posts)
        with pytest.raises(ExtractionIncomplete) as error:
            lambda_handler({}, context)

    assert lambda_handler({"only": error.value.unfinished}, Invocation(900))["published"] == 1
    assert len(world.rows("posts")) == 7


def test_a_site_that_does_not_answer_at_all_leaves_every_endpoint_unfinished(world, context):
    ended, others = Event(), world.server.answers

    def answers(request: Request) -> Answer:
        ended.wait(LONG_ENOUGH)
        return others(request)

    world.server.answers = answers
    try:
        with pytest.raises(ExtractionIncomplete) as error:
            lambda_handler({}, context)
    finally:
        ended.set()

    assert error.value.unfinished == ("posts", "raw_terms", "tags")
    assert world.uploads() == []


def test_a_refused_endpoint_keeps_its_reason_beside_an_unfinished_one(world, context):
    world.extract_these("posts", also=f"a={world.url('x/a')}")
    with Gate() as gate:
        hold_answer(world, gate, is_for_posts)
        with pytest.raises(ExtractionIncomplete) as error:
            lambda_handler({}, context)

    refused, unfinished, again = str(error.value).splitlines()
    assert refused.startswith("a: HTTP 404")
    assert unfinished.startswith("posts: the time")
    assert again.startswith('invoke again with {"only": ["posts"]}')


def test_an_upload_that_the_end_interrupts_keeps_the_stored_object(large, context):
    before = large.stored("other")
    with Gate() as gate:
        hold_upload(large, gate, "other")
        opening = Timer(WORK + 0.3, gate.open)
        opening.start()
        with pytest.raises(ExtractionIncomplete) as error:
            lambda_handler({}, context)
        opening.join()

    assert context.get_remaining_time_in_millis() / 1000 > MARGIN - NOTICED
    assert error.value.unfinished == ("other",)
    assert large.stored("other") == before
    assert large.aws.unfinished_uploads() == []
    assert lambda_handler({"only": ["other"]}, Invocation(900))["published"] == 1
    assert len(large.rows("other")) == ROWS


def test_an_upload_that_hangs_is_not_waited_for_and_stores_nothing_later(large, context):
    before = large.stored("other")
    with Gate() as gate:
        hold_upload(large, gate, "other")
        with pytest.raises(ExtractionIncomplete) as error:
            lambda_handler({}, context)
        assert context.get_remaining_time_in_millis() / 1000 > MARGIN - GRACE - NOTICED

    assert error.value.unfinished == ("other",)
    time.sleep(0.5)
    assert large.stored("other") == before


def test_a_timeout_that_leaves_no_time_to_extract_is_refused_before_any_request(world):
    subscriber = Subscriber(world.aws.client)

    with pytest.raises(ConfigurationError, match="the function's timeout is too short"):
        lambda_handler({}, Invocation(3.0))
    assert world.server.requests == []
    assert len(subscriber.messages()) == 1


@pytest.mark.parametrize(
    ("left", "seconds"), [(float("inf"), 20), (800, 20), (7, 1.4), (2, 1), (-1, 1)]
)
def test_an_alert_has_time_until_the_end(left, seconds):
    assert seconds_for_an_alert(left) == seconds
