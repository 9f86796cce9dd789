"""Shows whether a site obeys the query of a request, and whether a cache answers in its place.

Three small requests for one collection: its first items, its last items, and one by its id.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

from wp_pipeline.wordpress.address import PAGING
from wp_pipeline.wordpress.answers.items import Items, items_of
from wp_pipeline.wordpress.answers.json_text import without_bom
from wp_pipeline.wordpress.answers.members import members_of
from wp_pipeline.wordpress.endpoints import Endpoint
from wp_pipeline.wordpress.errors import UnexpectedStatus
from wp_pipeline.wordpress.http.cancellation import Cancellation
from wp_pipeline.wordpress.http.client import Answer
from wp_pipeline.wordpress.http.retries import RetryingClient
from wp_pipeline.wordpress.shapes import ENVELOPES, shape_of

TRIES = 2
ROWS = 2
# Headers of caches; their values begin with HIT, or contain it.
CACHE_HEADERS = (
    "X-Cache", "X-Cache-Status", "X-Proxy-Cache", "CF-Cache-Status", "X-LiteSpeed-Cache",
    "X-Varnish-Cache", "X-Rocket-Cache",
)  # fmt: skip
ORDER, INCLUDE, FIELDS, EVERYTHING = "order", "include", "_fields", "the whole query"


@dataclass(frozen=True)
class Diagnosis:
    """What one collection showed.

    `ignored` are the parameters that the site does not obey, `cache` is the header by which a cache
    shows that it answered. `seconds_ahead` is how far this machine's clock is ahead of the site's;
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


def diagnose(
    endpoint: Endpoint, client: RetryingClient, cancellation: Cancellation
) -> Diagnosis | None:
    """Return what an endpoint shows; None where it can't be sorted by id. Raises a SiteError."""
    if not shape_of(endpoint.address).is_sorted_by_id:
        return None
    route = endpoint.address.without(PAGING | ENVELOPES)

    def ask(parameters: Mapping[str, object]) -> Sent:
        address = route.with_parameters({FIELDS: "id", "per_page": ROWS, **parameters})
        answer = client.get(address, cancellation, TRIES, endpoint.name)
        return Sent(answer, items_of(without_bom(answer.body)))

    try:
        first = ask({"orderby": "id", "order": "asc"})
    except UnexpectedStatus:  # It says that it does not: the rows are counted then.
        return None
    cache, ahead = cache_in(first.answer.headers), seconds_ahead(first.answer.headers)
    ids = first.items.known_ids
    if len(ids) < ROWS:
        return Diagnosis((), cache, ahead)
    last, one = ask({"orderby": "id", "order": "desc"}), ask({"include": ids[1]})
    return Diagnosis(tuple(ignored(first, last, one)), cache, ahead)


def ignored(first: Sent, last: Sent, one: Sent) -> list[str]:
    """Return the parameters that made no difference."""
    if first.body == last.body == one.body:
        return [EVERYTHING]
    found = []
    if last.items.known_ids[:1] <= first.items.known_ids[:1]:
        found.append(ORDER)
    if one.items.known_ids != first.items.known_ids[1:2]:
        found.append(INCLUDE)
    if len(members_of(bytes(first.items[0].raw))) > 1:
        found.append(FIELDS)
    return found


def cache_in(headers: Mapping[str, str]) -> str:
    """Return the header by which a cache shows that it sent the answer, such as `X-Cache: HIT`."""
    age = headers.get("Age", "").strip()
    if age.isascii() and age.isdigit() and int(age[:9]) > 0:
        return f"Age: {age[:9]}"
    hits = (name for name in CACHE_HEADERS if "hit" in headers.get(name, "").lower())
    return next((f"{name}: HIT" for name in hits), "")


def seconds_ahead(headers: Mapping[str, str]) -> float | None:
    """Return how far our clock is ahead of the site's; None if a cache may have kept the time."""
    if cache_in(headers):
        return None
    try:
        sent = parsedate_to_datetime(headers.get("Date", ""))
        return (datetime.now(timezone.utc) - sent).total_seconds()
    except (ValueError, TypeError):  # TypeError: a date without a zone.
        return None
