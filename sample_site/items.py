"""The items of the sample site: what is where, when, by whom; their words are in `content`."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from sample_site import content
from sample_site.kinds import COLLECTIONS, COMMENT, POST

OPENED = 1_551_398_400  # 2019-03-01: the Lantern went online.
LATEST = 1_793_318_400  # 2026-10-30: the newest of the content that we begin with.
BULK_EDIT = 1_718_180_100  # 2024-06-12 08:15:00: one SQL statement changed half of the posts.
DAY = 86_400
STEPS = (1, 1, 2, 1, 3)  # Ids have gaps: revisions, spam and deleted items took some.


class Item(NamedTuple):
    """One item. Times are seconds since 1970; `number` chooses its words."""

    collection: str
    id: int
    number: int
    date: int
    modified: int
    status: str = "publish"
    hidden: bool = False  # Counted in X-WP-Total and given a place in the page, but not sent.
    author: int = 0
    parent: int = 0
    target: int = 0  # The post that a comment or a medium belongs to.
    featured: int = 0
    terms: tuple[tuple[str, tuple[int, ...]], ...] = ()
    revision: int = 0


Items = dict[str, dict[int, Item]]


def populated(counts: Mapping[str, int]) -> Items:
    """A site's collections with so many items each; collections not named are empty."""
    unknown = set(counts) - set(COLLECTIONS)
    if unknown:
        raise ValueError(f"No such collections: {sorted(unknown)}")
    initial = initial_items(tuple(counts.get(name, 0) for name in COLLECTIONS))
    return {name: dict(items) for name, items in initial.items()}


@lru_cache(maxsize=256)
def initial_items(counts: tuple[int, ...]) -> Items:
    wanted = dict(zip(COLLECTIONS, counts, strict=True))
    ids = numbered(wanted)
    items: Items = {name: {} for name in COLLECTIONS}
    for name, collection in COLLECTIONS.items():
        if collection.kind is COMMENT:
            items[name] = discussion(ids[name], items)
        else:
            for number, item_id in enumerate(ids[name]):
                date = published(number, wanted[name]) if collection.kind is POST else OPENED
                items[name][item_id] = made(name, item_id, number, date, ids)
    return items


def numbered(wanted: Mapping[str, int]) -> dict[str, list[int]]:
    """The ids of every collection: those that share a table take turns by age."""
    ids: dict[str, list[int]] = {name: [] for name in COLLECTIONS}
    last = dict.fromkeys((collection.table for collection in COLLECTIONS.values()), 0)
    if wanted["posts"] or wanted["pages"]:
        last["posts"] = 2  # WordPress greets with a post and a page; both were deleted.
    queue = sorted(
        (published(number, wanted[name]) if collection.kind is POST else place, place, name)
        for place, (name, collection) in enumerate(COLLECTIONS.items())
        for number in range(wanted[name])
    )
    for turn, (_, _, name) in enumerate(queue):
        table = COLLECTIONS[name].table
        last[table] += STEPS[turn % len(STEPS)] if ids[name] else 1
        ids[name].append(last[table])
    return ids


def published(number: int, count: int) -> int:
    """When the n-th of so many items appeared: evenly over the years, at office hours."""
    day = OPENED + (LATEST - OPENED) * (number + 1) // (count + 1) // DAY * DAY
    return day + (7 + number * 5 % 12) * 3600 + number * 17 % 60 * 60 + number * 7 % 60


def first(ids: Sequence[int]) -> int:
    """The first id, or 0: what WordPress says for none."""
    return ids[0] if ids else 0


def chosen(ids: list[int], *places: int) -> tuple[int, ...]:
    """The ids at these places, each once, wherever there are any."""
    return tuple(dict.fromkeys(ids[place % len(ids)] for place in places)) if ids else ()


def made(name: str, item_id: int, number: int, date: int, ids: dict[str, list[int]]) -> Item:
    """The n-th item of any collection but comments; `ids` are what it may refer to."""
    item = Item(name, item_id, number, date, date)
    if COLLECTIONS[name].kind is not POST:
        nested = name in ("categories", "genres") and number >= 4 and number % 3 == 1
        return item._replace(parent=first(chosen(ids[name], number // 3)) if nested else 0)
    if number % 4 == 1:
        item = item._replace(modified=date + (number * 7919 % 41) * 3211)
    item = item._replace(author=first(chosen(ids["users"], number * 5 + number // 7)))
    if name == "media":
        owner = first(chosen(ids["posts"], number * 3)) if number % 4 else 0
        return item._replace(status="inherit", target=owner)
    if name == "pages":
        return item._replace(parent=first(ids["pages"]) if number in (2, 5, 6) else 0)
    if name == "books":
        return item._replace(terms=(("genres", chosen(ids["genres"], number, number * 3)),))
    if number % 2 == 0 and date < BULK_EDIT:
        item = item._replace(modified=BULK_EDIT)
    columns = chosen(ids["categories"], content.column(number))
    tags = chosen(ids["tags"], number, number * 7 + 3, number * 13 + 5)[: number % 4]
    featured = first(chosen(ids["media"], number)) if number % 3 else 0
    return item._replace(featured=featured, terms=(("categories", columns), ("tags", tags)))


def discussion(ids: list[int], items: Items) -> dict[int, Item]:
    """The comments: each on a story that was fresh at the time, some in answer to another."""
    posts = list((items["posts"] or items["pages"] or items["books"]).values())
    comments: dict[int, Item] = {}
    latest: dict[int, int] = {}
    for number, comment_id in enumerate(ids):
        date = published(number, len(ids)) + 3600
        target = 0
        if posts:
            fresh = 1 + (len(posts) - 1) * (number + 1) // (len(ids) + 1)
            post = posts[max(0, fresh - 1 - (number * number + 3 * number) % min(fresh, 9))]
            target, date = post.id, max(date, post.date + 1800)
        parent = latest.get(target, 0) if number % 4 == 3 else 0
        latest[target] = comment_id
        comments[comment_id] = Item(
            "comments", comment_id, number, date, date, parent=parent, target=target
        )
    return comments
