"""What the site holds, in every order, and what its editors do to it; no REST in here."""

import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any
from zlib import crc32

from sample_site import content
from sample_site.items import DAY, LATEST, OPENED, Item, first, made, populated
from sample_site.kinds import COLLECTIONS, COMMENT, POST, TERM

PUBLIC = frozenset({"publish", "inherit"})

# MariaDB sorts these with LIMIT and no tie-break: equal values come in another order on every
# page, so that rows are lost and repeated with nobody writing.
UNSTEADY = frozenset({"modified", "author"})


@lru_cache(maxsize=4096)
def collated(text: str) -> str:
    """A text as MySQL compares it: without case and accents."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


SORT_KEYS: dict[str, Callable[[Item], Any]] = {
    "author": lambda item: item.author,
    "date": lambda item: item.date,
    "date_gmt": lambda item: item.date,
    "description": lambda item: content.description(item.collection, item.number, item.revision),
    "menu_order": lambda item: item.number,
    "modified": lambda item: item.modified,
    "name": lambda item: collated(content.title(item.collection, item.number)),
    "parent": lambda item: item.parent or (item.target if item.collection == "media" else 0),
    "post": lambda item: item.target,
    "slug": lambda item: content.slug(item.collection, item.number),
    "title": lambda item: collated(content.title(item.collection, item.number)),
}


class Catalogue:
    """The items of a site. Unknown collections and ids raise KeyError."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self._items = populated(counts)
        self._numbers = {name: len(items) for name, items in self._items.items()}
        self._orders: dict[str, dict[tuple[str, bool, int], list[Item]]] = {}
        self._counts: dict[str, Counter[int]] = {}
        self._now = LATEST + DAY

    # What is there.

    def get(self, collection: str, item_id: int) -> Item | None:
        return self._items[collection].get(item_id)

    def all(self, collection: str) -> list[Item]:
        """Every item, whatever its status, by id."""
        return [item for _, item in sorted(self._items[collection].items())]

    def listed(self, collection: str, orderby: str, *, descending: bool, limit: int) -> list[Item]:
        """The items that a visitor's query counts; `limit` is where the page ends."""
        limit = limit if orderby in UNSTEADY else 0
        orders = self._orders.setdefault(collection, {})
        key = (orderby, descending, limit)
        if key not in orders:
            public = [item for item in self._items[collection].values() if item.status in PUBLIC]
            public.sort(key=self._sort_key(orderby, limit), reverse=descending)
            orders[key] = public
        return orders[key]

    def _sort_key(self, orderby: str, limit: int) -> Callable[[Item], Any]:
        if orderby == "count":
            return lambda item: (self.count(item), item.id)
        column = SORT_KEYS.get(orderby)
        if column is None:
            return lambda item: item.id
        if orderby in UNSTEADY:
            return lambda item: (column(item), crc32(b"%d %d" % (item.id, limit)))
        return lambda item: (column(item), item.id)

    def readable_ids(self, collection: str) -> list[int]:
        """The ids of what a visitor can read, ascending."""
        return sorted(
            item.id
            for item in self._items[collection].values()
            if item.status in PUBLIC and not item.hidden
        )

    def account(self) -> Item:
        """Whose application password the site's is: the first user's."""
        users = self.readable_ids("users")
        return self._items["users"][users[0]] if users else Item("users", 1, 0, OPENED, OPENED)

    def target(self, item: Item) -> Item | None:
        """The post, page or book that a comment or medium belongs to."""
        if not item.target:
            return None
        found = (self._items[name].get(item.target) for name in ("posts", "pages", "books"))
        return next((post for post in found if post), None)

    def count(self, item: Item) -> int:
        """How many published posts a term has, or a comment replies; 0 for anything else."""
        name, kind = item.collection, COLLECTIONS[item.collection].kind
        if kind not in (TERM, COMMENT):
            return 0
        if name not in self._counts:
            count = self._posts_by_term if kind is TERM else self._replies
            self._counts[name] = count(name)
        return self._counts[name][item.id]

    def _posts_by_term(self, taxonomy: str) -> Counter[int]:
        owner = "books" if taxonomy == "genres" else "posts"
        posts = (post for post in self._items[owner].values() if post.status in PUBLIC)
        return Counter(term for post in posts for term in dict(post.terms).get(taxonomy, ()))

    def _replies(self, collection: str) -> Counter[int]:
        comments = self._items[collection].values()
        return Counter(comment.parent for comment in comments if comment.status in PUBLIC)

    # What editors do.

    def publish(self, collection: str) -> int:
        """Add an item that everybody can read; its id is the highest."""
        table = COLLECTIONS[collection].table
        highest = max((max(self._items[name], default=0) for name in sharing(table)), default=0)
        return self._add(collection, highest + 1)

    def draft(self, collection: str) -> int:
        """An item that was begun some time ago, its id amid the others; nobody can read it yet.

        A post in draft, a comment held for moderation, a user without posts. Where no id is free
        in the middle, it is the highest.
        """
        used = {key for name in sharing(COLLECTIONS[collection].table) for key in self._items[name]}
        own = self._items[collection]
        free = sorted(set(range(min(own, default=0), max(own, default=0))) - used)
        item_id = self._add(collection, free[len(free) // 2] if free else max(used, default=0) + 1)
        status = "hold" if COLLECTIONS[collection].kind is COMMENT else "draft"
        self._change(collection, item_id, status=status)
        return item_id

    def publish_draft(self, collection: str, item_id: int) -> None:
        """Make a draft readable; a comment keeps the date on which it was written."""
        now = self._tick()
        dates = {} if COLLECTIONS[collection].kind is COMMENT else {"date": now, "modified": now}
        self._change(collection, item_id, status=public_status(collection), **dates)

    def edit(self, collection: str, item_id: int) -> None:
        """Change the words of an item; only posts, pages, media and books tell when."""
        revision = self._items[collection][item_id].revision + 1
        self._change(collection, item_id, revision=revision, modified=self._tick())

    def delete(self, collection: str, item_id: int) -> None:
        """Trash a post or comment, remove a term or user.

        A trashed post takes its comments along; posts lose a term that is gone.
        """
        kind = COLLECTIONS[collection].kind
        if kind is POST:
            self._change(collection, item_id, status="trash", modified=self._tick())
            self._trash_comments(item_id)
        elif kind is COMMENT:
            self._change(collection, item_id, status="trash")
        else:
            del self._items[collection][item_id]
            self._forget(collection)
        if kind is TERM:
            self._untag(collection, item_id)

    def hide(self, collection: str, item_id: int) -> None:
        """Leave an item counted and in its place, but no longer sent to visitors."""
        self._change(collection, item_id, hidden=True)

    def show(self, collection: str, item_id: int) -> None:
        """Undo `hide`."""
        self._change(collection, item_id, hidden=False)

    def _trash_comments(self, post_id: int) -> None:
        for comment in list(self._items["comments"].values()):
            if comment.target == post_id and comment.status in PUBLIC:
                self._change("comments", comment.id, status="post-trashed")

    def _untag(self, taxonomy: str, term_id: int) -> None:
        for name in ("posts", "books"):
            for post in list(self._items[name].values()):
                terms = tuple(
                    (own, tuple(one for one in ids if (own, one) != (taxonomy, term_id)))
                    for own, ids in post.terms
                )
                if terms != post.terms:
                    self._change(name, post.id, terms=terms)

    def _add(self, collection: str, item_id: int) -> int:
        number, now = self._numbers[collection], self._tick()
        self._numbers[collection] += 1
        if COLLECTIONS[collection].kind is COMMENT:
            target = first(self.readable_ids("posts")[-1:])
            item = Item(collection, item_id, number, now, now, target=target)
        else:
            ids = {name: self.readable_ids(name) for name in COLLECTIONS if name != "comments"}
            item = made(collection, item_id, number, now, ids)._replace(modified=now)
        self._items[collection][item_id] = item
        self._forget(collection)
        return item_id

    def _change(self, collection: str, item_id: int, **changes: Any) -> None:
        items = self._items[collection]
        items[item_id] = items[item_id]._replace(**changes)
        self._forget(collection)

    def _forget(self, collection: str) -> None:
        """Drop what was computed from a collection's former state."""
        for name in (collection, *COLLECTIONS[collection].taxonomies):
            self._orders.pop(name, None)
            self._counts.pop(name, None)

    def _tick(self) -> int:
        """A minute passes with everything that somebody does."""
        self._now += 60
        return self._now


def sharing(table: str) -> list[str]:
    """The collections whose items are numbered together."""
    return [name for name, collection in COLLECTIONS.items() if collection.table == table]


def public_status(collection: str) -> str:
    return "inherit" if collection == "media" else "publish"
