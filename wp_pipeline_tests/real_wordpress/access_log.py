"""The requests that a site got, from nginx's access log."""

import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from wp_pipeline_tests.real_wordpress.wordpress import WordPress

SECONDS_TO_SETTLE = 0.2
# The log_format of nginx.conf.
_LINE = re.compile(r'([\d.]+) ([\d.]+) "(\S+) (\S+) [^"]*" (\d+) "([^"]*)" (\d+)')


@dataclass(frozen=True)
class Request:
    """A request, with the times of its start and end in seconds since 1970."""

    began: float
    ended: float
    method: str
    route: str
    parameters: dict[str, str]
    status: int
    user_agent: str
    bytes_sent: int

    @classmethod
    def parse(cls, line: str) -> "Request":
        ended, took, method, target, status, user_agent, sent = _LINE.fullmatch(line).groups()
        parts = urlsplit(target)
        parameters = dict(parse_qsl(parts.query))
        route = parameters.pop("rest_route", parts.path.removeprefix("/wp-json")).strip("/")
        began = round(float(ended) - float(took), 3)
        return cls(
            began, float(ended), method, route, parameters, int(status), user_agent, int(sent)
        )

    @property
    def first_row(self) -> int:
        """The row of the collection, from 0, at which the answer begins."""
        page = int(self.parameters.get("page", 1)) - 1
        return int(self.parameters.get("offset", page * int(self.parameters.get("per_page", 10))))


@contextmanager
def requests_to(wordpress: WordPress) -> Iterator[list[Request]]:
    """Yield a list; after the `with` block it holds the requests that the site got in it."""
    requests: list[Request] = []
    log = wordpress.directory / "access.log"
    start = settled_size(log)
    yield requests
    settled_size(log)
    with log.open() as lines:
        lines.seek(start)
        requests += [Request.parse(line.rstrip("\n")) for line in lines]


def settled_size(log: Path) -> int:
    """Return the size of the log as soon as it stays the same.

    A request is logged after its answer was sent, on a busy machine much later.
    """
    size, before = log.stat().st_size, -1
    while size != before:
        time.sleep(SECONDS_TO_SETTLE)
        size, before = log.stat().st_size, size
    return size


def most_at_once(requests: Iterable[Request]) -> int:
    """Return the highest number of concurrent requests."""
    moments = [(request.began, 1) for request in requests]
    moments += [(request.ended, -1) for request in requests]
    under_way = most = 0
    for _, change in sorted(moments):  # Within one millisecond, ends count before starts.
        under_way += change
        most = max(most, under_way)
    return most
