"""What a site was asked, as its nginx noted it."""

import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from wp_pipeline_tests.real_wordpress.wordpress import WordPress

# The log_format of nginx.conf.
_LINE = re.compile(r'([\d.]+) ([\d.]+) "(\S+) (\S+) [^"]*" (\d+) "([^"]*)"')


@dataclass(frozen=True)
class Request:
    """A request, when it came and was answered (seconds since 1970), and what was asked."""

    began: float
    ended: float
    method: str
    route: str
    parameters: dict[str, str]
    status: int
    user_agent: str

    @classmethod
    def parse(cls, line: str) -> "Request":
        ended, took, method, target, status, user_agent = _LINE.fullmatch(line).groups()
        parts = urlsplit(target)
        parameters = dict(parse_qsl(parts.query))
        route = parameters.pop("rest_route", parts.path.removeprefix("/wp-json")).strip("/")
        began = round(float(ended) - float(took), 3)
        return cls(began, float(ended), method, route, parameters, int(status), user_agent)

    @property
    def first_row(self) -> int:
        """The row of the collection, from 0, that the answer begins with."""
        page = int(self.parameters.get("page", 1)) - 1
        return int(self.parameters.get("offset", page * int(self.parameters.get("per_page", 10))))


@contextmanager
def requests_to(wordpress: WordPress) -> Iterator[list[Request]]:
    """Give a list that holds, after the `with` block, what was asked of the site meanwhile."""
    requests: list[Request] = []
    log = wordpress.directory / "access.log"
    start = log.stat().st_size
    yield requests
    time.sleep(0.1)  # A request is noted after its answer was sent.
    with log.open() as lines:
        lines.seek(start)
        requests += [Request.parse(line.rstrip("\n")) for line in lines]


def most_at_once(requests: Iterable[Request]) -> int:
    """How many requests were under way at the same time, at the most."""
    moments = [(request.began, 1) for request in requests]
    moments += [(request.ended, -1) for request in requests]
    under_way = most = 0
    for _, change in sorted(moments):  # In one millisecond, ends before beginnings.
        under_way += change
        most = max(most, under_way)
    return most
