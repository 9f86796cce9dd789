"""Brings the object of an endpoint up to date by reading the endpoint in full."""

import time
from dataclasses import replace
from datetime import datetime, timezone

from wp_pipeline.aws.lake import StoredObject
from wp_pipeline.extraction.outcomes import Stored
from wp_pipeline.extraction.refresh.moved import is_of_terms
from wp_pipeline.extraction.refresh.state import State, request_of
from wp_pipeline.extraction.refresh.terms import is_moved
from wp_pipeline.extraction.run_options import CHANGES
from wp_pipeline.extraction.storing.payload import Payload
from wp_pipeline.extraction.storing.publish import Target
from wp_pipeline.extraction.updating.context import Stats, UpdateContext
from wp_pipeline.wordpress.answers.single_answer import SingleAnswer
from wp_pipeline.wordpress.completeness import COUNTED, SINGLE
from wp_pipeline.wordpress.endpoints.endpoint import Endpoint
from wp_pipeline.wordpress.errors import SiteError
from wp_pipeline.wordpress.reading.probe import Probe
from wp_pipeline.wordpress.reading.schema import Schema


def full_read(
    endpoint: Endpoint,
    stored: StoredObject | None,
    found: Probe | None,
    context: UpdateContext,
    stats: Stats,
    is_damaged: bool = False,
) -> Stored:
    """Read an endpoint in full and publish it; `found` is the probe from before the read.

    A stored object that `is_damaged` is replaced although its metadata are those of an equal one.
    Raises what `update` raises.
    """
    now, began = datetime.now(timezone.utc), time.monotonic()
    with Payload() as payload:
        read_in_full(endpoint, payload, context)
        if have_terms_moved(endpoint, stored, payload, context):
            context.moved.add_terms(endpoint)
        target = Target(
            context.largest_drop(endpoint),
            state_metadata(endpoint, found, payload, context, now),
            is_new=stored is None,
            began=began,
            is_due=is_damaged or (stored is not None and is_due(endpoint, stored, found, context)),
            is_dry=context.options.dry_run,
        )
        schema = schema_of(endpoint, payload, context) if context.options.describe else {}
        outcome = context.publish(endpoint, stored, payload, stats, target)
        return replace(outcome, schema=schema)


def read_in_full(endpoint: Endpoint, payload: Payload, context: UpdateContext) -> None:
    """Read an endpoint into a payload. Raises a SiteError, EmptyPayload, or OSError (the disk)."""
    reading = context.site.read(endpoint)
    payload.completeness = reading.completeness
    payload.total = reading.total
    if isinstance(reading, SingleAnswer):
        payload.write_answer(reading)
    else:
        for items in reading.batches:
            payload.write_items(items)
            context.observer.rows_read(endpoint.name, payload.rows, reading.total)
        payload.end_items()
        payload.places = reading.places.text
        if reading.completeness == COUNTED:
            payload.total = payload.rows  # The first page's may be another: rows came or went.
    context.observer.rows_read(endpoint.name, payload.rows, payload.total)
    context.require_rows(endpoint, payload)


def have_terms_moved(
    endpoint: Endpoint, stored: StoredObject | None, payload: Payload, context: UpdateContext
) -> bool:
    """Whether a refresh of the posts must know that these terms changed. Raises an AwsError."""
    if stored is None or context.options.mode != CHANGES or not is_of_terms(endpoint):
        return False
    return is_moved(endpoint.name, stored, payload, context.lake)


def state_metadata(
    endpoint: Endpoint,
    found: Probe | None,
    payload: Payload,
    context: UpdateContext,
    now: datetime,
) -> dict[str, str]:
    """Return what a later refresh needs; nothing for endpoints that can't be refreshed."""
    if not endpoint.is_known_kind:
        return {}
    request = request_of(endpoint, context.credentials)
    return State(request, now, found.text if found else "", places=payload.places).metadata


def is_due(
    endpoint: Endpoint, stored: StoredObject, found: Probe | None, context: UpdateContext
) -> bool:
    """Whether an equal object is stored again: it must say by which request, and when, it was read.

    In a refresh that can compare nothing else, it must have today's probe, too. Otherwise every
    refresh would be a full read.
    """
    if not endpoint.is_known_kind:
        return False
    state = State.of(stored)
    is_recent = state.is_read_in_full_within(context.settings.full_after_days / 2)
    is_of_request = state.request == request_of(endpoint, context.credentials)
    has_probe = context.options.mode != CHANGES or not found or found.text == state.probe
    return not (is_recent and is_of_request and has_probe)


def schema_of(endpoint: Endpoint, payload: Payload, context: UpdateContext) -> Schema:
    """Return the site's schema of a collection's items; empty if there is none.

    It only helps to understand the payload, which is stored whatever the site answers.
    """
    if payload.completeness == SINGLE:
        return {}
    try:
        return context.site.schema(endpoint)
    except SiteError:
        return {}
