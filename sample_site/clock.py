"""The town's time: seconds since 1970 in, the two spellings of a date that WordPress stores out.

Written out instead of taken from `zoneinfo`: a slim container has no time zone database.
"""

import calendar
from datetime import datetime, timedelta, timezone
from functools import cache, lru_cache

TIMEZONE = "Europe/London"


@cache
def summer_time(year: int) -> tuple[int, int]:
    """When summer time begins and ends: 01:00 UTC on the last Sundays of March and October."""

    def last_sunday(month: int) -> int:
        last = datetime(year, month, 31, 1, tzinfo=timezone.utc)
        return int((last - timedelta(days=(last.weekday() + 1) % 7)).timestamp())

    return last_sunday(3), last_sunday(10)


def offset(at: int) -> int:
    """Seconds that the town's clocks are ahead of UTC."""
    begins, ends = summer_time(datetime.fromtimestamp(at, timezone.utc).year)
    return 3600 if begins <= at < ends else 0


@lru_cache(maxsize=20_000)
def gmt(at: int) -> str:
    """`2026-07-01T09:30:00`: UTC without a zone, as in `date_gmt`."""
    return datetime.fromtimestamp(at, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")


def local(at: int) -> str:
    """`2026-07-01T10:30:00`: the town's time without a zone, as in `date`."""
    return gmt(at + offset(at))


def local_column(text: str) -> str:
    """A date parameter as WordPress compares it: in the town's time; without a zone it already is.

    Raises ValueError for what is not a date.
    """
    moment = datetime.fromisoformat(text.replace("Z", "+00:00").replace("z", "+00:00"))
    if moment.tzinfo is None:
        return moment.strftime("%Y-%m-%dT%H:%M:%S")
    return local(calendar.timegm(moment.utctimetuple()))
