"""Reads the rows of a stored object of any size and shape, one at a time, in constant memory."""

from collections.abc import Iterator, Mapping
from typing import Any

import ijson

from wp_pipeline.extraction.rules.json_stream import Readable, read

STEPS = {"start_map": 1, "start_array": 1, "end_map": -1, "end_array": -1}
RENDERED = "rendered"  # WordPress's titles are {"rendered": …}.
LONGEST_VALUE = 1000  # characters
# Levels of nesting: the members of a row, and those of a title.
OF_ROW, OF_TITLE = 2, 3

Row = Mapping[str, Any]


def rows(stream: Readable, wanted: frozenset[str]) -> Iterator[Row]:
    """Yield each object of an array, with its wanted members that are no objects or arrays.

    Of `{"title": {"rendered": "…"}}`, the inner text is the title. Texts are cut. An object that is
    no array has no rows. Raises NotJson, or an AwsError where reading breaks off.
    """
    row: dict[str, Any] = {}
    level, name, inner = 0, "", ""
    for event, value in read(ijson.basic_parse, stream):
        if event == "map_key":
            name, inner = (value, "") if level == OF_ROW else (name, value)
        elif event in STEPS:
            level, inner = level + STEPS[event], ""
            if level == 1 and event == "start_map":
                return
            if level == 1:
                if event == "end_map":
                    yield row
                row, name = {}, ""
        elif name in wanted and (level == OF_ROW or (level == OF_TITLE and inner == RENDERED)):
            row[name] = value[:LONGEST_VALUE] if isinstance(value, str) else value
