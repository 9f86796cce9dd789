"""What goes in and out of the sample site: a request, an answer, and JSON as PHP spells it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found"}


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


def php_json(value: Any) -> bytes:
    """JSON as `json_encode` writes it: ASCII only, no spaces, every slash escaped."""
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/").encode("ascii")
