"""The rules of the REST API: what WordPress answers to which request."""

import base64
import re
from dataclasses import dataclass

from sample_site import discovery, parameters, raw_rows
from sample_site.addresses import Addresses
from sample_site.catalogue import PUBLIC, Catalogue
from sample_site.fields import selected
from sample_site.items import Item
from sample_site.kinds import COLLECTIONS, POST, Collection
from sample_site.listing import listing
from sample_site.messages import Answer, Request, php_json
from sample_site.placeholders import VOLATILE, Filler
from sample_site.refusals import NO_ROUTE, Refusal, check, invalid
from sample_site.rendering import encoded
from sample_site.shapes import Shape

SINGLE = re.compile(r"/wp/v2/(\w+)/(\d+|me)")


@dataclass(frozen=True)
class Rules:
    """What may be set about a site; see `SampleSite`."""

    suffix: str
    plain_permalinks: bool
    max_per_page: int
    id_style: str
    volatile: bool
    user: str
    application_password: str


class RestApi:
    """Answers for a catalogue."""

    def __init__(self, catalogue: Catalogue, rules: Rules, url: str) -> None:
        self._catalogue = catalogue
        self._rules = rules
        self.addresses = Addresses(url, rules.plain_permalinks)
        self._tables = {
            f"/mo/v1/{name}_{rules.suffix}": table for name, table in raw_rows.TABLES.items()
        }

    def answer(self, request: Request) -> Answer:
        route = self._route(request)
        if route is None:
            return discovery.web_page(request, self.addresses)
        try:
            answer = self._found(route, request)
        except Refusal as refusal:
            answer = self._answer(
                php_json(refusal.body), refusal.status, allows_get=refusal.allows_get
            )
        return Answer(answer.status, answer.headers, b"") if request.method == "HEAD" else answer

    def _route(self, request: Request) -> str | None:
        """The route that is asked for; None where WordPress would show a web page."""
        path, route = request.path.rstrip("/"), request.query.get("rest_route")
        if route and path in ("", "/index.php"):
            return "/" + route.strip("/")
        is_rest = path == "/wp-json" or path.startswith("/wp-json/")
        return (path[8:] or "/") if is_rest and not self._rules.plain_permalinks else None

    def _found(self, route: str, request: Request) -> Answer:
        if request.method not in ("GET", "HEAD"):
            raise Refusal(*NO_ROUTE, 404)
        if route in self._tables:
            rows = self._tables[route](self._catalogue, self.addresses)
            return self._answer(php_json(rows), core=False)
        name = route.removeprefix("/wp/v2/")
        if name in COLLECTIONS:
            return self._collection(COLLECTIONS[name], request)
        single = SINGLE.fullmatch(route)
        if single and single[1] in COLLECTIONS and (single[2] != "me" or single[1] == "users"):
            return self._single(COLLECTIONS[single[1]], single[2], request)
        document = discovery.document(route, self.addresses, self._rules.max_per_page, self._tables)
        if document is None:
            raise Refusal(*discovery.UNKNOWN.get(route.rpartition("/")[0], NO_ROUTE), 404)
        return self._answer(php_json(selected(document, request.query.get("_fields", ""))))

    def _collection(self, collection: Collection, request: Request) -> Answer:
        known = parameters.schemas(collection, self._rules.max_per_page)
        values, refused = parameters.read(known, request.query)
        if refused:
            raise invalid(refused)
        signed_in = self._signed_in(request)
        check(collection, values, request, signed_in=signed_in)
        page = listing(self._catalogue, collection, values)
        if collection.kind is POST and values["page"] > page.pages and page.total > 0:
            message = "The page number requested is larger than the number of pages available."
            raise Refusal("rest_post_invalid_page_number", message, 400)
        headers = {"X-WP-Total": str(page.total), "X-WP-TotalPages": str(page.pages)}
        # Where `rest_route` is the address, it is not a parameter.
        query = dict(request.query)
        route = query.pop("rest_route") if self._rules.plain_permalinks else collection.route
        links = []
        for relation, number in page.neighbours():
            neighbour = parameters.query_string(query, known, values, number)
            links.append(f'<{self.addresses.rest(route, neighbour)}>; rel="{relation}"')
        if links:
            headers["Link"] = ", ".join(links)
        rows = [item for item in page.rows if signed_in or not item.hidden]
        body = b"[" + b",".join(self._encoded(rows, request, values["context"])) + b"]"
        return self._answer(body, headers=headers, signed_in=signed_in)

    def _single(self, collection: Collection, which: str, request: Request) -> Answer:
        known = parameters.schemas(collection, self._rules.max_per_page)
        values, refused = parameters.read({"context": known["context"]}, request.query)
        if refused:
            raise invalid(refused)
        signed_in = self._signed_in(request)
        item = self._item(collection, which, signed_in=signed_in)
        if values["context"] == "edit" and not signed_in:
            raise Refusal("rest_forbidden_context", collection.kind.edit_one_refusal, 401)
        if not signed_in and (item.hidden or item.status not in PUBLIC):
            raise Refusal(*collection.kind.unreadable, 401)
        headers = {}
        if collection.kind is POST:
            permalink = self.addresses.of(item, self._catalogue.target(item))
            headers["Link"] = f'<{permalink}>; rel="alternate"; type=text/html'
        (body,) = self._encoded([item], request, values["context"])
        return self._answer(body, headers=headers, signed_in=signed_in)

    def _item(self, collection: Collection, which: str, *, signed_in: bool) -> Item:
        """The item with an id, or the account of the caller. Raises Refusal."""
        if which == "me":
            if not signed_in:
                raise Refusal("rest_not_logged_in", "You are not currently logged in.", 401)
            return self._catalogue.account()
        item = self._catalogue.get(collection.name, int(which))
        if item is None:
            raise Refusal(*collection.kind.missing, 404)
        return item

    def _encoded(self, items: list[Item], request: Request, context: str) -> list[bytes]:
        """The JSON of each item of one response."""
        fields = request.query.get("_fields", "")
        shape = Shape(self.addresses, self._rules.id_style, context, fields)
        filler = Filler(self._rules.volatile)
        sent = []
        for item in items:
            target, count = self._catalogue.target(item), self._catalogue.count(item)
            written = encoded(item, target, count, shape)
            sent.append(filler.filled(written) if item.collection in VOLATILE else written)
        return sent

    def _signed_in(self, request: Request) -> bool:
        """Whether the request bears the application password; a wrong one is read as none."""
        scheme, _, credentials = request.header("Authorization").partition(" ")
        if scheme.lower() != "basic":
            return False
        try:
            user, _, password = base64.b64decode(credentials).decode().partition(":")
        except ValueError:
            return False
        given = (user, password.replace(" ", ""))
        return given == (self._rules.user, self._rules.application_password.replace(" ", ""))

    def _answer(
        self,
        body: bytes,
        status: int = 200,
        *,
        headers: dict[str, str] | None = None,
        signed_in: bool = False,
        core: bool = True,
        allows_get: bool = True,
    ) -> Answer:
        """An answer with the headers that WordPress always sends, in its order.

        Plugins that call `wp_send_json` end the request before core adds the last ones.
        """
        sent = {
            "Content-Type": "application/json; charset=UTF-8",
            "X-Robots-Tag": "noindex",
            "Link": f'<{self.addresses.root}>; rel="https://api.w.org/"',
            "X-Content-Type-Options": "nosniff",
            "Access-Control-Expose-Headers": "X-WP-Total, X-WP-TotalPages, Link",
            "Access-Control-Allow-Headers": "Authorization, X-WP-Nonce, Content-Disposition,"
            " Content-MD5, Content-Type",
            **(headers or {}),
        }
        if signed_in:
            sent["Expires"] = "Wed, 11 Jan 1984 05:00:00 GMT"
            sent["Cache-Control"] = "no-cache, must-revalidate, max-age=0"
        if core and allows_get:
            sent["Allow"] = "GET"
        if core:
            sent["Vary"] = "Origin"
        return Answer(status, sent, body)
