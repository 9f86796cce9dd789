"""Brings an object up to date by reading its endpoint in full."""

from wp_pipeline.extraction.storing.payload import Payload
from wp_pipeline.observer import Observer
from wp_pipeline.settings import Settings
from wp_pipeline.wordpress.answers.single_answer import SingleAnswer
from wp_pipeline.wordpress.completeness import SINGLE
from wp_pipeline.wordpress.endpoints.endpoint import Endpoint
from wp_pipeline.wordpress.errors import SiteError
from wp_pipeline.wordpress.reading.schema import Schema
from wp_pipeline.wordpress.site.site import Site


class EmptyPayload(SiteError):
    """An answer without rows from an endpoint that should have some."""


def read_in_full(
    endpoint: Endpoint, site: Site, payload: Payload, settings: Settings, observer: Observer
) -> None:
    """Read an endpoint into a payload. Raises a SiteError, EmptyPayload, or OSError (the disk)."""
    reading = site.read(endpoint)
    payload.completeness = reading.completeness
    payload.total = reading.total
    if isinstance(reading, SingleAnswer):
        payload.write_answer(reading)
    else:
        for items in reading.batches:
            payload.write_items(items)
            observer.rows_read(endpoint.name, payload.rows, reading.total)
        payload.end_items()
        payload.places = reading.places.text
    observer.rows_read(endpoint.name, payload.rows, payload.total)
    if payload.rows == 0 and endpoint.name not in settings.may_be_empty:
        raise EmptyPayload(
            "the site sent no rows; the stored object is kept."
            " If that is right, add the endpoint to WP_PIPELINE_MAY_BE_EMPTY"
        )


def described(endpoint: Endpoint, site: Site, payload: Payload) -> Schema:
    """Return what the site says of the members of a collection's items; nothing where it does not.

    It only helps to understand the payload, which is stored whatever the site answers.
    """
    if payload.completeness == SINGLE:
        return {}
    try:
        return site.schema(endpoint)
    except SiteError:
        return {}
