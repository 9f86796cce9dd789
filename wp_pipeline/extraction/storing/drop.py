"""Refuses a payload that holds far less than what is stored, until an operator accepts it.

This guards against wrong answers that no other check finds: an error in the shape of a row, a query
that a plugin changed, a table that was emptied, a notice in the place of an object.
"""

import json
import re

from wp_pipeline.aws.lake import Lake, StoredObject
from wp_pipeline.extraction.errors import SuddenDrop
from wp_pipeline.extraction.outcomes import readable_rows
from wp_pipeline.extraction.storing.payload import Payload
from wp_pipeline.settings import FEWEST_LOST

MOST_ROWS_OF_A_NOTICE = 20
BEGINNING = 1 << 20  # bytes of the stored object in which names are searched
NESTED = frozenset(("object", "array"))


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
    if not payload.is_list and before != 1:
        raise sudden_drop(name, "one object", list_of(before))
    if before and (not payload.is_list or may_be_notice(payload)):
        refuse_other_shape(name, payload, before, lake)
    lost = before - payload.rows
    if lost >= FEWEST_LOST and lost > largest_drop * before:
        raise sudden_drop(name, readable_rows(payload.rows), f"{readable_rows(before)} are")


def sudden_drop(name: str, found: str, stored: str) -> SuddenDrop:
    return SuddenDrop(
        f"{found} where {stored} stored; the stored object is kept. If that is right, accept it for"
        f" one run: --accept-drop {name}, or accept_drop: [{name}] in the launchpad or in Lambda's"
        " event"
    )


def list_of(rows: int) -> str:
    return f"a list of {readable_rows(rows)} is"


def refuse_other_shape(name: str, payload: Payload, before: int, lake: Lake) -> None:
    """Raises SuddenDrop for an object in the place of a list, or a notice in the place of data."""
    text = beginning_of(name, lake)
    is_list = text[:1] == b"["
    kept = list_of(before) if is_list else "an object is"
    if is_list and not payload.is_list:
        raise sudden_drop(name, "one object", kept)
    if text and may_be_notice(payload) and not has_name_in(payload, text):
        raise sudden_drop(name, "only values with other names", kept)


def may_be_notice(payload: Payload) -> bool:
    """Whether it has few rows with nothing but texts and numbers: `{"notice":"Back soon"}`.

    Names with digits may be dates or ids, all of which may change from one day to the next.
    """
    columns = payload.preview.columns
    types = {kind for kinds in columns.values() for kind in kinds.split("|")}
    are_words = bool(columns) and not re.search(r"\d", "".join(columns))
    return payload.rows <= MOST_ROWS_OF_A_NOTICE and are_words and not types & NESTED


def has_name_in(payload: Payload, text: bytes) -> bool:
    """Whether the name of a member is in a text, on any level."""
    names = payload.preview.columns
    written = [
        json.dumps(name, ensure_ascii=escaped) for name in names for escaped in (True, False)
    ]
    return any(name.encode() in text for name in written)


def beginning_of(name: str, lake: Lake) -> bytes:
    """Return the beginning of the stored object; empty if there is none. Raises an AwsError."""
    opened = lake.open(name)
    if opened is None:
        return b""
    with opened as stream:
        return stream.read(BEGINNING).lstrip()
