"""There are rows in the object."""

from collections.abc import Iterator
from itertools import islice

from wp_pipeline.extraction.rules.json_stream import Event
from wp_pipeline.extraction.rules.rule import Found, Rule, Subject
from wp_pipeline.wordpress.answers.error_objects import plain
from wp_pipeline.wordpress.answers.wrapped import CONTAINER

EVENTS_OF_A_WRAPPER = 1000  # of the parser; what wraps a list has few members


def missing_rows(subject: Subject) -> Found:
    """Return what is empty, unless the endpoint may be empty."""
    empty = empty_parts(subject.json.events())
    return Found() if subject.place.name in subject.settings.may_be_empty else Found(empty)


def empty_parts(events: Iterator[Event]) -> list[str]:
    """Return what is empty: the array, the object, or the list in which a plugin wraps rows."""
    _, kind, _ = next(events)
    _, event, _ = next(events, ("", "end", None))
    if kind == "start_array":
        return ["the array"] if event == "end_array" else []
    if kind != "start_map":
        return ["the value, which is no array or object"]
    if event == "end_map":
        return ["the object"]
    last = ("", "")
    for prefix, event, _ in islice(events, EVENTS_OF_A_WRAPPER):
        is_empty = event == "end_array" and last == (prefix, "start_array")
        if is_empty and CONTAINER.fullmatch(plain(prefix)):
            return [prefix]
        last = (prefix, event)
    return []


RULE = Rule(
    "payload_is_not_empty",
    "There are rows: an empty answer never replaces what is stored.",
    missing_rows,
    "There is nothing in {}.",
)
