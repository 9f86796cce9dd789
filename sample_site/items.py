"""Items: which ones a new site has, their ids, dates, references and URLs.

Their texts are in `content`.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import md5
from typing import NamedTuple
from urllib.parse import quote

from sample_site import content
from sample_site.content import COLLECTIONS
from sample_site.messages import local

DAY = 86_400
OPENED = 1_551_398_400  # 2019-03-01: the date of everything that is not a post or comment.
LATEST = 1_793_318_400  # 2026-10-30: no item of a new site is younger.
BULK_EDIT = 1_718_180_100  # 2024-06-12 08:15:00: one SQL statement changed half of the posts.
ID_STEPS = (1, 1, 2, 1, 3)  # Ids have gaps, as revisions, spam and deleted items leave them.


class Item(NamedTuple):
    """One item. Times are seconds since 1970; `number` chooses its texts."""

    collection: str
    id: int
    number: int
    date: int
    modified: int
    status: str = "publish"
    hidden: bool = False  # Counted in X-WP-Total and given a place in the page, but not sent.
    author: int = 0
    parent: int = 0
    target: int = 0  # The post to which a medium or comment belongs.
    featured: int = 0
    terms: tuple[tuple[str, tuple[int, ...]], ...] = ()
    revision: int = 0

    @property
    def text_key(self) -> tuple[str, int, int]:
        """What chooses the texts of the item."""
        return self.collection, self.number, self.revision


Items = dict[str, dict[int, Item]]
Ids = Mapping[str, Sequence[int]]


def initial_items(counts: Mapping[str, int]) -> Items:
    """The items of each collection, by id. Raises ValueError for an unknown collection."""
    unknown = set(counts) - set(COLLECTIONS)
    if unknown:
        raise ValueError(f"No such collections: {sorted(unknown)}")
    items = cached_items(tuple(counts.get(name, 0) for name in COLLECTIONS))
    return {name: dict(own) for name, own in items.items()}


@lru_cache(maxsize=256)
def cached_items(counts: tuple[int, ...]) -> Items:
    wanted = dict(zip(COLLECTIONS, counts, strict=True))
    ids = initial_ids(wanted)
    items: Items = {name: {} for name in COLLECTIONS}
    for name, collection in COLLECTIONS.items():
        if collection.kind == "comment":
            items[name] = initial_comments(ids[name], items)
            continue
        for number, item_id in enumerate(ids[name]):
            date = published(number, wanted[name]) if collection.kind == "post" else OPENED
            items[name][item_id] = new_item(name, item_id, number, date, ids)
    return items


def initial_ids(wanted: Mapping[str, int]) -> dict[str, list[int]]:
    """The ids of every collection; those that share a table are numbered by date."""
    ids: dict[str, list[int]] = {name: [] for name in COLLECTIONS}
    last = dict.fromkeys((collection.table for collection in COLLECTIONS.values()), 0)
    if wanted["posts"] or wanted["pages"]:
        last["posts"] = 2  # A new WordPress has one post and one page; both were deleted.
    queue = sorted(
        (published(number, wanted[name]) if collection.kind == "post" else place, place, name)
        for place, (name, collection) in enumerate(COLLECTIONS.items())
        for number in range(wanted[name])
    )
    for turn, (_, _, name) in enumerate(queue):
        table = COLLECTIONS[name].table
        last[table] += ID_STEPS[turn % len(ID_STEPS)] if ids[name] else 1
        ids[name].append(last[table])
    return ids


def published(number: int, count: int) -> int:
    """When the n-th of so many items was published: evenly over the years, at office hours."""
    day = OPENED + (LATEST - OPENED) * (number + 1) // (count + 1) // DAY * DAY
    return day + (7 + number * 5 % 12) * 3600 + number * 17 % 60 * 60 + number * 7 % 60


def pick(ids: Sequence[int], *places: int) -> tuple[int, ...]:
    """The ids at these positions, each once; empty if there are no ids."""
    return tuple(dict.fromkeys(ids[place % len(ids)] for place in places)) if ids else ()


def pick_one(ids: Sequence[int], place: int) -> int:
    """The id at this position, or 0, WordPress's value for none."""
    return ids[place % len(ids)] if ids else 0


def new_item(name: str, item_id: int, number: int, date: int, ids: Ids) -> Item:
    """The n-th item of any collection but comments; `ids` are what it may refer to."""
    item = Item(name, item_id, number, date, date)
    if COLLECTIONS[name].kind != "post":
        nested = name in ("categories", "genres") and number >= 4 and number % 3 == 1
        return item._replace(parent=pick_one(ids[name], number // 3) if nested else 0)
    if number % 4 == 1:
        item = item._replace(modified=date + (number * 7919 % 41) * 3211)
    item = item._replace(author=pick_one(ids["users"], number * 5 + number // 7))
    if name == "media":
        owner = pick_one(ids["posts"], number * 3) if number % 4 else 0
        return item._replace(status="inherit", target=owner)
    if name == "pages":
        return item._replace(parent=pick_one(ids["pages"], 0) if number in (2, 5, 6) else 0)
    if name == "books":
        return item._replace(terms=(("genres", pick(ids["genres"], number, number * 3)),))
    if number % 2 == 0 and date < BULK_EDIT:
        item = item._replace(modified=BULK_EDIT)
    category = content.CATEGORIES.index(content.entry("posts", number)["category"])
    tags = pick(ids["tags"], number, number * 7 + 3, number * 13 + 5)[: number % 4]
    featured = pick_one(ids["media"], number) if number % 3 else 0
    terms = (("categories", pick(ids["categories"], category)), ("tags", tags))
    return item._replace(featured=featured, terms=terms)


def initial_comments(ids: Sequence[int], items: Items) -> dict[int, Item]:
    """The comments: each on a post that was new at the time, some in reply to another comment."""
    posts = list((items["posts"] or items["pages"] or items["books"]).values())
    comments: dict[int, Item] = {}
    latest: dict[int, int] = {}
    for number, comment_id in enumerate(ids):
        date = published(number, len(ids)) + 3600
        target = 0
        if posts:
            existing = 1 + (len(posts) - 1) * (number + 1) // (len(ids) + 1)
            age = (number * number + 3 * number) % min(existing, 9)
            post = posts[max(0, existing - 1 - age)]
            target, date = post.id, max(date, post.date + 1800)
        parent = latest.get(target, 0) if number % 4 == 3 else 0
        latest[target] = comment_id
        comments[comment_id] = Item(
            "comments", comment_id, number, date, date, parent=parent, target=target
        )
    return comments


class Addresses(NamedTuple):
    """The URLs of a site at `url`, with pretty or plain permalinks; `suffix` ends plugin routes."""

    url: str
    plain: bool = False
    suffix: str = ""

    def rest(self, route: str) -> str:
        """The URL of a route. In a plain one with a query the route is percent-encoded."""
        if not self.plain:
            return f"{self.url}/wp-json{route}"
        path, mark, query = route.partition("?")
        path = quote(path, safe="${}") if mark else path
        return f"{self.url}/index.php?rest_route={path}{'&' if mark else ''}{query}"

    def permalink(self, item: Item, target: Item | None = None) -> str:
        """The web page of an item; `target` is the post to which a medium or comment belongs."""
        collection = COLLECTIONS[item.collection]
        nested = target and (collection.kind == "comment" or not self.plain)
        page = self.permalink(target) if target and nested else f"{self.url}/"
        pattern = collection.plain_permalink if self.plain else collection.permalink
        slug = "" if collection.kind == "comment" else content.slug(item.collection, item.number)
        return page + pattern.format(id=item.id, slug=slug, month=month(item))

    def upload_stem(self, item: Item) -> str:
        """The URL of an uploaded file, without the extension."""
        slug = content.slug("media", item.number)
        return f"{self.url}/wp-content/uploads/{month(item)}/{slug}"

    def upload(self, item: Item) -> str:
        return f"{self.upload_stem(item)}.{content.entry('media', item.number)['extension']}"

    def guid(self, item: Item) -> str:
        return self.upload(item) if item.collection == "media" else f"{self.url}/?p={item.id}"

    def avatar(self, item: Item) -> str:
        """A Gravatar URL of a user or a comment's author.

        Over http the server is random where there is no e-mail address.
        """
        is_user = item.collection == "users"
        slug = content.slug("users", item.number) if is_user else ""
        email = f"{slug}@tidewell-lantern.example" if is_user else content.email(item.number)
        digest = md5(email.encode(), usedforsecurity=False).hexdigest() if email else ""
        server = f"http://{int(digest[0], 16) % 3 if digest else '{server}'}"
        if self.url.startswith("https:"):
            server = "https://secure"
        return f"{server}.gravatar.com/avatar/{digest}"


def month(item: Item) -> str:
    """`2026/07`: the folder of a post or an uploaded file."""
    return local(item.date)[:7].replace("-", "/")
