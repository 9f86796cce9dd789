"""A small WordPress in memory: what it answers, and what its editors do (see `Database`)."""

import re
from collections.abc import Mapping

from sample_site.content import COLLECTIONS, DEFAULT_COUNTS
from sample_site.database import Database, locked
from sample_site.items import Addresses
from sample_site.messages import Answer, Request, php_json, selected
from sample_site.rest.discovery import document, options
from sample_site.rest.item_routes import ItemRoutes, Setup
from sample_site.rest.queries import Refusal
from sample_site.rest.raw_rows import TABLES
from sample_site.rest.responses import rest_answer, web_page

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
        addresses = Addresses(url, plain_permalinks, suffix)
        self._setup = Setup(addresses, max_per_page, id_style, volatile)
        self._item_routes = ItemRoutes(self, self._setup)
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
        return self._setup.addresses.url

    @url.setter
    def url(self, url: str) -> None:
        self._setup.addresses = self._setup.addresses._replace(url=url.rstrip("/"))

    @locked
    def answer(self, request: Request) -> Answer:
        """What WordPress answers to a request."""
        route = self._route(request)
        if route is None:
            return web_page(request, self._setup.addresses)
        signed_in = self._is_signed_in(request)
        try:
            answer = self._read(route, request, signed_in=signed_in)
        except Refusal as refusal:
            answer = rest_answer(
                php_json(refusal.body).encode("ascii"),
                self._setup.addresses,
                refusal.status,
                signed_in=signed_in,
                allows_get=refusal.allows_get,
            )
        return Answer(answer.status, answer.headers, b"") if request.method == "HEAD" else answer

    def _route(self, request: Request) -> str | None:
        """The requested route; None where WordPress would show a web page."""
        path, route = request.path.rstrip("/"), request.query.get("rest_route")
        if route and path in ("", "/index.php"):
            return "/" + route.strip("/")
        is_rest = path == "/wp-json" or path.startswith("/wp-json/")
        return (path[8:] or "/") if is_rest and not self._setup.addresses.plain else None

    def _read(self, route: str, request: Request, *, signed_in: bool) -> Answer:
        """What a route of the REST API answers. Raises Refusal."""
        addresses, max_per_page = self._setup.addresses, self._setup.max_per_page
        if "OPTIONS" in (request.method, request.query.get("_method")):
            entry = options(route, addresses, max_per_page)
            return rest_answer(php_json(entry).encode("ascii"), addresses, signed_in=signed_in)
        if request.method not in ("GET", "HEAD"):
            raise Refusal("rest_no_route")
        if route in self._tables:
            rows = list(self._tables[route](self, addresses))
            body = php_json(rows).encode("ascii")
            return rest_answer(body, addresses, signed_in=signed_in, by_core=False)
        if collection := COLLECTIONS.get(route.removeprefix("/wp/v2/")):
            return self._item_routes.collection(collection, request, signed_in=signed_in)
        if single := SINGLE_ITEM.fullmatch(route):
            collection = COLLECTIONS[single[1]]
            return self._item_routes.item(collection, single[2], request, signed_in=signed_in)
        found = document(route, addresses, max_per_page)
        shown = selected(found, request.query.get("_fields", ""))
        return rest_answer(php_json(shown).encode("ascii"), addresses, signed_in=signed_in)

    def _is_signed_in(self, request: Request) -> bool:
        """Whether the request has the application password; a wrong one is read as none."""
        return request.credentials() == (self.user, self.application_password.replace(" ", ""))
