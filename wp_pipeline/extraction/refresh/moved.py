"""Passes on what changed in one collection to the collections that depend on it.

    terms -> posts      another count or slug, or a removed term: posts have other terms than before
    posts -> comments   a post was added, removed, hidden or moved, and its comments with it

A probe of the posts or of the comments shows neither.
"""

import json
import threading
from collections.abc import Iterable

from wp_pipeline.wordpress.endpoints.endpoint import Endpoint

TERMS = frozenset({"categories", "tags"})
COMMENTS = frozenset({"comments"})
MOST_POSTS = 10_000  # that are named in a text; more of them count as all


def is_of_terms(endpoint: Endpoint) -> bool:
    """Whether an endpoint's items are terms of posts, and are read before the posts."""
    return endpoint.is_known_kind and endpoint.address.last_segment in TERMS


def follows(endpoint: Endpoint) -> bool:
    """Whether an endpoint's items belong to posts, and are read after the posts."""
    return endpoint.is_known_kind and endpoint.address.last_segment in COMMENTS


class Moved:
    """What moved in a run. Thread-safe.

    `posts` are ids of posts of any type, `terms` the names of the taxonomies of which a term moved,
    as posts name them; `all_posts` is set if so many posts differ that they were not counted.
    """

    def __init__(self) -> None:
        self.posts: set[int] = set()
        self.terms: set[str] = set()
        self.all_posts = False
        self._lock = threading.Lock()

    def add_posts(self, ids: Iterable[int]) -> None:
        with self._lock:
            self.posts.update(ids)

    def add_terms(self, endpoint: Endpoint) -> None:
        with self._lock:
            self.terms.add(endpoint.address.last_segment)

    def add_all_posts(self) -> None:
        self.all_posts = True

    def add(self, other: "Moved") -> None:
        self.add_posts(other.posts)
        with self._lock:
            self.terms.update(other.terms)
        self.all_posts |= other.all_posts

    def dump(self) -> str:
        """Return what moved as a text for another process; empty if nothing did."""
        if not (self.posts or self.terms or self.all_posts):
            return ""
        is_much = self.all_posts or len(self.posts) > MOST_POSTS
        posts = [] if is_much else sorted(self.posts)
        return json.dumps({"posts": posts, "terms": sorted(self.terms), "all_posts": is_much})

    @classmethod
    def parse(cls, text: str) -> "Moved":
        """Read what `dump` returned."""
        moved = cls()
        kept = json.loads(text) if text else {}
        moved.posts.update(kept.get("posts", ()))
        moved.terms.update(kept.get("terms", ()))
        moved.all_posts = bool(kept.get("all_posts"))
        return moved
