"""Compares this machine's clock with that of a server, by the Date header of an answer.

It stands at the root because AWS and the site are both asked.
"""

from datetime import datetime, timezone
from email.utils import parsedate_to_datetime


def seconds_ahead_of(date: str | None) -> float | None:
    """Return by how many seconds our clock is ahead of a Date header; None if it is no date."""
    try:
        return (datetime.now(timezone.utc) - parsedate_to_datetime(date or "")).total_seconds()
    except (ValueError, TypeError):  # TypeError: a date without a zone.
        return None
