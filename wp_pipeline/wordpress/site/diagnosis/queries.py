"""Finds out whether a site applies the query of a request, and whether a cache answers instead.

It sends a few small requests to one collection: for its first and last items, one item by its id,
and a page.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from wp_pipeline.clock import seconds_ahead_of
from wp_pipeline.wordpress.answers.items import Items, items_of
from wp_pipeline.wordpress.answers.json_text import without_bom
from wp_pipeline.wordpress.answers.members import members_of
from wp_pipeline.wordpress.collections.page import total_in
from wp_pipeline.wordpress.endpoints.address import PAGING
from wp_pipeline.wordpress.endpoints.endpoint import Endpoint
from wp_pipeline.wordpress.endpoints.shapes import ENVELOPES, shape_of
from wp_pipeline.wordpress.errors import UnexpectedStatus
from wp_pipeline.wordpress.http.cancellation import Cancellation
from wp_pipeline.wordpress.http.client import Answer
from wp_pipeline.wordpress.http.retries import RetryingClient

TRIES = 2
ROWS = 2
# Headers of caches; their values begin with HIT, or contain it.
CACHE_HEADERS = (
    "X-Cache", "X-Cache-Status", "X-Proxy-Cache", "CF-Cache-Status", "X-LiteSpeed-Cache",
    "X-Varnish-Cache", "X-Rocket-Cache",
)  # fmt: skip
ORDER, INCLUDE, FIELDS, EVERYTHING = "order", "include", "_fields", "the whole query"
PAGES = "offset and page"


@dataclass(frozen=True)
class Diagnosis:
    """The result for one collection.

    `ignored` are the parameters that the site does not apply. `cache` is the header that shows that
    a cache answered. `seconds_ahead` is how far this machine's clock is ahead of the site's;
    None if the site did not tell.
    """

    ignored: tuple[str, ...] = ()
    cache: str = ""
    seconds_ahead: float | None = None


@dataclass(frozen=True)
class Sent:
    """What a site sent for one query."""

    answer: Answer = field(repr=False)
    items: Items = field(repr=False)

    @property
    def body(self) -> bytes:
        return bytes(self.answer.body)

    @property
    def ids(self) -> list[int]:
        return self.items.known_ids


class Questions:
    """Requests one endpoint, with different parameters each time."""

    def __init__(
        self, endpoint: Endpoint, client: RetryingClient, cancellation: Cancellation
    ) -> None:
        self._name = endpoint.name
        self._route = endpoint.address.without(PAGING | ENVELOPES)
        self._client = client
        self._cancellation = cancellation

    def ask(self, **parameters: object) -> Sent:
        """Send a request with these parameters. Raises a SiteError."""
        sent = {FIELDS: "id", "per_page": ROWS, **parameters}
        address = self._route.with_parameters(sent)
        answer = self._client.get(address, self._cancellation, TRIES, self._name)
        return Sent(answer, items_of(without_bom(answer.body)))

    def ascending(self, **parameters: object) -> Sent:
        return self.ask(orderby="id", order="asc", **parameters)


def diagnose(
    endpoint: Endpoint, client: RetryingClient, cancellation: Cancellation
) -> Diagnosis | None:
    """Diagnose an endpoint; None if it can't be sorted by id. Raises a SiteError."""
    if not shape_of(endpoint.address).is_sorted_by_id:
        return None
    questions = Questions(endpoint, client, cancellation)
    try:
        first = questions.ascending()
    except UnexpectedStatus:  # It refuses the order: then the extraction counts its rows.
        return None
    found = list(ignored(first, questions)) if len(first.ids) >= ROWS else []
    headers = first.answer.headers
    return Diagnosis(tuple(found), cache_in(headers), seconds_ahead(headers))


def ignored(first: Sent, questions: Questions) -> Iterator[str]:
    """Yield the parameters that make no difference."""
    last, one = questions.ask(orderby="id", order="desc"), questions.ask(include=first.ids[1])
    if first.body == last.body == one.body:
        yield EVERYTHING
        return
    if last.ids and last.ids[0] <= first.ids[0]:  # None where the newest rows are hidden.
        yield ORDER
    if one.ids != first.ids[1:2]:
        yield INCLUDE
    if len(members_of(bytes(first.items[0].raw))) > 1:
        yield FIELDS
    if (total_in(first.answer.headers) or 0) > ROWS and not has_pages(first, questions):
        yield PAGES


def has_pages(first: Sent, questions: Questions) -> bool:
    """Whether other rows can be reached; hierarchical terms have `page`, and no `offset`."""
    if questions.ascending(offset=1).ids[:1] == first.ids[1:2]:
        return True
    return not set(questions.ascending(page=2).ids) & set(first.ids)


def cache_in(headers: Mapping[str, str]) -> str:
    """Return the header by which a cache shows that it sent the answer, such as `X-Cache: HIT`."""
    age = headers.get("Age", "").strip()
    if age.isascii() and age.isdigit() and int(age[:9]) > 0:
        return f"Age: {age[:9]}"
    hits = (name for name in CACHE_HEADERS if "hit" in headers.get(name, "").lower())
    return next((f"{name}: HIT" for name in hits), "")


def seconds_ahead(headers: Mapping[str, str]) -> float | None:
    """Return how far our clock is ahead of the site's; None if a cache may have kept the time."""
    return None if cache_in(headers) else seconds_ahead_of(headers.get("Date"))
