"""Reads JSON of any size from a stream, in little memory."""

from collections.abc import Callable, Iterator
from typing import Any, Protocol

import ijson

BUFFER = 1 << 18  # bytes


class Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class NotJson(Exception):
    """The object is no JSON value, or only a part of one."""


def read(parse: Callable[..., Iterator[Any]], stream: Readable, *arguments: str) -> Iterator[Any]:
    """Yield what ijson finds. Raises NotJson."""
    try:
        yield from parse(stream, *arguments, buf_size=BUFFER)
    except (ijson.JSONError, ValueError, SystemError):  # The last two: a number of 4,301 digits.
        raise NotJson("it is no JSON, or only a part of it") from None
