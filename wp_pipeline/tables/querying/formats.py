"""Formats answers as text: cells for a terminal, lines of CSV, and JSON.

The texts of a site may hold anything. A cell has no control characters, which a terminal would
obey; CSV and JSON have the texts as they are stored.
"""

import csv
import io
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from wp_pipeline.extraction.storing.preview import harmless_line

LONGEST_CELL = 200  # characters
NULL = "NULL"
LINE_END = "\r\n"
Row = Sequence[Any]


def cells(row: Row) -> list[str]:
    return [cell(value) for value in row]


def cell(value: Any) -> str:
    """Return a value in one short line."""
    text = NULL if value is None else harmless_line(text_of(value))
    return text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…"


def csv_lines(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """Yield the names of the columns and then the rows, as lines of CSV without a line end.

    NULL is an empty field; a list is JSON.
    """
    yield csv_line(columns)
    for row in rows:
        yield csv_line(["" if value is None else text_of(value) for value in row])


def csv_line(fields: Sequence[str]) -> str:
    """Return the fields without a line end; those with a line feed or a quote in them are quoted.

    >>> csv_line(["1", "two\\nlines"])
    '1,"two\\nlines"'
    """
    buffer = io.StringIO()
    # Before Python 3.13, only characters of the line terminator are quoted.
    csv.writer(buffer, lineterminator=LINE_END).writerow(fields)
    return buffer.getvalue().removesuffix(LINE_END)


def json_lines(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """Yield the lines of a JSON array with an object for each row."""
    before = "["
    for row in rows:
        members = dict(zip(columns, map(plain, row), strict=True))
        yield f"{before}{json.dumps(members, ensure_ascii=False, allow_nan=False)}"
        before = ","
    yield "[]" if before == "[" else "]"


def text_of(value: Any) -> str:
    found = plain(value)
    return found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)


def plain(value: Any) -> Any:
    """Return a value of DuckDB as JSON can hold it; a type that JSON lacks becomes a text.

    So does a decimal of which a float would not keep all digits.
    """
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, Decimal):
        return float(value) if Decimal(repr(float(value))) == value else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else str(value)
