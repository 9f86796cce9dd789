"""A small WordPress in memory: its content, its REST API, and what editors do to it."""

import threading
from collections.abc import Mapping

from sample_site.catalogue import Catalogue
from sample_site.content import DEFAULT_COUNTS
from sample_site.messages import Answer, Request
from sample_site.rest import RestApi, Rules

ID_STYLES = ("int", "string", "absent")
MADE_UP = "lamp wick tide mark bell rope"  # Six groups of four, as WordPress makes them.


class SampleSite:
    """The Tidewell Lantern, or as many of its items as `counts` asks for.

    `counts` names collections (`{"posts": 250, "tags": 3}`); those not named are empty. Without
    it the site has its usual size, a few items that are counted but not sent, and two drafts.

    * `suffix` ends the plugin's route names: `/wp-json/mo/v1/posts_4821`.
    * `plain_permalinks` serves `?rest_route=/wp/v2/posts` only.
    * `max_per_page` lowers what a plugin may lower: 100.
    * `id_style` is "int", "string" or "absent": how items tell their id.
    * `volatile` varies what WordPress never says the same twice.

    It may be used from several threads. Unknown collections and ids raise KeyError.
    """

    def __init__(
        self,
        counts: Mapping[str, int] | None = None,
        *,
        url: str = "http://sample.test",
        suffix: str = "4821",
        plain_permalinks: bool = False,
        max_per_page: int = 100,
        id_style: str = "int",
        volatile: bool = True,
        user: str = "editor",
        application_password: str = MADE_UP,
    ) -> None:
        if id_style not in ID_STYLES:
            raise ValueError(f"id_style is one of {ID_STYLES}, not {id_style!r}.")
        self.user = user
        self.application_password = application_password
        self._lock = threading.RLock()
        self._catalogue = Catalogue(DEFAULT_COUNTS if counts is None else counts)
        self._rules = Rules(
            suffix, plain_permalinks, max_per_page, id_style, volatile, user, application_password
        )
        self._api = RestApi(self._catalogue, self._rules, url)
        if counts is None:
            self._add_everyday_trouble()

    @property
    def url(self) -> str:
        """The site's address, without a slash at the end: what WordPress calls home."""
        return self._api.addresses.url

    @url.setter
    def url(self, url: str) -> None:
        self._api.addresses = self._api.addresses._replace(url=url.rstrip("/"))

    def answer(self, request: Request) -> Answer:
        """What WordPress answers to a request."""
        with self._lock:
            return self._api.answer(request)

    def readable_ids(self, collection: str) -> list[int]:
        """The ids of what a visitor can read, ascending."""
        with self._lock:
            return self._catalogue.readable_ids(collection)

    def publish(self, collection: str) -> int:
        """Add an item that everybody can read; its id is the highest."""
        with self._lock:
            return self._catalogue.publish(collection)

    def draft(self, collection: str) -> int:
        """Begin an item that nobody can read yet; its id lies amid the others where one is free."""
        with self._lock:
            return self._catalogue.draft(collection)

    def publish_draft(self, collection: str, item_id: int) -> None:
        """Make a draft readable."""
        with self._lock:
            self._catalogue.publish_draft(collection, item_id)

    def edit(self, collection: str, item_id: int) -> None:
        """Change an item, and `modified` where its type has it."""
        with self._lock:
            self._catalogue.edit(collection, item_id)

    def delete(self, collection: str, item_id: int) -> None:
        """Trash or remove an item; a post takes its comments along."""
        with self._lock:
            self._catalogue.delete(collection, item_id)

    def hide(self, collection: str, item_id: int) -> None:
        """Leave an item counted and in its place, but no longer sent to visitors."""
        with self._lock:
            self._catalogue.hide(collection, item_id)

    def show(self, collection: str, item_id: int) -> None:
        """Undo `hide`."""
        with self._lock:
            self._catalogue.show(collection, item_id)

    def _add_everyday_trouble(self) -> None:
        """Items that are there and not for visitors, as on every site that people work on.

        A picture in a draft and three comments on a private post are counted but not sent; two
        posts are in draft.
        """
        for collection, place in (("media", 20), ("comments", 99), ("comments", 240),
                                  ("comments", 241)):  # fmt: skip
            self.hide(collection, self.readable_ids(collection)[place])
        self.draft("posts")
        self.draft("posts")
