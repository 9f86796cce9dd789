"""Changes a site while something reads it."""

import json
import random
import subprocess
import threading
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from wp_pipeline_tests.real_wordpress import database
from wp_pipeline_tests.real_wordpress.wordpress import WordPress


@dataclass(frozen=True)
class Change:
    """A kind of change, the items it applies to, and its relative frequency."""

    verb: str
    collection: str
    weight: int
    takes: str | None


CHANGES = (
    Change("create", "posts", 2, takes=None),
    Change("publish", "posts", 3, takes="drafts"),  # Appears in the middle, with its old date.
    Change("edit", "posts", 2, takes="posts"),
    Change("trash", "posts", 5, takes="posts"),  # Hides all its comments.
    Change("delete", "posts", 2, takes="posts"),
    Change("trash", "pages", 1, takes="pages"),
    Change("delete", "books", 1, takes="books"),
    Change("delete", "comments", 3, takes="comments"),
    Change("hold", "comments", 2, takes="comments"),
    Change("approve", "comments", 3, takes="held comments"),  # Appears in the middle.
    Change("delete", "media", 2, takes="media"),
    Change("delete", "tags", 2, takes="tags"),
    Change("delete", "categories", 1, takes="categories"),
)
AS_THE_WEB_SERVER = ("setpriv", "--reuid=www-data", "--regid=www-data", "--clear-groups")
_READABLE_KINDS = ("posts", "pages", "books", "comments", "media", "tags", "categories")
_HIDDEN_KINDS = {
    "drafts": "SELECT ID FROM wp_posts WHERE post_type = 'post' AND post_status = 'draft'",
    "held comments": "SELECT comment_ID FROM wp_comments WHERE comment_approved = '0'",
}


@dataclass(frozen=True)
class Write:
    """A change that was made, and the items by collection that may have appeared or disappeared."""

    verb: str
    collection: str
    item: int
    also: Mapping[str, list[int]]

    def items(self, collection: str) -> list[int]:
        """The affected items of the collection."""
        own = [self.item] if collection == self.collection else []
        return own + self.also.get(collection, [])


class WriterFailed(Exception):
    """WordPress refused a change, its process ended, or nothing is left that may be changed."""


class Writer:
    """Makes changes through WordPress's own functions while its `with` block runs.

    It takes only items that it may: `allowed`, by collection and for "drafts" and "held
    comments"; by default all of those, and half of what a visitor can read. No item is taken
    twice, so what it hid stays hidden. One seed gives one sequence of changes.
    """

    def __init__(
        self,
        wordpress: WordPress,
        allowed: Mapping[str, Collection[int]] | None = None,
        per_second: float = 4,
        seed: int = 42,
    ):
        self.writes: list[Write] = []
        self._random = random.Random(seed)
        self._left = {
            kind: self._random.sample(sorted(items), len(items))
            for kind, items in (half_of(wordpress) if allowed is None else allowed).items()
        }
        self._script = wordpress.directory / "scripts" / "writer.php"
        self._interval = 1 / per_second
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._write_until_stopped, name="writer")
        self._failure: WriterFailed | None = None

    def touched(self, collection: str) -> dict[int, str]:
        """The changes, by the id of each affected item."""
        return {
            item: f"{write.verb} {write.collection} {write.item}"
            for write in self.writes
            for item in write.items(collection)
        }

    def __enter__(self) -> "Writer":
        self._php = subprocess.Popen(
            [*AS_THE_WEB_SERVER, "php", "-d", "display_errors=stderr", self._script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._php.stdout.readline()  # "ready", so that the first change is not late.
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stopping.set()
        self._thread.join()
        _, complaint = self._php.communicate()
        if self._failure:
            raise WriterFailed(f"{self._failure}: {complaint}")

    def _write_until_stopped(self) -> None:
        due = time.monotonic()
        try:
            while not self._stopping.wait(max(0, due - time.monotonic())):
                self._write()
                due += self._interval
        except WriterFailed as failure:
            self._failure = failure  # For the thread that runs the test.

    def _write(self) -> None:
        possible = [change for change in CHANGES if self._is_possible(change)]
        if not possible:
            raise WriterFailed("nothing is left to change")
        [change] = self._random.choices(possible, [change.weight for change in possible])
        item = self._left[change.takes].pop() if change.takes else None
        answer = self._ask({"change": change.verb, "collection": change.collection, "id": item})
        write = Write(change.verb, change.collection, answer["id"], answer["also"])
        self.writes.append(write)
        self._leave_alone("comments", write.items("comments"))
        self._leave_alone("held comments", write.items("comments"))
        self._leave_alone("media", write.items("media"))

    def _is_possible(self, change: Change) -> bool:
        return bool(self._left.get(change.takes or change.collection))

    def _leave_alone(self, kind: str, items: Iterable[int]) -> None:
        self._left[kind] = [item for item in self._left.get(kind, []) if item not in items]

    def _ask(self, command: dict) -> dict:
        try:
            print(json.dumps(command), file=self._php.stdin, flush=True)
        except BrokenPipeError:
            raise WriterFailed(f"{command} met no WordPress") from None
        answer = self._php.stdout.readline()
        if not answer:
            raise WriterFailed(f"{command} got no answer")
        return json.loads(answer)


def half_of(wordpress: WordPress) -> dict[str, list[int]]:
    """Every second item that a visitor can read, and all drafts and held comments."""
    readable = {kind: database.readable_ids(wordpress, kind) for kind in _READABLE_KINDS}
    return {
        # From the second on: the first category is the one that WordPress refuses to delete.
        **{kind: sorted(items)[1::2] for kind, items in readable.items()},
        **{kind: database.select(wordpress, sql) for kind, sql in _HIDDEN_KINDS.items()},
    }
