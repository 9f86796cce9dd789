"""Requests the windows of one endpoint, in the threads that all endpoints of the site share."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from wp_pipeline.wordpress.answers.items import Items, Raw
from wp_pipeline.wordpress.collections.narrowing import FAILURES, Failure, Narrowing
from wp_pipeline.wordpress.collections.page import Page, adapted_to_cap, page_from, pages_in
from wp_pipeline.wordpress.collections.windows import Window, parameters_for_ids
from wp_pipeline.wordpress.endpoints.address import PAGING, Address
from wp_pipeline.wordpress.endpoints.endpoint import Endpoint
from wp_pipeline.wordpress.endpoints.shapes import ENVELOPES
from wp_pipeline.wordpress.errors import CompletenessNotProven, UnexpectedStatus
from wp_pipeline.wordpress.http.cancellation import Cancellation
from wp_pipeline.wordpress.http.client import Answer
from wp_pipeline.wordpress.http.retries import TRIES, RetryingClient

Parsed = TypeVar("Parsed")

# If a smaller page may help, the same page is tried only so often.
TRIES_OF_A_HEAVY_PAGE = 2
PAST_THE_END = "rest_post_invalid_page_number"  # Of posts only; other routes answer [].


class PageFetcher:
    """Fetches pages of one endpoint within its deadline."""

    def __init__(
        self,
        endpoint: Endpoint,
        client: RetryingClient,
        pool: ThreadPoolExecutor,
        cancellation: Cancellation,
    ) -> None:
        self._endpoint = endpoint
        self._as_written = endpoint.address.without(ENVELOPES)
        self._address = self._as_written.without(PAGING)
        self._client = client
        self._pool = pool
        self._cancellation = cancellation
        self.narrowing = Narrowing(self._get)

    def answer_as_written(self) -> Answer:
        """Return the answer to the endpoint's URL as it was written. Raises a SiteError."""
        return self._pool.submit(self._request, self._as_written).result()

    @property
    def has_paging(self) -> bool:
        """Whether the endpoint's URL asks for a part of its rows."""
        return self._address is not self._as_written

    @property
    def chooses_fields(self) -> bool:
        """Whether the endpoint's URL says which members of an item are sent."""
        return self._address.chooses_fields

    def notice_paging(self) -> None:
        """Tell the observer that these parameters are dropped."""
        if self.has_paging:
            self._client.observer.noticed(
                self._endpoint.name,
                "page, offset and per_page in the endpoint's URL are left out: all pages are read",
            )

    def answer(self, parameters: dict[str, object], heavy_tries: int = TRIES) -> Answer:
        """Return the answer to a request with these parameters. Raises a SiteError.

        `heavy_tries` limits the tries where a smaller page may help.
        """
        return self._pool.submit(self._get, parameters, TRIES, heavy_tries).result()

    def in_background(
        self, parameters: dict[str, object], parse: Callable[[Answer], Parsed]
    ) -> "Future[Parsed]":
        """Start a request, and return what `parse` makes of its answer."""
        return self._pool.submit(lambda: parse(self._get(parameters)))

    def page(self, window: Window) -> Page:
        """Return what the site answers to a window. Raises a SiteError."""
        return self.submit(window).result()

    def submit(self, window: Window) -> "Future[Page]":
        return self._pool.submit(self._page, window)

    def by_ids(self, ids: Sequence[int]) -> Items:
        """Return the items with these ids that exist, by `include`, in order of id.

        What does not come is requested again, until as many items come as the site counts, or none:
        some sites send fewer than requested. Raises CompletenessNotProven if the site ignores
        `include`, or another SiteError.
        """
        found: dict[int, Raw] = {}
        missing = set(ids)
        while missing:
            requested = Window(0, len(missing))
            page = page_from(self.answer(parameters_for_ids(sorted(missing))), requested)
            came = {one: raw for one, raw in page.items if one is not None and one in missing}
            if len(came) < len(page.items):
                raise CompletenessNotProven(
                    "the site ignores `include`; check its plugins and caches"
                )
            found |= came
            is_whole = not came or page.total == len(came)
            missing = set() if is_whole else missing - came.keys()
        known = sorted(found)
        return Items([*known], [found[item_id] for item_id in known])

    def narrowed(self, window: Window, failure: Failure) -> Page:
        """Return a window whose request failed, from smaller requests. Raises a SiteError."""
        return self._pool.submit(self.narrowing.page, window, failure).result()

    def _page(self, window: Window) -> Page:
        if window.can_be_halved and window.size > self.narrowing.largest_size:
            return self.narrowing.halves(window)
        try:
            answer = self._get(window.parameters, heavy_tries=TRIES_OF_A_HEAVY_PAGE)
            return adapted_to_cap(page_from(answer, window), pages_in(answer.headers))[0]
        except UnexpectedStatus as refusal:
            if refusal.code != PAST_THE_END:
                raise
            return Page(window, Items(), None)
        except FAILURES as failure:
            return self.narrowing.page(window, failure)

    def _get(
        self, parameters: dict[str, object], tries: int = TRIES, heavy_tries: int = TRIES
    ) -> Answer:
        return self._request(self._address.with_parameters(parameters), tries, heavy_tries)

    def _request(self, address: Address, tries: int = TRIES, heavy_tries: int = TRIES) -> Answer:
        name = self._endpoint.name
        answer = self._client.get(address, self._cancellation, tries, name, heavy_tries)
        if self._client.has_credentials:
            self._client.same_user.require(name, answer.headers)
        return answer
