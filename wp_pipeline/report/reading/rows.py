"""Reads members of a row: an item that `stored_items` found, in the REST API's or MySQL's words."""

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

RENDERED = "rendered"  # WordPress's titles are {"rendered": …}.
LONGEST_TEXT = 1000  # characters
LARGEST_NUMBER = 10**40

Row = Any


def has(row: Row, member: str) -> bool:
    return getattr(row, member) is not UNSET


def text_of(row: Row, members: Sequence[str]) -> str:
    """Return the first of these members that is there and is a text or a number; a text is cut.

    Of `{"title": {"rendered": "…"}}`, the inner text is the title.
    """
    for member in members:
        value = getattr(row, member)
        if isinstance(value, dict):
            value = value.get(RENDERED)
        if isinstance(value, str):
            return value[:LONGEST_TEXT]
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value) if abs(value) < LARGEST_NUMBER else ""
    return ""
