"""Concurrent extractions, with their steps in any order."""

from collections.abc import Iterator, Sequence
from itertools import count
from threading import Semaphore, Thread
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, event, example, given, settings

from sample_site.messages import Answer, Request
from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.lake import Lake
from wp_pipeline.extraction.configuration import SiteConfiguration
from wp_pipeline.extraction.extract import extract, site_options
from wp_pipeline.extraction.outcomes import Outcome, Stored
from wp_pipeline.settings import Settings
from wp_pipeline.wordpress.endpoints.endpoint import parse_endpoints
from wp_pipeline_tests.fakes.aws import BUCKET
from wp_pipeline_tests.fakes.world import World
from wp_pipeline_tests.support.interruptions import LONG_ENOUGH, SINGLE
from wp_pipeline_tests.support.random_cases import few_and_many

AT_ONCE = 3
KEY = "wordpress-api/other.json"
# Which extraction takes the next step. One without a conflict takes three steps: it asks S3 what is
# stored, reads the site, and stores.
turns = st.lists(st.integers(0, AT_ONCE - 1), max_size=5 * AT_ONCE)
# Each time that the last extraction is about to store, another one stores first.
OVERTAKEN_TWICE = [0, 0, 1, 1, 2, 2, 0, 2, 2, 1, 1, 1, 2]


class Stepped:
    """An extraction that runs step by step: each step ends at its next request to S3.

    So its second step is the whole read of the site.
    """

    def __init__(self, endpoints: str, s3: Any) -> None:
        self.outcomes: list[Outcome] = []
        self.has_begun = self.has_ended = False
        self._endpoints = endpoints
        self._s3 = s3
        self._turn, self._is_over = Semaphore(0), Semaphore(0)

    def step(self) -> None:
        if self.has_begun:
            self._turn.release()
        else:
            self.has_begun = True
            Thread(target=self._run, daemon=True).start()
        assert self._is_over.acquire(timeout=LONG_ENOUGH)

    def _run(self) -> None:
        events, hook = self._s3.meta.events, ("before-send.s3", self._wait_for_the_turn)
        events.register(*hook)
        try:
            self.outcomes = self._extract()
        finally:
            events.unregister(*hook)
            self.has_ended = True
            self._is_over.release()

    def _extract(self) -> list[Outcome]:
        configuration = SiteConfiguration(parse_endpoints(self._endpoints), BUCKET)
        options = site_options(Settings(), configuration)
        lake = Lake(lambda: self._s3, BUCKET, Settings().prefix)
        return list(extract(configuration.endpoints, options, lake, Settings()))

    def _wait_for_the_turn(self, **request: Any) -> None:
        self._is_over.release()
        self._turn.acquire(timeout=LONG_ENOUGH)


@pytest.fixture
def clients(aws) -> Sequence[Any]:
    """One S3 client for each extraction, with its own event hooks."""
    return [build_client("s3") for _ in range(AT_ONCE)]


def number_the_answers(world: World) -> None:
    """Let each answer of the site contain its number."""
    numbers = count()

    def answers(request: Request) -> Answer:
        return Answer(200, {"Content-Type": "application/json"}, reading(next(numbers)))

    world.server.answers = answers


def reading(number: int) -> bytes:
    return b'[{"reading": %d}]' % number


def steps(extractions: Sequence[Stepped], turns: Sequence[int]) -> Iterator[Stepped]:
    """Run the steps in the order of the turns, then finish the extractions one after another."""
    for one in [extractions[turn] for turn in turns]:
        if not one.has_ended:
            one.step()
            yield one
    for one in extractions:
        while not one.has_ended:
            one.step()
            yield one


@few_and_many(6, 40)
def test_the_object_of_the_extraction_that_read_last_is_kept(
    world: World, clients: Sequence[Any], cases: int
) -> None:
    @settings(max_examples=cases, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(turns)
    @example(OVERTAKEN_TWICE)
    def holds(turns: Sequence[int]) -> None:
        number_the_answers(world)
        world.aws.client("s3").delete_object(Bucket=BUCKET, Key=KEY)
        extractions = [Stepped(world.url(SINGLE), client) for client in clients]
        lake = Lake(lambda: world.aws.client("s3"), BUCKET, Settings().prefix)
        world.server.requests.clear()
        in_order_of_reading: list[Stepped] = []
        moments = []
        for stepped in steps(extractions, turns):
            if len(world.server.requests) > len(in_order_of_reading):
                in_order_of_reading.append(stepped)
            stored = lake.stored("other")
            moments.append(stored.metadata["extracted-at"] if stored else "")

        outcomes = [outcome for one in in_order_of_reading for outcome in one.outcomes]
        assert [type(outcome) for outcome in outcomes] == [Stored] * AT_ONCE
        assert not outcomes[-1].unchanged
        assert moments == sorted(moments)
        assert world.aws.object(KEY) == reading(AT_ONCE - 1)
        event(f"{sum(outcome.unchanged for outcome in outcomes)} kept what another had stored")

    holds()
