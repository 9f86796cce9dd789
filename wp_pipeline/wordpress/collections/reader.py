"""Reads endpoints: tells a collection from a single answer, and gives either, verified."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from threading import Lock

from wp_pipeline.wordpress.answers.items import Item, ids_ascend
from wp_pipeline.wordpress.answers.single_answer import (
    SingleAnswer,
    are_hierarchical,
    is_a_page,
    single_answer,
    slice_of,
    the_only_page,
)
from wp_pipeline.wordpress.collections.full_read import CollectionReader
from wp_pipeline.wordpress.collections.windows import (
    MAX_PER_PAGE,
    Layout,
    Page,
    Window,
    as_the_site_pages,
    ids,
    total_in,
)
from wp_pipeline.wordpress.endpoints import Endpoint
from wp_pipeline.wordpress.errors import SiteUnavailable, UnexpectedStatus
from wp_pipeline.wordpress.http.client import Answer, Deadline
from wp_pipeline.wordpress.http.throttle import TRIES, RetryingClient

PAST_THE_END = "rest_post_invalid_page_number"  # Of posts only; others answer [].
SMALLER_PAGES = (50, 20, 10)
WINDOWS_AHEAD = 2  # for each request that may be under way: one is asked, one is waiting
TRIES_WHILE_NARROWING = 2


@dataclass(frozen=True)
class Collection:
    """The items of a collection, in batches, while they are read.

    Iterating raises a SiteError where an item can't be had, or CompletenessNotProven.
    """

    batches: Iterator[list[Item]] = field(repr=False)


class EndpointReader:
    """Reads one endpoint within its deadline; `pool` is shared by all endpoints of the site.

    `tell` is given a line, from any thread, when the site makes us wait.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        client: RetryingClient,
        pool: ThreadPoolExecutor,
        deadline: Deadline,
        tell: Callable[[str], object] = lambda line: None,
    ) -> None:
        self._tell = tell
        self._endpoint = endpoint
        self._client = client
        self._pool = pool
        self._deadline = deadline
        self._largest_that_works = MAX_PER_PAGE
        self._counting = Lock()
        self.requests = 0

    def read(self) -> SingleAnswer | Collection:
        """Ask once, and tell by X-WP-Total what the endpoint is. Raises a SiteError.

        WordPress's own routes are asked for their first hundred items at once; any other is
        asked as it stands, for a plugin may refuse parameters that it does not know.
        """
        if not self._endpoint.is_known_kind:
            answer = self._pool.submit(self._get, {}).result()
            if "X-WP-Total" not in answer.headers:
                return single_answer(answer)
        return self._read_known_kind()

    def _read_known_kind(self) -> SingleAnswer | Collection:
        layout = Layout()
        parameters = layout.first().parameters
        while True:
            try:
                answer = self._pool.submit(self._get, parameters).result()
            except UnexpectedStatus as refusal:
                layout, parameters = without_refused_parameters(layout, parameters, refusal)
            except SiteUnavailable as failure:
                first = self._pool.submit(self._in_halves, layout.first(), failure).result()
                size = min(layout.size, self._largest_that_works)
                return self._collection(first, Layout(max(2, size)))
            else:
                break
        if "X-WP-Total" not in answer.headers and not is_a_page(answer):
            return single_answer(answer)
        first, layout = as_the_site_pages(slice_of(answer, layout.first()), pages_in(answer))
        return self._collection(first, replace(layout, by_page=are_hierarchical(first.items)))

    def _collection(self, first: Page, layout: Layout) -> Collection:
        if not ids_ascend(first.items):
            return Collection(iter([the_only_page(first)]))
        lookahead = WINDOWS_AHEAD * self._client.at_once
        reader = CollectionReader(self._ask, layout, lookahead)
        return Collection(reader.batches(first))

    def _ask(self, parameters: dict[str, object], window: Window) -> Future[Page]:
        return self._pool.submit(self._slice, parameters, window)

    def _slice(self, parameters: dict[str, object], window: Window) -> Page:
        if can_be_halved(window) and window.size > self._largest_that_works:
            return self._halves(window)
        try:
            answer = self._get(parameters)
            return as_the_site_pages(slice_of(answer, window), pages_in(answer))[0]
        except UnexpectedStatus as refusal:
            if refusal.code != PAST_THE_END:
                raise
            return Page(window, [], None)
        except SiteUnavailable as failure:
            if "include" in parameters:
                raise
            return self._in_halves(window, failure)

    def _in_halves(self, window: Window, failure: SiteUnavailable) -> Page:
        """Read a window that fails as a whole in smaller ones, down to the item that breaks it.

        Raises the failure itself where smaller windows could not help.
        """
        if failure.status < 500 or failure.status == 503 or not can_be_halved(window):
            raise failure
        if window.size == 1:
            raise self._blame(window, failure)
        if window.size == 2:
            for row in window.halves:
                self._narrower(row)
            raise failure  # Each answers alone, but alone they can't overlap.
        return self._halves(window)

    def _halves(self, window: Window) -> Page:
        low, high = (self._narrower(half) for half in window.halves)
        self._largest_that_works = min(self._largest_that_works, window.halves[0].size)
        if not (low.items and high.items and high.items[0].id == low.items[-1].id):
            return low  # The rest is found missing, and read, like any row that moved.
        return Page(window, [*low.items, *high.items[1:]], high.total)

    def _narrower(self, window: Window) -> Page:
        try:
            return slice_of(self._get(window.parameters, TRIES_WHILE_NARROWING), window)
        except SiteUnavailable as failure:
            return self._in_halves(window, failure)

    def _blame(self, window: Window, failure: SiteUnavailable) -> SiteUnavailable:
        """Name the item that breaks its page; nothing is to blame where all rows fail."""
        item_ids = self._ids_at(window)
        if item_ids:
            which = f"item {item_ids[0]}"
        elif self._ids_at(Window(window.start + 1, 1)) is not None:
            which = f"row {window.start} in order of id"
        else:
            return failure
        said = str(failure).partition(":")[0]
        return SiteUnavailable(f"{said}: the site fails with {which}; mend that", failure.status)

    def _ids_at(self, window: Window) -> list[int] | None:
        """Return the ids in a window, cheap for a site; None where it fails all the same."""
        try:
            found = slice_of(self._get(window.parameters | {"_fields": "id"}, tries=1), window)
        except SiteUnavailable:
            return None
        return ids(found.items)

    def _get(self, parameters: dict[str, object], tries: int = TRIES) -> Answer:
        url = self._endpoint.url_with(parameters) if parameters else self._endpoint.url
        return self._client.get(url, self._deadline, tries, self)

    def asks(self) -> None:
        with self._counting:
            self.requests += 1

    def waits(self, why: str) -> None:
        self._tell(f"{self._endpoint.name}: {why}")


def without_refused_parameters(
    layout: Layout, parameters: dict[str, object], refusal: UnexpectedStatus
) -> tuple[Layout, dict[str, object]]:
    """Return what to ask instead of what a site refused; raises the refusal if nothing is left."""
    refused = refusal.refused_parameters & set(parameters)
    if "per_page" in refused:
        smaller = [size for size in SMALLER_PAGES if size < layout.size]
        if not smaller:
            raise refusal
        layout = Layout(smaller[0])
        return layout, {**parameters, "per_page": smaller[0]}
    if refused:
        return layout, {"per_page": layout.size}
    raise refusal


def pages_in(answer: Answer) -> int | None:
    return total_in(answer.headers.get("X-WP-TotalPages"))


def can_be_halved(window: Window) -> bool:
    return not window.by_page and not window.descending
