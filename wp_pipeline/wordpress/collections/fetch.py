"""Requests the windows of one endpoint, in the threads that all endpoints of the site share."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from wp_pipeline.wordpress.answers.items import Items
from wp_pipeline.wordpress.collections.narrowing import Narrowing
from wp_pipeline.wordpress.collections.page import Page, adapted_to_cap, page_from, pages_in
from wp_pipeline.wordpress.collections.windows import Window, parameters_for_ids
from wp_pipeline.wordpress.endpoints import Endpoint
from wp_pipeline.wordpress.errors import SiteUnavailable, UnexpectedStatus
from wp_pipeline.wordpress.http.cancellation import Cancellation
from wp_pipeline.wordpress.http.client import Answer
from wp_pipeline.wordpress.http.retries import TRIES, RetryingClient

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
        self._client = client
        self._pool = pool
        self._cancellation = cancellation
        self.narrowing = Narrowing(self._get)

    def answer(self, parameters: dict[str, object]) -> Answer:
        """Return the answer to a request with these parameters. Raises a SiteError."""
        return self._pool.submit(self._get, parameters).result()

    def page(self, window: Window) -> Page:
        """Return what the site answers to a window. Raises a SiteError."""
        return self.submit(window).result()

    def submit(self, window: Window) -> "Future[Page]":
        return self._pool.submit(self._page, window)

    def by_ids(self, ids: Sequence[int]) -> Page:
        """Return those of these items that exist, by `include`. Raises a SiteError."""
        answer = self.answer(parameters_for_ids(ids))
        return page_from(answer, Window(0, len(ids)))

    def narrowed(self, window: Window, failure: SiteUnavailable) -> Page:
        """Return a window whose request failed, from smaller requests. Raises a SiteError."""
        return self._pool.submit(self.narrowing.page, window, failure).result()

    def _page(self, window: Window) -> Page:
        if window.can_be_halved and window.size > self.narrowing.largest_size:
            return self.narrowing.halves(window)
        try:
            answer = self._get(window.parameters)
        except UnexpectedStatus as refusal:
            if refusal.code != PAST_THE_END:
                raise
            return Page(window, Items(), None)
        except SiteUnavailable as failure:
            return self.narrowing.page(window, failure)
        return adapted_to_cap(page_from(answer, window), pages_in(answer.headers))[0]

    def _get(self, parameters: dict[str, object], tries: int = TRIES) -> Answer:
        address = self._endpoint.address.with_parameters(parameters)
        return self._client.get(address, self._cancellation, tries, self._endpoint.name)
