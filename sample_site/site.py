"""A small WordPress in memory: what it answers, and what its editors do (see `Database`)."""

import html
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from sample_site import queries
from sample_site.content import COLLECTIONS, DEFAULT_COUNTS, Collection, read_data
from sample_site.database import PUBLIC, Database, locked
from sample_site.discovery import DESCRIBED, DISCOVERY, described, options, routes
from sample_site.items import Addresses, Item
from sample_site.messages import Answer, Request, php_json, selected
from sample_site.queries import Refusal
from sample_site.raw_rows import TABLES
from sample_site.rendering import VOLATILE, Shape, VolatileParts, encoded

HEADERS: dict[str, dict[str, str]] = read_data("headers")
MADE_UP = "lamp wick tide mark bell rope"  # Six groups of four, as WordPress generates them.
SINGLE_ITEM = re.compile(rf"/wp/v2/({'|'.join(COLLECTIONS)})/(\d+|(?<=users/)me)")


class SampleSite(Database):
    """The Tidewell Lantern, or as many of its items as `counts` asks for.

    `counts` names collections (`{"posts": 250, "tags": 3}`); those not named are empty. Without
    it the site has its usual size, a few items that are counted but not sent, and two drafts.

    * `suffix` ends the plugin's route names: `/wp-json/mo/v1/posts_4821`.
    * `plain_permalinks` serves `?rest_route=/wp/v2/posts` only.
    * `max_per_page` is the most that `per_page` may be, which a plugin may lower.
    * `id_style` is "int", "string" or "absent": how items show their id.
    * `volatile` varies what WordPress renders differently in each answer.

    It may be used from several threads. Unknown collections and ids raise KeyError.
    """

    def __init__(
        self,
        counts: Mapping[str, int] | None = None,
        *,
        url: str = "http://sample.test",
        suffix: str = "4821",
        plain_permalinks: bool = False,
        max_per_page: int = 100,
        id_style: str = "int",
        volatile: bool = True,
        user: str = "editor",
        application_password: str = MADE_UP,
    ) -> None:
        if id_style not in ("int", "string", "absent"):
            raise ValueError(f"id_style is int, string or absent, not {id_style!r}.")
        super().__init__(DEFAULT_COUNTS if counts is None else counts)
        self.user = user
        self.application_password = application_password
        self._addresses = Addresses(url, plain_permalinks, suffix)
        self._max_per_page = max_per_page
        self._id_style = id_style
        self._volatile = volatile
        self._tables = {f"/mo/v1/{name}_{suffix}": rows for name, rows in TABLES.items()}
        if counts is None:
            self._add_usual_irregularities()

    def _add_usual_irregularities(self) -> None:
        """Items that are not for visitors, as on every site that people work on.

        A picture in a draft and three comments on a private post are counted but not sent; two
        posts are in draft.
        """
        for place in (99, 240, 241):
            self.hide("comments", self.readable_ids("comments")[place])
        self.hide("media", self.readable_ids("media")[20])
        self.draft("posts")
        self.draft("posts")

    @property
    def url(self) -> str:
        """The site's URL, without a slash at the end: what WordPress calls home."""
        return self._addresses.url

    @url.setter
    def url(self, url: str) -> None:
        self._addresses = self._addresses._replace(url=url.rstrip("/"))

    @locked
    def answer(self, request: Request) -> Answer:
        """What WordPress answers to a request."""
        route = self._route(request)
        if route is None:
            return self._web_page(request)
        try:
            answer = self._read(route, request)
        except Refusal as refusal:
            body = php_json(refusal.body).encode("ascii")
            answer = self._answer(body, refusal.status, allows_get=refusal.allows_get)
        return Answer(answer.status, answer.headers, b"") if request.method == "HEAD" else answer

    def _route(self, request: Request) -> str | None:
        """The requested route; None where WordPress would show a web page."""
        path, route = request.path.rstrip("/"), request.query.get("rest_route")
        if route and path in ("", "/index.php"):
            return "/" + route.strip("/")
        is_rest = path == "/wp-json" or path.startswith("/wp-json/")
        return (path[8:] or "/") if is_rest and not self._addresses.plain else None

    def _read(self, route: str, request: Request) -> Answer:
        if "OPTIONS" in (request.method, request.query.get("_method")):
            return self._description(route)
        if request.method not in ("GET", "HEAD"):
            raise Refusal("rest_no_route")
        if route in self._tables:
            rows = list(self._tables[route](self, self._addresses))
            return self._answer(php_json(rows).encode("ascii"), by_core=False)
        if route.removeprefix("/wp/v2/") in COLLECTIONS:
            return self._collection(COLLECTIONS[route.removeprefix("/wp/v2/")], request)
        single = SINGLE_ITEM.fullmatch(route)
        if single:
            return self._single_item(COLLECTIONS[single[1]], single[2], request)
        document = selected(self._document(route), request.query.get("_fields", ""))
        return self._answer(php_json(document).encode("ascii"))

    def _description(self, route: str) -> Answer:
        """What OPTIONS answers: a route's parameters, and the schema that all but plugins give."""
        entry = options(route, self._addresses, self._max_per_page)
        return self._answer(php_json(entry).encode("ascii"))

    def _collection(self, collection: Collection, request: Request) -> Answer:
        known = queries.schemas(collection, self._max_per_page)
        values, signed_in = queries.parsed(known, request), self._is_signed_in(request)
        queries.check(collection, values, request, signed_in=signed_in)
        page = queries.page(self, collection, values)
        if collection.kind == "post" and values["page"] > page.pages and page.total > 0:
            raise Refusal("rest_post_invalid_page_number")
        headers = {"X-WP-Total": str(page.total), "X-WP-TotalPages": str(page.pages)}
        # With plain permalinks `rest_route` is part of the URL, not a parameter.
        query = dict(request.query)
        route = query.pop("rest_route") if self._addresses.plain else collection.route
        links = []
        for relation, number in page.neighbours():
            parameters = queries.query_string(query, known, values, number)
            links.append(f'<{self._addresses.rest(f"{route}?{parameters}")}>; rel="{relation}"')
        if links:
            headers["Link"] = ", ".join(links)
        items = [item for item in page.items if signed_in or not item.hidden]
        body = b"[" + b",".join(self._encoded(items, request, values["context"])) + b"]"
        return self._answer(body, headers=headers, signed_in=signed_in)

    def _single_item(self, collection: Collection, item_id: str, request: Request) -> Answer:
        known = queries.schemas(collection, self._max_per_page)
        context = queries.parsed({"context": known["context"]}, request)["context"]
        signed_in = self._is_signed_in(request)
        if item_id == "me" and not signed_in:
            raise Refusal("rest_not_logged_in")
        item = self.account() if item_id == "me" else self.get(collection.name, int(item_id))
        if item is None:
            raise Refusal(collection.not_found)
        if context == "edit" and not signed_in:
            raise Refusal("rest_forbidden_context", collection.edit_item_message)
        if not signed_in and (item.hidden or item.status not in PUBLIC):
            raise Refusal(collection.not_readable, status=401)
        headers = {}
        if collection.kind == "post":
            permalink = self._addresses.permalink(item, self.target(item))
            headers["Link"] = f'<{permalink}>; rel="alternate"; type=text/html'
        (body,) = self._encoded([item], request, context)
        return self._answer(body, headers=headers, signed_in=signed_in)

    def _encoded(self, items: list[Item], request: Request, context: str) -> list[bytes]:
        """The JSON of each item of one answer."""
        fields = request.query.get("_fields", "")
        shape = Shape(self._addresses, self._id_style, context, fields)
        volatile_parts = VolatileParts(vary=self._volatile)
        sent = (encoded(item, self.target(item), self.count(item), shape) for item in items)
        if items and items[0].collection in VOLATILE:
            return [volatile_parts.filled(item) for item in sent]
        return list(sent)

    def _is_signed_in(self, request: Request) -> bool:
        """Whether the request has the application password; a wrong one is read as none."""
        return request.credentials() == (self.user, self.application_password.replace(" ", ""))

    def _document(self, route: str) -> Any:
        """What is at a route that describes the site. Raises Refusal."""
        known = routes(self._addresses, self._max_per_page)
        if route == "/":
            return {**described("index", self._addresses), "routes": known}
        if route[1:] in DISCOVERY["index"]["namespaces"]:
            own = {path: entry for path, entry in known.items() if entry["namespace"] == route[1:]}
            up = [{"href": self._addresses.rest("/")}]
            return {"namespace": route[1:], "routes": own, "_links": {"up": up}}
        name, _, slug = route.removeprefix("/wp/v2/").partition("/")
        if name not in DESCRIBED or not route.startswith("/wp/v2/"):
            raise Refusal("rest_no_route")
        document = described(name, self._addresses)
        if slug and slug not in document:
            raise Refusal(DESCRIBED[name])
        return document[slug] if slug else document

    def _web_page(self, request: Request) -> Answer:
        """What a browser gets; with plain permalinks, that is also what /wp-json/ answers."""
        addresses, headers = self._addresses, {"Content-Type": "text/html; charset=UTF-8"}
        if addresses.plain and not request.path.endswith(("/", ".php")):
            query = f"?{urlencode(request.query)}" if request.query else ""
            location = f"{addresses.url}{quote(request.path)}/{query}"
            return Answer(301, {**headers, **DISCOVERY["redirect"], "Location": location}, b"")
        headers["Link"] = f'<{addresses.rest("/")}>; rel="https://api.w.org/"'
        root = html.escape(addresses.rest("/"))
        body = DISCOVERY["front_page"].format(name=DISCOVERY["index"]["name"], root=root)
        known = addresses.plain or request.path in ("/", "/index.php")
        return Answer(200 if known else 404, headers, body.encode())

    def _answer(
        self,
        body: bytes,
        status: int = 200,
        *,
        headers: Mapping[str, str] | None = None,
        signed_in: bool = False,
        by_core: bool = True,
        allows_get: bool = True,
    ) -> Answer:
        """An answer with the headers that WordPress always sends, in its order.

        Plugins that call `wp_send_json` end the request before WordPress core adds the last ones.
        """
        link = {"Link": f'<{self._addresses.rest("/")}>; rel="https://api.w.org/"'}
        sent = {**HEADERS["always"], **link, **(headers or {})}
        if signed_in:
            sent |= HEADERS["signed_in"]
        if by_core and allows_get:
            sent["Allow"] = "GET"
        if by_core:
            sent["Vary"] = "Origin"
        return Answer(status, sent, body)
