"""Converts dates, as WordPress, MySQL and ISO 8601 write them, to microseconds since 1970."""

import re
from datetime import date

# https://www.rfc-editor.org/rfc/rfc3339; MySQL writes a space for the T.
DATE = re.compile(
    rb"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])"
    rb"(?:\.([0-9]{1,6})0*)?(?:[Zz]|([-+])([01][0-9]|2[0-3]):?([0-5][0-9])?)?)?"
)
# MySQL's 0000-00-00, and what WordPress makes of it: -0001-11-30T00:00:00, or that shifted by the
# site's offset. No post is from the year 0 or before.
ZERO_DATE = re.compile(
    rb"(?:0000|-[0-9]{4})-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.]*(?:[Zz]|[-+][0-9:]+)?)?"
)
EPOCH = date(1970, 1, 1).toordinal()
DAY, HOUR, MINUTE = 86_400, 3_600, 60  # seconds
SECOND = 1_000_000  # microseconds
EARLIEST = (1 - EPOCH) * DAY * SECOND  # The first of January of the year 1.


def is_zero_date(text: bytes) -> bool:
    return text[:1] in b"-0" and ZERO_DATE.fullmatch(text) is not None


def microseconds(text: bytes) -> int | None:
    """Return the microseconds from 1970 to a date; None if the text is none. Applies an offset.

    >>> microseconds(b"1970-01-01T02:00:01+02:00")
    1000000
    """
    found = DATE.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute, second, fraction, sign, hours, minutes = found.groups(b"0")
    try:
        days = date(int(year), int(month), int(day)).toordinal() - EPOCH
    except ValueError:
        return None
    seconds = days * DAY + int(hour) * HOUR + int(minute) * MINUTE + int(second)
    if sign != b"0":
        offset = int(hours) * HOUR + int(minutes) * MINUTE
        seconds += offset if sign == b"-" else -offset
    moment = seconds * SECOND + int(fraction.ljust(6, b"0"))
    return moment if moment >= EARLIEST else None
