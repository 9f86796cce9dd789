"""Reads an endpoint: tells a collection from a single answer, and gives either, verified.

WordPress's own routes are requested with their first hundred items at once. Any other route is
requested as it is, since a plugin may refuse parameters that it does not know.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from wp_pipeline.wordpress.answers.items import Items
from wp_pipeline.wordpress.answers.single_answer import SingleAnswer, single_answer
from wp_pipeline.wordpress.collections.fetch import PageFetcher
from wp_pipeline.wordpress.collections.full_read import read_collection
from wp_pipeline.wordpress.collections.page import (
    Page,
    adapted_to_cap,
    are_hierarchical_terms,
    looks_like_a_page,
    page_from,
    pages_in,
    the_only_page,
)
from wp_pipeline.wordpress.collections.windows import Layout
from wp_pipeline.wordpress.endpoints import Endpoint
from wp_pipeline.wordpress.errors import SiteUnavailable, UnexpectedStatus
from wp_pipeline.wordpress.http.cancellation import Cancellation
from wp_pipeline.wordpress.http.retries import RetryingClient

SMALLER_PAGES = (50, 20, 10)
WINDOWS_AHEAD = 2  # For each concurrent request: one is under way, one is waiting.


@dataclass(frozen=True)
class Collection:
    """The items of a collection, in batches, while they are read.

    Iterating raises a SiteError where an item can't be read, or CompletenessNotProven.
    """

    batches: Iterator[Items] = field(repr=False)


def read_endpoint(
    endpoint: Endpoint,
    client: RetryingClient,
    pool: ThreadPoolExecutor,
    cancellation: Cancellation,
) -> SingleAnswer | Collection:
    """Send the first request, and tell by X-WP-Total what the endpoint is. Raises a SiteError."""
    fetch = PageFetcher(endpoint, client, pool, cancellation)
    windows_ahead = WINDOWS_AHEAD * client.concurrency
    if not endpoint.is_known_kind:
        answer = fetch.answer({})
        if "X-WP-Total" not in answer.headers:
            return single_answer(answer)
    return read_known_kind(fetch, windows_ahead)


def read_known_kind(fetch: PageFetcher, windows_ahead: int) -> SingleAnswer | Collection:
    """Read one of WordPress's own routes. Raises a SiteError."""
    layout = Layout()
    parameters = layout.first().parameters
    while True:
        try:
            answer = fetch.answer(parameters)
            break
        except UnexpectedStatus as refusal:
            layout, parameters = without_refused_parameters(layout, parameters, refusal)
        except SiteUnavailable as failure:
            first = fetch.narrowed(layout.first(), failure)
            size = min(layout.size, fetch.narrowing.largest_size)
            return collection(first, fetch, Layout(max(2, size)), windows_ahead)
    if "X-WP-Total" not in answer.headers and not looks_like_a_page(answer):
        return single_answer(answer)
    first = page_from(answer, layout.first())
    first, layout = adapted_to_cap(first, pages_in(answer.headers))
    layout = replace(layout, by_page=are_hierarchical_terms(first.items))
    return collection(first, fetch, layout, windows_ahead)


def collection(first: Page, fetch: PageFetcher, layout: Layout, windows_ahead: int) -> Collection:
    if not first.items.ascend:
        return Collection(iter([the_only_page(first)]))
    return Collection(read_collection(first, fetch, layout, windows_ahead))


def without_refused_parameters(
    layout: Layout, parameters: dict[str, object], refusal: UnexpectedStatus
) -> tuple[Layout, dict[str, object]]:
    """Return what to request instead; raises the refusal if nothing is left to drop."""
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
