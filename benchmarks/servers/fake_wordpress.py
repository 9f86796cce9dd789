"""A fake WordPress site: its REST collections, and a pool of PHP workers that takes its time.

It serves /wp-json/ and /wp-json/wp/v2/<collection>, and what was asked of it at /__stats, which
/__reset sets back to nothing.
"""

import argparse
import asyncio
import json
from collections import Counter, deque
from collections.abc import Callable, Sequence

from benchmarks.servers.fast_http import Reply, Request, Response, port_argument, serve
from benchmarks.servers.sample_items import ITEM_OF, encoded

API_ROOT = "/wp-json"
NAMESPACE = f"{API_ROOT}/wp/v2/"
MAX_PER_PAGE = 100
# A collection larger than this repeats its items under new ids, so that it need not fit in memory.
MAX_DISTINCT_ITEMS = 20_000

POST_TYPES = frozenset({"posts", "pages", "media"})
NEWEST_FIRST = POST_TYPES | {"comments"}  # The others come by name, which is by id here.
HEADERS = {"Content-Type": "application/json; charset=UTF-8", "X-Robots-Tag": "noindex"}


class InvalidParameter(Exception):
    """The value of a query parameter is not one that WordPress takes."""


def error(status: int, code: str, message: str) -> Response:
    return Response.of_json({"code": code, "message": message, "data": {"status": status}}, status)


def number(query: dict[str, str], name: str, default: int, highest: int | None = None) -> int:
    """Give the parameter, at least 1."""
    value = query.get(name, str(default))
    if not value.isdigit() or int(value) < 1 or (highest and int(value) > highest):
        raise InvalidParameter(name)
    return int(value)


def ids(query: dict[str, str], name: str) -> list[int]:
    listed = query.get(name) or query.get(f"{name}[]") or ""
    return [int(item_id) for item_id in listed.split(",") if item_id.strip().isdigit()]


class Collection:
    """The items 1 to `count` of one kind; a position is an id less one."""

    def __init__(self, name: str, count: int) -> None:
        self.name = name
        self.count = count
        self._tails: list[bytes] = []  # what follows the id
        self._dates: list[str] = []
        for item_id in range(1, min(count, MAX_DISTINCT_ITEMS) + 1):
            item = ITEM_OF[name](item_id)
            self._tails.append(encoded(item).partition(b",")[2])
            self._dates.append(item.get("modified") or item.get("date") or "")

    def positions(self, query: dict[str, str]) -> Sequence[int]:
        """Give the positions of the items that the query selects, in the order it asks for."""
        chosen = self._ordered(query.get("orderby"))
        if included := set(ids(query, "include")):
            chosen = [position for position in chosen if position + 1 in included]
        if excluded := set(ids(query, "exclude")):
            chosen = [position for position in chosen if position + 1 not in excluded]
        if since := self._since(query):
            chosen = [position for position in chosen if self._date(position) > since]
        default = "desc" if self.name in NEWEST_FIRST else "asc"
        return chosen if query.get("order", default) == "asc" else chosen[::-1]

    def _ordered(self, orderby: str | None) -> Sequence[int]:
        if orderby in ("modified", "date", "date_gmt"):
            return sorted(range(self.count), key=self._date)
        return range(self.count)

    def _since(self, query: dict[str, str]) -> str:
        """Give the filter's date, "" for none: WordPress ignores a filter it does not know."""
        since = query.get("modified_after", "") if self.name in POST_TYPES else ""
        return (since or (query.get("after", "") if self.name in NEWEST_FIRST else ""))[:19]

    def _date(self, position: int) -> str:
        return self._dates[position % len(self._dates)]

    def body(self, positions: Sequence[int], fields: str) -> bytes:
        """Give the array of the items at these positions, with all fields if none are named."""
        names = {field.partition(".")[0] for field in fields.split(",")} - {""}
        if not names:
            return self._whole(positions)
        if names == {"id"}:
            return b"[%s]" % b",".join(b'{"id":%d}' % (position + 1) for position in positions)
        return b"[%s]" % b",".join(self._reduced(position, names) for position in positions)

    def _whole(self, positions: Sequence[int]) -> bytes:
        tails, distinct = self._tails, len(self._tails)
        pieces = []
        for position in positions:
            pieces += (b',{"id":%d,' % (position + 1), tails[position % distinct])
        pieces[:1] = [b"[", *(first[1:] for first in pieces[:1])]  # no comma before the first
        pieces.append(b"]")
        return b"".join(pieces)

    def _reduced(self, position: int, names: set[str]) -> bytes:
        item = json.loads(self._whole([position]))[0]
        return encoded({name: value for name, value in item.items() if name in names})

    def answer(self, request: Request) -> Response:
        """Give the page that the request asks for."""
        query = request.query
        per_page = number(query, "per_page", 10, MAX_PER_PAGE)
        page = number(query, "page", 1)
        positions = self.positions(query)
        total = len(positions)
        pages = -(-total // per_page)
        if page > max(pages, 1) and self.name in POST_TYPES:
            return error(400, "rest_post_invalid_page_number", "The page number is too large.")
        offset = query.get("offset", "")
        start = int(offset) if offset.isdigit() else (page - 1) * per_page
        body = self.body(positions[start : start + per_page], query.get("_fields", ""))
        headers = HEADERS | {"X-WP-Total": str(total), "X-WP-TotalPages": str(pages)}
        if link := link_header(request, query, page, pages):
            headers["Link"] = link
        return Response(200, (body,), headers)


def link_header(request: Request, query: dict[str, str], page: int, pages: int) -> str:
    base = f"http://{request.headers.get('host', '')}{request.path}"

    def link(to: int, relation: str) -> str:
        parameters = "&".join(f"{k}={v}" for k, v in {**query, "page": to}.items())
        return f'<{base}?{parameters}>; rel="{relation}"'

    previous = [link(page - 1, "prev")] if page > 1 else []
    following = [link(page + 1, "next")] if page < pages else []
    return ", ".join(previous + following)


class Workers:
    """Answers as PHP-FPM does: so many requests at once, each for so long, the others queue."""

    def __init__(self, count: int, seconds: float) -> None:
        self._free = count
        self._seconds = seconds
        self._queue: deque[Callable[[], None]] = deque()

    def submit(self, answer: Callable[[], None]) -> None:
        self._queue.append(answer)
        self._start()

    def _start(self) -> None:
        if self._free and self._queue:
            self._free -= 1
            asyncio.get_running_loop().call_later(
                self._seconds, self._finish, self._queue.popleft()
            )

    def _finish(self, answer: Callable[[], None]) -> None:
        answer()
        self._free += 1
        self._start()


class Site:
    """Routes a request to its collection, and keeps count."""

    def __init__(self, collections: list[Collection], workers: Workers) -> None:
        self._collections = {collection.name: collection for collection in collections}
        self._workers = workers
        self._reset()

    def _reset(self) -> None:
        self._requests: Counter[str] = Counter()
        self._statuses: Counter[int] = Counter()
        self._bytes = 0
        self._under_way = self._most_under_way = 0

    def handle(self, request: Request, reply: Reply) -> None:
        if request.path.startswith("/__"):
            reply(Response.of_json(self._administer(request.path)))
            return
        self._under_way += 1
        self._most_under_way = max(self._most_under_way, self._under_way)
        self._workers.submit(lambda: self._answer(request, reply))

    def _administer(self, path: str) -> dict:
        if path == "/__reset":
            self._reset()
        return {
            "requests": self._requests.total(),
            "requests_by_path": self._requests,
            "statuses": self._statuses,
            "bytes": self._bytes,
            "most_under_way": self._most_under_way,
        }

    def _answer(self, request: Request, reply: Reply) -> None:
        response = self._response_to(request)
        self._under_way -= 1
        self._requests[request.path] += 1
        self._statuses[response.status] += 1
        self._bytes += sum(map(len, response.pieces))
        reply(response)

    def _response_to(self, request: Request) -> Response:
        path = request.path.rstrip("/")
        if path == API_ROOT:
            return Response.of_json(self._index())
        collection = self._collections.get(path.removeprefix(NAMESPACE))
        if collection is None:
            return error(404, "rest_no_route", "No route was found matching the URL.")
        try:
            return collection.answer(request)
        except InvalidParameter as parameter:
            return error(400, "rest_invalid_param", f"Invalid parameter(s): {parameter}")

    def _index(self) -> dict:
        routes = {f"/wp/v2/{name}": {"methods": ["GET"]} for name in self._collections}
        return {"name": "Fake", "namespaces": ["wp/v2"], "routes": routes}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, parents=[port_argument()])
    parser.add_argument("--latency-ms", type=float, default=0)
    parser.add_argument("--workers", type=int, default=4)
    for name in ITEM_OF:
        parser.add_argument(f"--{name}", type=int, default=0, help="how many it has")
    arguments = parser.parse_args()
    collections = [Collection(name, getattr(arguments, name)) for name in ITEM_OF]
    workers = Workers(arguments.workers, arguments.latency_ms / 1000)
    serve(Site(collections, workers).handle, arguments.port)


if __name__ == "__main__":
    main()
