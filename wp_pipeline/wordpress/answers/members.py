"""Splits a JSON object into its members, each as the site sent it."""

from contextlib import suppress

import msgspec

from wp_pipeline.wordpress.answers.json_text import (
    UNREADABLE,
    masked,
    place_of,
    reason_of,
    require_utf8,
)
from wp_pipeline.wordpress.errors import MalformedAnswer
from wp_pipeline.wordpress.http.body import Body

split_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def members_of(body: Body) -> dict[str, memoryview]:
    """Return the members of a JSON object. Raises MalformedAnswer."""
    require_utf8(body)
    try:
        return {name: memoryview(raw) for name, raw in split_object(body).items()}
    except UNREADABLE as fault:
        reason = reason_of(fault)
    return members_with_lone_surrogates(body, reason)


def members_with_lone_surrogates(body: Body, reason: str) -> dict[str, memoryview]:
    """Raises MalformedAnswer with this reason if surrogates are not what made it unreadable."""
    original = memoryview(body)
    text = masked(body)
    members, position = {}, 0
    try:
        for name, raw in split_object(text).items():
            members[name] = memoryview(raw)
            with suppress(ValueError):  # A name that comes twice is found at its first place.
                start, position = place_of(raw, text, position)
                members[name] = original[start:position]
    except UNREADABLE:
        raise MalformedAnswer(reason) from None
    return members
