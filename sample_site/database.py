"""The items of a sample site: what queries find, and what editors change."""

import threading
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping
from functools import lru_cache, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from zlib import crc32

from sample_site import content
from sample_site.content import COLLECTIONS
from sample_site.items import DAY, LATEST, OPENED, Item, initial_items, new_item, pick_one

PUBLIC = frozenset({"publish", "inherit"})

# MariaDB sorts by these with LIMIT and without a second key: items with equal values come in
# another order on each page, so that items are lost and repeated although nobody writes.
UNSTABLE = frozenset({"modified", "author"})

D = TypeVar("D", bound="StoredItems")
P = ParamSpec("P")
R = TypeVar("R")

# The attributes of an item by which WordPress can sort it, where the names differ.
SORT_ATTRIBUTES = {"date_gmt": "date", "menu_order": "number", "post": "target"}


@lru_cache(maxsize=4096)
def collated(text: str) -> str:
    """A text as MySQL compares it: without case and accents."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def sort_value(item: Item, orderby: str) -> Any:
    """The value by which an item is sorted; equal for all items if only the id decides."""
    if orderby in ("name", "title"):
        return collated(content.title(item.collection, item.number))
    if orderby == "slug":
        return content.slug(item.collection, item.number)
    if orderby == "description":
        return content.description(item.collection, item.number, item.revision)
    if orderby == "parent" and item.collection == "media":
        return item.target
    return getattr(item, SORT_ATTRIBUTES.get(orderby, orderby), 0)


def locked(method: Callable[Concatenate[D, P], R]) -> Callable[Concatenate[D, P], R]:
    """Let one thread at a time into the methods of a database."""

    @wraps(method)
    def wrapper(self: D, *args: P.args, **kwargs: P.kwargs) -> R:
        with self._lock:
            return method(self, *args, **kwargs)

    return wrapper


class StoredItems:
    """The items of a site, and what queries find. Unknown collections and ids raise KeyError."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self._lock = threading.RLock()
        self._items = initial_items(counts)
        self._sorted: dict[str, dict[tuple[str, bool, int], list[Item]]] = {}
        self._counts: dict[str, Counter[int]] = {}

    def get(self, collection: str, item_id: int) -> Item | None:
        return self._items[collection].get(item_id)

    def of_kind(self, kind: str) -> list[Item]:
        """All items of the collections of a kind, whatever their status, by id."""
        names = [name for name, collection in COLLECTIONS.items() if collection.kind == kind]
        items = (item for name in names for item in self._items[name].values())
        return sorted(items, key=lambda item: item.id)

    def public(self, collection: str, orderby: str, *, descending: bool, limit: int) -> list[Item]:
        """The items that a visitor's query counts, sorted; `limit` is where the page ends."""
        limit = limit if orderby in UNSTABLE else 0
        orders = self._sorted.setdefault(collection, {})
        order = (orderby, descending, limit)
        if order not in orders:
            items = [item for item in self._items[collection].values() if item.status in PUBLIC]
            orders[order] = sorted(
                items, key=lambda item: self._sort_key(item, orderby, limit), reverse=descending
            )
        return orders[order]

    def _sort_key(self, item: Item, orderby: str, limit: int) -> Any:
        value = self.count(item) if orderby == "count" else sort_value(item, orderby)
        tie_break = crc32(b"%d %d" % (item.id, limit)) if orderby in UNSTABLE else item.id
        return value, tie_break

    @locked
    def readable_ids(self, collection: str) -> list[int]:
        """The ids of what a visitor can read, ascending."""
        items = self._items[collection].values()
        return sorted(item.id for item in items if item.status in PUBLIC and not item.hidden)

    def account(self) -> Item:
        """The user to whom the application password belongs: the first one."""
        user_id = pick_one(self.readable_ids("users"), 0)
        return self._items["users"].get(user_id) or Item("users", 1, 0, OPENED, OPENED)

    def target(self, item: Item) -> Item | None:
        """The post, page or book to which a comment or medium belongs."""
        if not item.target:
            return None
        found = (self._items[name].get(item.target) for name in ("posts", "pages", "books"))
        return next(filter(None, found), None)

    def count(self, item: Item) -> int:
        """The number of published posts of a term, or of replies to a comment; else 0."""
        name, kind = item.collection, COLLECTIONS[item.collection].kind
        if kind not in ("term", "comment"):
            return 0
        if name not in self._counts:
            owner = {"comments": "comments", "genres": "books"}.get(name, "posts")
            items = [item for item in self._items[owner].values() if item.status in PUBLIC]
            if kind == "comment":
                self._counts[name] = Counter(item.parent for item in items)
            else:
                terms = (dict(item.terms).get(name, ()) for item in items)
                self._counts[name] = Counter(term for ids in terms for term in ids)
        return self._counts[name][item.id]

    def _invalidate(self, collection: str) -> None:
        """Drop what was computed from the former state of a collection."""
        for name in (collection, *COLLECTIONS[collection].taxonomies):
            self._sorted.pop(name, None)
            self._counts.pop(name, None)


class Database(StoredItems):
    """The items of a site, which editors change; each change is a minute after the last one."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        super().__init__(counts)
        self._numbers = {name: len(items) for name, items in self._items.items()}
        self._now = LATEST + DAY

    @locked
    def publish(self, collection: str) -> int:
        """Add an item that everybody can read; its id is the highest."""
        return self._add(collection, max(self._used_ids(collection), default=0) + 1)

    @locked
    def draft(self, collection: str) -> int:
        """Add an item that nobody can read yet, with an unused id between two others.

        A post in draft, a comment held for moderation, a user without posts. If no id is unused,
        its id is the highest.
        """
        used, own = self._used_ids(collection), self._items[collection]
        free = sorted(set(range(min(own, default=0), max(own, default=0))) - used)
        item_id = free[len(free) // 2] if free else max(used, default=0) + 1
        self._add(collection, item_id)
        status = "hold" if COLLECTIONS[collection].kind == "comment" else "draft"
        self._change(collection, item_id, status=status)
        return item_id

    @locked
    def publish_draft(self, collection: str, item_id: int) -> None:
        """Make a draft readable; a comment keeps the date on which it was written."""
        now, status = self._next_minute(), "inherit" if collection == "media" else "publish"
        is_comment = COLLECTIONS[collection].kind == "comment"
        dates = {} if is_comment else {"date": now, "modified": now}
        self._change(collection, item_id, status=status, **dates)

    @locked
    def edit(self, collection: str, item_id: int) -> None:
        """Change the text of an item; only posts, pages, media and books show when."""
        revision = self._items[collection][item_id].revision + 1
        self._change(collection, item_id, revision=revision, modified=self._next_minute())

    @locked
    def delete(self, collection: str, item_id: int) -> None:
        """Trash a post or comment, remove a term or user.

        The comments of a post are trashed too. A removed term is removed from its posts.
        """
        kind = COLLECTIONS[collection].kind
        if kind == "post":
            self._change(collection, item_id, status="trash", modified=self._next_minute())
            for comment in list(self._items["comments"].values()):
                if comment.target == item_id and comment.status in PUBLIC:
                    self._change("comments", comment.id, status="post-trashed")
        elif kind == "comment":
            self._change(collection, item_id, status="trash")
        else:
            del self._items[collection][item_id]
            self._invalidate(collection)
        if kind == "term":
            self._remove_term(collection, item_id)

    @locked
    def hide(self, collection: str, item_id: int) -> None:
        """Keep an item counted and in its place, but do not send it to visitors any more."""
        self._change(collection, item_id, hidden=True)

    @locked
    def show(self, collection: str, item_id: int) -> None:
        """Undo `hide`."""
        self._change(collection, item_id, hidden=False)

    def _remove_term(self, taxonomy: str, term_id: int) -> None:
        for item in self.of_kind("post"):
            terms = tuple(
                (name, tuple(one for one in ids if (name, one) != (taxonomy, term_id)))
                for name, ids in item.terms
            )
            if terms != item.terms:
                self._change(item.collection, item.id, terms=terms)

    def _used_ids(self, collection: str) -> set[int]:
        """The ids of all collections that are numbered together with this one."""
        table = COLLECTIONS[collection].table
        names = [name for name, other in COLLECTIONS.items() if other.table == table]
        return {item_id for name in names for item_id in self._items[name]}

    def _add(self, collection: str, item_id: int) -> int:
        number, now = self._numbers[collection], self._next_minute()
        self._numbers[collection] += 1
        if COLLECTIONS[collection].kind == "comment":
            target = pick_one(self.readable_ids("posts"), -1)
            item = Item(collection, item_id, number, now, now, target=target)
        else:
            ids = {name: self.readable_ids(name) for name in COLLECTIONS if name != "comments"}
            item = new_item(collection, item_id, number, now, ids)._replace(modified=now)
        self._items[collection][item_id] = item
        self._invalidate(collection)
        return item_id

    def _change(self, collection: str, item_id: int, **changes: Any) -> None:
        items = self._items[collection]
        items[item_id] = items[item_id]._replace(**changes)
        self._invalidate(collection)

    def _next_minute(self) -> int:
        """The time of a change: one minute after the last one."""
        self._now += 60
        return self._now
