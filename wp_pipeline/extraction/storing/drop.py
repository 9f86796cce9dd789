"""Refuses a payload that holds far less than what is stored, until an operator accepts it.

This guards against wrong answers that no other check finds: an error in the shape of a row, a query
that a plugin changed, a table that was emptied.
"""

from wp_pipeline.aws.lake import Lake, StoredObject
from wp_pipeline.extraction.errors import SuddenDrop
from wp_pipeline.extraction.outcomes import readable_rows
from wp_pipeline.extraction.storing.payload import Payload
from wp_pipeline.settings import FEWEST_LOST

LONGEST_SPACE = 64  # bytes before the first bracket


def refuse_sudden_drop(
    name: str, payload: Payload, stored: StoredObject, largest_drop: float, lake: Lake
) -> None:
    """Raises SuddenDrop, or an AwsError.

    `largest_drop` is the share of the stored rows that may be lost. An object that was stored
    without its number of rows is not ours, and not compared.
    """
    before = stored.rows
    if before is None:
        return
    if not payload.is_list and (before != 1 or is_list(name, lake)):
        raise sudden_drop(name, "one object", f"a list of {readable_rows(before)} is")
    lost = before - payload.rows
    if lost >= FEWEST_LOST and lost > largest_drop * before:
        raise sudden_drop(name, readable_rows(payload.rows), f"{readable_rows(before)} are")


def sudden_drop(name: str, found: str, stored: str) -> SuddenDrop:
    return SuddenDrop(
        f"{found} where {stored} stored; the stored object is kept. If that is right, accept it for"
        f" one run: --accept-drop {name}, or accept_drop: [{name}] in the launchpad or in Lambda's"
        " event"
    )


def is_list(name: str, lake: Lake) -> bool:
    """Whether the stored object is a list, by its first byte. Raises an AwsError."""
    opened = lake.open(name)
    if opened is None:
        return False
    with opened as stream:
        return stream.read(LONGEST_SPACE).lstrip()[:1] == b"["
