"""Reads the rows of a stored object of any size and shape, one at a time, in little memory."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from msgspec import UNSET

from wp_pipeline.extraction.rules.json_stream import Readable
from wp_pipeline.extraction.rules.stored_items import stored_items

RENDERED = "rendered"  # WordPress's titles are {"rendered": …}.
LONGEST_VALUE = 1000  # characters

Row = Mapping[str, Any]


def rows(stream: Readable, wanted: Collection[str]) -> Iterator[Row]:
    """Yield each object of an array, with its wanted members that are no objects or arrays.

    Of `{"title": {"rendered": "…"}}`, the inner text is the title. Texts are cut. An object that is
    no array has no rows. Raises NotJson, or an AwsError where reading breaks off.
    """
    for item in stored_items(stream, wanted):
        values = ((name, shown_value(getattr(item, name))) for name in wanted)
        yield {name: value for name, value in values if value is not UNSET}


def shown_value(value: Any) -> Any:
    """Return a value, or what is rendered in it; a text is cut. UNSET if it is something else."""
    if isinstance(value, dict):
        value = value.get(RENDERED, UNSET)
    if isinstance(value, str):
        return value[:LONGEST_VALUE]
    return UNSET if isinstance(value, (dict, list)) else value
