"""Dates as WordPress, MySQL and ISO 8601 write them, to microseconds since 1970."""

import re
from datetime import datetime, timedelta, timezone

# https://www.rfc-editor.org/rfc/rfc3339; MySQL writes a space for the T.
DATE = re.compile(
    rb"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    rb"(?:[T ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,6})0*)?"
    rb"(?:([Zz])|([-+])([01][0-9]|2[0-3]):?([0-5][0-9])?)?)?"
)
# What MySQL's 0000-00-00 is, and what becomes of it in WordPress: -0001-11-30T00:00:00, also
# shifted by the site's offset. No post is from the year 0 or before.
ZERO_DATE = re.compile(
    rb"(?:0000|-[0-9]{4})-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.]*(?:[Zz]|[-+][0-9:]+)?)?"
)
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
MICROSECOND = timedelta(microseconds=1)


def is_zero_date(text: bytes) -> bool:
    return text[:1] in b"-0" and ZERO_DATE.fullmatch(text) is not None


def microseconds(text: bytes) -> int | None:
    """Return the microseconds from 1970 to a date; None if it is none. An offset is applied.

    >>> microseconds(b"1970-01-01T02:00:01+02:00")
    1000000
    """
    found = DATE.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute, second = (int(found[group] or 0) for group in range(1, 7))
    fraction = int((found[7] or b"").ljust(6, b"0"))
    offset = timedelta(hours=int(found[10] or 0), minutes=int(found[11] or 0))
    try:
        date = datetime(year, month, day, hour, minute, second, fraction, tzinfo=timezone.utc)
        moved = date + offset if found[9] == b"-" else date - offset
    except (ValueError, OverflowError):
        return None
    return (moved - EPOCH) // MICROSECOND
