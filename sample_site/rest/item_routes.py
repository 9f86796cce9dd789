"""The routes of collections and of single items."""

from dataclasses import dataclass

from sample_site.content import Collection
from sample_site.database import PUBLIC, StoredItems
from sample_site.items import Addresses, Item
from sample_site.messages import Answer, Request
from sample_site.rest import queries
from sample_site.rest.queries import Refusal
from sample_site.rest.rendering import VOLATILE, Shape, VolatileParts, encoded
from sample_site.rest.responses import rest_answer


@dataclass
class Setup:
    """How a site is set up: its URLs, the limit of `per_page`, and how it renders items."""

    addresses: Addresses
    max_per_page: int
    id_style: str
    volatile: bool


class ItemRoutes:
    """Answers requests for the items in a database; `signed_in` if they come from an editor."""

    def __init__(self, database: StoredItems, setup: Setup) -> None:
        self._database = database
        self._setup = setup

    def collection(self, collection: Collection, request: Request, *, signed_in: bool) -> Answer:
        """A page of a collection. Raises Refusal."""
        known = queries.schemas(collection, self._setup.max_per_page)
        values = queries.parsed(known, request)
        queries.check(collection, values, request, signed_in=signed_in)
        page = queries.page(self._database, collection, values)
        if collection.kind == "post" and values["page"] > page.pages and page.total > 0:
            raise Refusal("rest_post_invalid_page_number")
        headers = {"X-WP-Total": str(page.total), "X-WP-TotalPages": str(page.pages)}
        # With plain permalinks `rest_route` is part of the URL, not a parameter.
        query = dict(request.query)
        route = query.pop("rest_route") if self._setup.addresses.plain else collection.route
        links = []
        for relation, number in page.neighbours():
            parameters = queries.query_string(query, known, values, number)
            links.append(
                f'<{self._setup.addresses.rest(f"{route}?{parameters}")}>; rel="{relation}"'
            )
        if links:
            headers["Link"] = ", ".join(links)
        items = [item for item in page.items if signed_in or not item.hidden]
        body = b"[" + b",".join(self._encoded(items, request, values["context"])) + b"]"
        return rest_answer(body, self._setup.addresses, headers=headers, signed_in=signed_in)

    def item(
        self, collection: Collection, item_id: str, request: Request, *, signed_in: bool
    ) -> Answer:
        """One item, by its id; `me` is the current user. Raises Refusal."""
        database = self._database
        known = queries.schemas(collection, self._setup.max_per_page)
        context = queries.parsed({"context": known["context"]}, request)["context"]
        if item_id == "me" and not signed_in:
            raise Refusal("rest_not_logged_in")
        item = (
            database.account() if item_id == "me" else database.get(collection.name, int(item_id))
        )
        if item is None:
            raise Refusal(collection.not_found)
        if context == "edit" and not signed_in:
            raise Refusal("rest_forbidden_context", collection.edit_item_message)
        if not signed_in and (item.hidden or item.status not in PUBLIC):
            raise Refusal(collection.not_readable, status=401)
        headers = {}
        if collection.kind == "post":
            permalink = self._setup.addresses.permalink(item, database.target(item))
            headers["Link"] = f'<{permalink}>; rel="alternate"; type=text/html'
        (body,) = self._encoded([item], request, context)
        return rest_answer(body, self._setup.addresses, headers=headers, signed_in=signed_in)

    def _encoded(self, items: list[Item], request: Request, context: str) -> list[bytes]:
        """The JSON of each item of one answer."""
        database = self._database
        fields = request.query.get("_fields", "")
        shape = Shape(self._setup.addresses, self._setup.id_style, context, fields)
        volatile_parts = VolatileParts(vary=self._setup.volatile)
        sent = (encoded(item, database.target(item), database.count(item), shape) for item in items)
        if items and items[0].collection in VOLATILE:
            return [volatile_parts.filled(item) for item in sent]
        return list(sent)
