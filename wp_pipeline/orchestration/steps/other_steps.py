"""Waits for what the other steps of a run found moved, where each endpoint has its own step.

In a refresh, posts must know which terms moved, and comments must know which posts moved:
extraction/refresh/moved.py. A step stores this in the metadata of its materialization. The steps
that need it have a lower priority, so they start later, and wait here. If it can't be known, they
compare the outlines of all their items: this needs no such knowledge, but more requests.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import dagster as dg

from wp_pipeline.extraction.refresh.moved import Moved, follows, is_of_terms
from wp_pipeline.extraction.run_options import CHANGES
from wp_pipeline.orchestration.dagster_internals.run_events import events_of, materialization_in
from wp_pipeline.orchestration.endpoint_names import asset_key
from wp_pipeline.orchestration.metadata import MOVED
from wp_pipeline.orchestration.steps.names import step_name
from wp_pipeline.settings import Settings
from wp_pipeline.wordpress.endpoints.endpoint import Endpoint
from wp_pipeline.wordpress.reading.outline import is_of_posts

SECONDS_TO_START = 60.0  # for a step that should have started before
SECONDS_BETWEEN_LOOKS = 1.0
DONE = {dg.DagsterEventType.STEP_SUCCESS}
FAILED = {dg.DagsterEventType.STEP_FAILURE, dg.DagsterEventType.STEP_UP_FOR_RETRY}
STARTED = {dg.DagsterEventType.STEP_START, dg.DagsterEventType.STEP_RESTARTED}
EVENTS = {*DONE, *FAILED, *STARTED, dg.DagsterEventType.ASSET_MATERIALIZATION}


@dataclass(frozen=True)
class MovedByOthers:
    """What other steps found moved. Empty if it is unknown, and if no other step had to say it."""

    moved: Moved = field(default_factory=Moved)
    is_unknown: bool = False


UNKNOWN = MovedByOthers(is_unknown=True)


def moved_by_others(
    context: dg.AssetExecutionContext,
    settings: Settings,
    endpoint: Endpoint,
    endpoints: Sequence[Endpoint],
    mode: str,
) -> MovedByOthers:
    """Wait for the steps that this endpoint depends on, and return what they found moved.

    Unknown if one of them failed, does not start in time or takes longer than the deadline.
    """
    if mode != CHANGES:
        return MovedByOthers()
    needed = [one for one in endpoints if moves(one, endpoint)]
    if needed and context.run.parent_run_id:
        return UNKNOWN  # The run before may have done what is left out now.
    steps = {step_name(settings, one.name) for one in needed if is_in_run(one, context, settings)}
    began = time.monotonic()
    while True:
        run = RunSoFar.of(context)
        if steps <= run.done:
            return MovedByOthers(run.moved)
        waited = time.monotonic() - began
        is_late = waited > SECONDS_TO_START and not steps <= run.started
        if steps & run.failed or is_late or waited > settings.deadline:
            return UNKNOWN
        time.sleep(SECONDS_BETWEEN_LOOKS)  # Dagster interrupts it if the run is terminated.


def moves(one: Endpoint, other: Endpoint) -> bool:
    """Whether a change of an endpoint may change items of the other one."""
    if follows(other):
        return is_of_posts(one.address)
    return is_of_terms(one) and is_of_posts(other.address)


def is_in_run(endpoint: Endpoint, context: dg.AssetExecutionContext, settings: Settings) -> bool:
    selected = context.run.asset_selection
    return selected is None or asset_key(settings, endpoint.name) in selected


@dataclass(frozen=True)
class RunSoFar:
    """The steps of a run that started, ended or failed, and what they found moved."""

    started: frozenset[str]
    done: frozenset[str]
    failed: frozenset[str]
    moved: Moved

    @classmethod
    def of(cls, context: dg.AssetExecutionContext) -> "RunSoFar":
        latest: dict[str, dg.DagsterEventType] = {}
        moved = Moved()
        for event in events_of(context.instance, context.run.run_id, EVENTS):
            if event.is_step_materialization:
                moved.add(moved_in(event))
            elif event.step_key:
                latest[event.step_key] = event.event_type

        def steps(kinds: set[dg.DagsterEventType]) -> frozenset[str]:
            return frozenset(step for step, kind in latest.items() if kind in kinds)

        return cls(frozenset(latest), steps(DONE), steps(FAILED), moved)


def moved_in(event: dg.DagsterEvent) -> Moved:
    text = materialization_in(event).metadata.get(MOVED)
    return Moved.parse(str(text.value) if text else "")
