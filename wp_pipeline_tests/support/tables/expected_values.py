"""What a table must hold of a JSON value, computed slowly and in another way than the product."""

import json
import re
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any, Final

from wp_pipeline.tables.columns.column import ColumnType

MISFIT: Final = object()
LARGEST = 2**63 - 1
ZERO_DATE = re.compile(r"(0000|-\d{4})-\d\d-\d\d([T ][\d:.]*([Zz]|[-+][\d:]+)?)?", re.ASCII)


class Float(Decimal):
    """A number with a point or an exponent, which is no integer: `1.5e+3`."""


def expected(value: bytes, kind: ColumnType) -> Any:
    """Return the Python value that DuckDB shows of a JSON value, or MISFIT."""
    found = json.loads(value, parse_int=Decimal, parse_float=Float)
    if found is None:
        return None
    return {
        ColumnType.BIGINT: integer,
        ColumnType.DOUBLE: number,
        ColumnType.BOOLEAN: boolean,
        ColumnType.TIMESTAMP: date,
        ColumnType.VARCHAR: lambda found, value: (
            found if isinstance(found, str) else value.decode()
        ),
        ColumnType.JSON: lambda found, value: value.decode(),
        ColumnType.BIGINTS: lambda found, value: list_of(found, integer),
        ColumnType.VARCHARS: lambda found, value: list_of(found, text),
    }[kind](found, value)


def integer(found: Any, value: bytes) -> Any:
    """As Python reads it, if it has no more than digits and a sign."""
    written = found if isinstance(found, str) else value.decode()
    if isinstance(found, (bool, list, dict, Float)) or not written.removeprefix("-").isdecimal():
        return MISFIT
    if not written.isascii():
        return MISFIT
    return int(written) if -LARGEST - 1 <= int(written) <= LARGEST else MISFIT


def number(found: Any, value: bytes) -> Any:
    """A double from which the same decimal comes back."""
    written = found if isinstance(found, str) else value.decode()
    if isinstance(found, (bool, list, dict)) or not is_json_number(written):
        return MISFIT
    near, exact = float(written), Decimal(written)
    if near in (float("inf"), float("-inf")):
        return MISFIT
    if written.removeprefix("-").isdecimal():
        return near if Decimal(near) == exact else MISFIT
    digits = "".join(map(str, exact.as_tuple().digits)).strip("0")
    is_lost = bool(digits) and near == 0.0
    return MISFIT if is_lost or len(digits) > 17 else near


def is_json_number(written: str) -> bool:
    """Whether it is a number as JSON writes them; leading zeros may be."""
    bare = written.removeprefix("-")
    while len(bare) > 1 and bare[0] == "0" and bare[1].isdigit():
        bare = bare[1:]
    try:
        found = json.loads(bare) if bare[:1].isdigit() and bare == bare.strip() else None
    except ValueError:
        return False
    return isinstance(found, (int, float)) and bare.isascii()


def boolean(found: Any, value: bytes) -> Any:
    if isinstance(found, bool):
        return found
    return {"1": True, "0": False}.get(found, MISFIT) if isinstance(found, str) else MISFIT


def date(found: Any, value: bytes) -> Any:
    """As `datetime` reads it, of the formats that WordPress and MySQL write."""
    if not isinstance(found, str) or json.dumps(found).encode() != value:
        return MISFIT
    if ZERO_DATE.fullmatch(found):
        return None
    for pattern in ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d"):
        for end in ("", ".%f", "%z", ".%f%z"):
            try:
                read = datetime.strptime(found, pattern + end)  # noqa: DTZ007
            except ValueError:
                continue
            return read if read.tzinfo is None else utc(read)
    return MISFIT


def utc(read: datetime) -> Any:
    try:
        return read.astimezone(timezone.utc).replace(tzinfo=None)
    except OverflowError:
        return MISFIT


def text(found: Any, value: bytes) -> Any:
    return found if isinstance(found, str) else MISFIT


def list_of(found: Any, element: Any) -> Any:
    if not isinstance(found, list):
        return MISFIT
    read = [MISFIT if one is None else element(one, plain(one)) for one in found]
    return MISFIT if any(one is MISFIT for one in read) else read


def plain(value: Any) -> bytes:
    return str(value).encode("utf-8", "replace")
