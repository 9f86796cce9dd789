"""A fake WordPress site: REST collections, and a pool of PHP workers that takes its time.

It serves /wp-json/wp/v2/<collection> with the parameters that a candidate sends: per_page, page or
offset, and orderby=id with order; `_fields` and `include`, as a refresh sends them. It counts
requests at /__stats, which /__reset sets to 0. /__grow adds items: /__grow?posts=20&comments=500.
"""

import argparse
import asyncio
import json
from collections import deque
from collections.abc import Callable, Sequence

from benchmarks.servers.http_server import Reply, Request, Response, port_argument, serve
from benchmarks.servers.sample_items import ITEM_OF, encoded

NAMESPACE = "/wp-json/wp/v2/"
MAX_PER_PAGE = 100
# A larger collection repeats its items under new ids, so that it need not fit in memory.
MAX_DISTINCT_ITEMS = 20_000

POST_TYPES = frozenset({"posts", "pages", "media"})
NEWEST_FIRST = POST_TYPES | {"comments"}  # The others are ordered by name, here the same as by id.
HEADERS = {"Content-Type": "application/json; charset=UTF-8", "X-Robots-Tag": "noindex"}


class InvalidParameter(Exception):
    """The value of a query parameter is not one that WordPress takes."""


def error(status: int, code: str, message: str) -> Response:
    return Response.of_json({"code": code, "message": message, "data": {"status": status}}, status)


def number(query: dict[str, str], name: str, default: int, highest: int | None = None) -> int:
    """Return the parameter, at least 1."""
    value = query.get(name, str(default))
    if not value.isdigit() or int(value) < 1 or (highest and int(value) > highest):
        raise InvalidParameter(name)
    return int(value)


class Collection:
    """The items 1 to `count` of one kind; a position is an id less one."""

    def __init__(self, name: str, count: int) -> None:
        self.name = name
        self.count = count
        self._items = [
            after_id(ITEM_OF[name](item_id))
            for item_id in range(1, min(count, MAX_DISTINCT_ITEMS) + 1)
        ]
        self._outlines: dict[str, list[bytes]] = {}  # by `_fields`

    def grow(self, count: int) -> None:
        """Add items: repeated ones, under new ids."""
        self.count += count

    def _texts(self, fields: str) -> list[bytes]:
        """Return what follows the id in each distinct item, or in its outline."""
        if not fields:
            return self._items
        if fields not in self._outlines:
            self._outlines[fields] = [outline(text, fields.split(",")) for text in self._items]
        return self._outlines[fields]

    def positions(self, order: str | None) -> Sequence[int]:
        default = "desc" if self.name in NEWEST_FIRST else "asc"
        return range(self.count)[:: 1 if (order or default) == "asc" else -1]

    def body(self, positions: Sequence[int], fields: str = "") -> bytes:
        texts, distinct = self._texts(fields), len(self._items)
        pieces = []
        for position in positions:
            pieces += (b',{"id":%d' % (position + 1), texts[position % distinct])
        pieces[:1] = [b"[", *(first[1:] for first in pieces[:1])]  # no comma before the first
        pieces.append(b"]")
        return b"".join(pieces)

    def answer(self, request: Request) -> Response:
        """Return the page that the request asks for."""
        query = request.query
        per_page = number(query, "per_page", 10, MAX_PER_PAGE)
        page = number(query, "page", 1)
        positions = self.positions(query.get("order"))
        if "include" in query:
            wanted = {int(text) - 1 for text in query["include"].split(",")}
            positions = sorted(one for one in wanted if one < self.count)
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


def after_id(item: dict) -> bytes:
    """Return the text of an item without its first member, the id."""
    return encoded(item)[len(b'{"id":%d' % item["id"]) :]


def outline(text: bytes, fields: Sequence[str]) -> bytes:
    """Return what WordPress sends of an item with `_fields`, after the id."""
    item = json.loads(b'{"id":0' + text)
    found = {"id": 0}
    for name in fields:
        member, _, inner = name.partition(".")
        if member in item and not inner:
            found[member] = item[member]
        elif member in item and inner in item[member]:
            found.setdefault(member, {})[inner] = item[member][inner]
    return after_id(found)


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
        self._requests = 0

    def handle(self, request: Request, reply: Reply) -> None:
        if request.path.startswith("/__"):
            reply(Response.of_json(self._administer(request)))
            return
        self._workers.submit(lambda: self._answer(request, reply))

    def _administer(self, request: Request) -> dict:
        if request.path == "/__reset":
            self._reset()
        if request.path == "/__grow":
            for name, count in request.query.items():
                self._collections[name].grow(int(count))
        return {"requests": self._requests}

    def _answer(self, request: Request, reply: Reply) -> None:
        self._requests += 1
        reply(self._response_to(request))

    def _response_to(self, request: Request) -> Response:
        name = request.path.rstrip("/").removeprefix(NAMESPACE)
        collection = self._collections.get(name)
        if collection is None:
            return error(404, "rest_no_route", "No route was found matching the URL.")
        try:
            return collection.answer(request)
        except InvalidParameter as parameter:
            return error(400, "rest_invalid_param", f"Invalid parameter(s): {parameter}")


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
