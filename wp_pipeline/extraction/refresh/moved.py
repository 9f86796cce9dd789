"""Tells the comments of a run which posts came, went or were hidden, and took them along."""

import threading
from collections.abc import Iterable

from wp_pipeline.wordpress.endpoints import Endpoint

FOLLOWERS = frozenset({"comments"})


def follows(endpoint: Endpoint) -> bool:
    """Whether an endpoint's items belong to posts, and are read after them."""
    return endpoint.is_known_kind and endpoint.address.last_segment in FOLLOWERS


class MovedPosts:
    """The ids that moved in a run. Thread-safe."""

    def __init__(self) -> None:
        self.ids: set[int] = set()
        self._lock = threading.Lock()

    def add(self, ids: Iterable[int]) -> None:
        with self._lock:
            self.ids.update(ids)
