"""What must hold of a stored object: rules that read it as a stream, in bounded memory."""

from collections.abc import Callable, Iterator
from typing import Any, Protocol

import ijson

BUFFER = 1 << 18  # bytes


class Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class NotJson(Exception):
    """The object is no JSON value, or only a part of one."""


def has_no_rows(stream: Readable) -> list[str]:
    """Say what is empty: the array, the object, or the `data` in which a plugin wraps its rows."""
    events = read(ijson.parse, stream)
    _, kind, _ = next(events)
    _, event, _ = next(events, ("", "end", None))
    if kind == "start_array":
        return ["the array"] if event == "end_array" else []
    if kind != "start_map":
        return ["the value, which is no array or object"]
    if event == "end_map":
        return ["the object"]
    previous = ""
    for prefix, event, _ in events:
        if prefix == "data" and event == "end_array" and previous == "start_array":
            return ["data"]
        previous = event if prefix == "data" else ""
    return []


def repeated_ids(stream: Readable) -> list[int | str]:
    """Return the ids, numbers or strings, that more than one item of an array has."""
    seen: set[int | str] = set()
    repeated: dict[int | str, None] = {}
    for item_id in read(ijson.items, stream, "item.id"):
        if not isinstance(item_id, (int, str)):
            continue
        if item_id in seen:
            repeated[item_id] = None
        seen.add(item_id)
    return list(repeated)


def read(parse: Callable[..., Iterator[Any]], stream: Readable, *arguments: str) -> Iterator[Any]:
    """Yield what ijson finds. Raises NotJson."""
    try:
        yield from parse(stream, *arguments, buf_size=BUFFER)  # 1e999 is no float
    except (ijson.JSONError, UnicodeDecodeError):
        raise NotJson("it is no JSON, or only a part of it") from None
