"""Where things of the site are found: permalinks and REST addresses, pretty or plain."""

from typing import NamedTuple
from urllib.parse import quote

from sample_site import clock, content
from sample_site.items import Item

QUERY_NAMES = {"pages": "page_id", "media": "attachment_id", "categories": "cat", "users": "author"}


class Addresses(NamedTuple):
    """Builds the addresses of a site at `url`."""

    url: str
    plain: bool = False

    @property
    def root(self) -> str:
        return f"{self.url}/index.php?rest_route=/" if self.plain else f"{self.url}/wp-json/"

    def rest(self, route: str, query: str = "") -> str:
        """The address of a route; with a query, a plain one is encoded, as add_query_arg does."""
        if not self.plain:
            return f"{self.url}/wp-json{route}" + (f"?{query}" if query else "")
        if query:
            return f"{self.url}/index.php?rest_route={quote(route, safe='')}&{query}"
        return f"{self.url}/index.php?rest_route={route}"

    def of(self, item: Item, target: Item | None = None) -> str:
        """The permalink of an item; `target` is the post that a medium or comment belongs to."""
        if item.collection == "comments":
            return f"{self.of(target) if target else self.url + '/'}#comment-{item.id}"
        if self.plain:
            return f"{self.url}/?{self._query(item)}"
        return f"{self.url}/{self._path(item, target)}/"

    def upload(self, name: str) -> str:
        return f"{self.url}/wp-content/uploads/{name}"

    @staticmethod
    def _query(item: Item) -> str:
        slug = content.slug(item.collection, item.number)
        if item.collection in ("books", "genres", "tags"):
            return f"{item.collection.removesuffix('s')}={slug}"
        return f"{QUERY_NAMES.get(item.collection, 'p')}={item.id}"

    def _path(self, item: Item, target: Item | None) -> str:
        slug = content.slug(item.collection, item.number)
        if item.collection == "posts":
            date = clock.local(item.date)
            return f"{date[:4]}/{date[5:7]}/{slug}"
        if item.collection == "media" and target:
            return f"{self._path(target, None)}/{slug}"
        prefix = {"categories": "category", "tags": "tag", "genres": "genre", "users": "author",
                  "books": "book"}  # fmt: skip
        return f"{prefix[item.collection]}/{slug}" if item.collection in prefix else slug
