"""Requests and answers of the sample site, and how WordPress writes JSON and dates.

Times are seconds since 1970. The time zone is written out instead of taken from `zoneinfo`,
because a slim container has no time zone database.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cache, lru_cache
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

ENCODER = json.JSONEncoder(separators=(",", ":"))


@dataclass(frozen=True)
class Request:
    """A request as WordPress sees it; `query` holds lists (`include[]=1&include[]=2`) as `1,2`."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, method: str, url: str, headers: Mapping[str, str] | None = None) -> "Request":
        """The request for a URL, or for the part of it that follows the host."""
        parts = urlsplit(url)
        return cls(method, unquote(parts.path) or "/", parse_query(parts.query), headers or {})

    def header(self, name: str) -> str:
        """The value of a header, or an empty string."""
        wanted = name.lower()
        return next((value for key, value in self.headers.items() if key.lower() == wanted), "")

    def credentials(self) -> tuple[str, str] | None:
        """User name and application password (without its spaces), if the request has them."""
        scheme, _, encoded = self.header("Authorization").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            user, _, password = base64.b64decode(encoded).decode().partition(":")
        except ValueError:
            return None
        return user, password.replace(" ", "")


@dataclass(frozen=True)
class Answer:
    """What the site replies, before any transfer or content encoding."""

    status: int
    headers: dict[str, str]
    body: bytes


def parse_query(query: str) -> dict[str, str]:
    """A query string as PHP reads it: the last of equal names wins, `name[]` collects."""
    values: dict[str, str] = {}
    for key, value in parse_qsl(query, keep_blank_values=True):
        name, bracket, _ = key.partition("[")
        values[name] = f"{values[name]},{value}" if bracket and name in values else value
    return values


def php_json(value: Any) -> str:
    """JSON as `json_encode` writes it: ASCII only, no spaces, every slash escaped."""
    return str(value) if type(value) is int else ENCODER.encode(value).replace("/", "\\/")


def selected(value: Any, fields: str) -> Any:
    """The members that `_fields=id,title.rendered` selects; PHP's empty array `[]` if none."""
    tree: dict[str, Any] = {}
    for name in fields.replace(",", " ").split():
        branch, *path = tree, *name.split(".")
        for part in path[:-1]:
            branch = branch.setdefault(part, {})
            if branch is True:
                break
        else:
            branch[path[-1]] = True
    return intersection(value, tree) if tree else value


def intersection(value: Any, wanted: dict[str, Any]) -> Any:
    if isinstance(value, list):
        return [value[int(key)] for key in wanted if key.isdigit() and int(key) < len(value)]
    kept = {}
    for key, part in value.items():
        if key in wanted:
            nested = isinstance(part, (dict, list)) and wanted[key] is not True
            kept[key] = intersection(part, wanted[key]) if nested else part
    return kept or []


@cache
def summer_time(year: int) -> tuple[int, int]:
    """When summer time begins and ends: 01:00 UTC on the last Sundays of March and October."""

    def last_sunday(month: int) -> int:
        last = datetime(year, month, 31, 1, tzinfo=timezone.utc)
        return int((last - timedelta(days=(last.weekday() + 1) % 7)).timestamp())

    return last_sunday(3), last_sunday(10)


@lru_cache(maxsize=20_000)
def gmt(time: int) -> str:
    """`2026-07-01T09:30:00`: UTC without a zone, as in `date_gmt`."""
    return datetime.fromtimestamp(time, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")


@lru_cache(maxsize=20_000)
def local(time: int) -> str:
    """`2026-07-01T10:30:00`: the site's time (Europe/London) without a zone, as in `date`."""
    begins, ends = summer_time(int(gmt(time)[:4]))
    return gmt(time + 3600 if begins <= time < ends else time)


def local_from_text(text: str) -> str:
    """A date parameter in the site's time. Without a zone it already is. Raises ValueError."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00").replace("z", "+00:00"))
    if moment.tzinfo is None:
        return moment.strftime("%Y-%m-%dT%H:%M:%S")
    return local(int(moment.timestamp()))
