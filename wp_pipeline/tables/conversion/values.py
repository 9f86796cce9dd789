"""Converts one JSON value to what a column of its type holds, strictly.

Each function takes the bytes of a value as sent, and returns JSON for DuckDB to read: NOTHING for
NULL, MISFIT for what does not fit. DuckDB's own casts are lenient: 1.5 becomes 2, "yes" true.
"""

from collections.abc import Callable, Mapping
from html import unescape
from typing import Final

import msgspec

from wp_pipeline.tables.columns.column import ColumnType
from wp_pipeline.tables.columns.limits import is_bigint, is_double
from wp_pipeline.tables.conversion.dates import is_zero_date, microseconds

MISFIT: Final = b""  # No JSON value is empty.
NOTHING: Final = None
NULL = b"null"
QUOTE = b'"'[0]
BOOLEANS: Mapping[bytes, bytes] = {
    b"true": b"true",
    b"false": b"false",
    b'"1"': b"true",
    b'"0"': b"false",
}

SHORT = 18  # digits that always fit in 64 bits

Converted = bytes | None
Convert = Callable[[bytes], Converted]
to_json = msgspec.json.Encoder().encode
text_of = msgspec.json.Decoder(str).decode
split_list = msgspec.json.Decoder(list[msgspec.Raw]).decode


def bigint(value: bytes) -> Converted:
    """Convert an integer of 64 bits, which is a number or a text of digits."""
    if value.isdigit() and len(value) <= SHORT:  # JSON's numbers begin with no zero.
        return value
    if value == NULL:
        return NOTHING
    digits = value[1:-1] if value[0] == QUOTE else value
    if not is_bigint(digits):
        return MISFIT
    return digits if digits[:1] not in b"-0" else b"%d" % int(digits)


def double(value: bytes) -> Converted:
    """Convert a number of which a DOUBLE keeps all digits, which may be a text."""
    if value == NULL:
        return NOTHING
    digits = value[1:-1] if value[0] == QUOTE else value
    return repr(float(digits)).encode() if is_double(digits) else MISFIT


def boolean(value: bytes) -> Converted:
    return NOTHING if value == NULL else BOOLEANS.get(value, MISFIT)


def varchar(value: bytes) -> Converted:
    """Return a text as it is, and any other value as its JSON text."""
    if value[0] == QUOTE:
        return value
    return NOTHING if value == NULL else to_json(value.decode())


def timestamp(value: bytes) -> Converted:
    """Convert a date to microseconds since 1970. A zero date is NULL."""
    if value == NULL:
        return NOTHING
    if value[0] != QUOTE:
        return MISFIT
    text = value[1:-1]
    if is_zero_date(text):
        return NOTHING
    found = microseconds(text)
    return MISFIT if found is None else b"%d" % found


def json_text(value: bytes) -> Converted:
    return NOTHING if value == NULL else to_json(value.decode())


def plain_text(value: bytes) -> Converted:
    """Return a text of HTML with its entities decoded; NOTHING for any other value."""
    if value[0] != QUOTE:
        return NOTHING
    return to_json(unescape(text_of(value))) if b"&" in value or b"\\" in value else value


def list_of(convert: Convert) -> Convert:
    """Return the conversion of a list; a list with one value that does not fit is a misfit."""

    def converted(value: bytes) -> Converted:
        if value == NULL:
            return NOTHING
        if value[:1] != b"[":
            return MISFIT
        elements = [convert(bytes(raw)) for raw in split_list(value)]
        if not all(elements):
            return MISFIT
        return b"[%b]" % b",".join(filter(None, elements))

    return converted


def only_text(value: bytes) -> Converted:
    return value if value[0] == QUOTE else MISFIT


CONVERT: Mapping[ColumnType, Convert] = {
    ColumnType.BIGINT: bigint,
    ColumnType.DOUBLE: double,
    ColumnType.BOOLEAN: boolean,
    ColumnType.VARCHAR: varchar,
    ColumnType.TIMESTAMP: timestamp,
    ColumnType.BIGINTS: list_of(bigint),
    ColumnType.VARCHARS: list_of(only_text),
    ColumnType.JSON: json_text,
}
