"""Probes a collection with one small request: its total and its newest item.

A probe says whether a collection changed since the probe that is kept with its stored object. The
newest item is asked for in full, since the names of its members show what changes every item: a
plugin, a new version of WordPress. Of what they hold, only the outline is compared: texts may be
rendered differently each time, as with a counter of views.
"""

import json
from dataclasses import dataclass, field
from hashlib import sha256

import msgspec

from wp_pipeline.wordpress.answers.items import Items, items_of
from wp_pipeline.wordpress.answers.json_text import require_json, without_bom
from wp_pipeline.wordpress.answers.members import members_of
from wp_pipeline.wordpress.answers.signs import count_in
from wp_pipeline.wordpress.answers.volatile import strip_volatile
from wp_pipeline.wordpress.collections.page import total_in
from wp_pipeline.wordpress.endpoints.address import PAGING, Address
from wp_pipeline.wordpress.endpoints.endpoint import Endpoint
from wp_pipeline.wordpress.endpoints.shapes import ENVELOPES
from wp_pipeline.wordpress.errors import UnexpectedStatus
from wp_pipeline.wordpress.http.cancellation import Cancellation
from wp_pipeline.wordpress.http.retries import RetryingClient
from wp_pipeline.wordpress.reading.outline import outline_for

TRIES = 2
MODIFIED, ID = "modified", "id"
DIGEST = 16  # hexadecimal digits
# The newest row of comments is often hidden, and then not sent: several are asked for.
ROWS: dict[str, dict[str, object]] = {
    "comments": {
        "per_page": 100,
        "_fields": "id,post,parent,author_name,author_url,date_gmt,status,content",
    }
}


@dataclass(frozen=True)
class Probe:
    """What a probe found: the total, and the newest items with a digest of them.

    Comments, terms and users can't be sorted by modification (400). There the newest item is the
    one with the highest id, and edits of older ones are not seen. `text` is kept to
    compare; `fields` are the members of the newest items that were asked for, empty if all were.
    """

    orderby: str
    total: int | None
    digest: str
    newest: Items = field(default_factory=Items, repr=False, compare=False)

    fields: tuple[str, ...] = field(default=(), compare=False)

    @property
    def text(self) -> str:
        return f"{self.orderby} {self.total} {self.digest}"


def total_of(text: str) -> int | None:
    """Return the total of a kept probe."""
    return count_in(text.split(" ")[1]) if text.count(" ") == 2 else None


def orderby_in(text: str) -> str:
    """Return the order that a kept probe used, or the one to try first."""
    return ID if text.startswith(f"{ID} ") else MODIFIED


def probe(
    endpoint: Endpoint, client: RetryingClient, cancellation: Cancellation, orderby: str = MODIFIED
) -> Probe | None:
    """Probe a collection; None for a single answer.

    `orderby` is what worked the last time. Paging in the endpoint's URL is dropped: behind the
    newest item nothing would be seen. Raises a SiteError.
    """
    address = endpoint.address.without(PAGING | ENVELOPES)
    parameters = {"per_page": 1, "orderby": orderby, "order": "desc"}
    if not any(name == "_fields" for name, _ in address.parameters):
        parameters |= ROWS.get(address.last_segment, {})
    try:
        answer = client.get(address.with_parameters(parameters), cancellation, TRIES, endpoint.name)
    except UnexpectedStatus as refusal:
        if orderby == ID or "orderby" not in refusal.refused_parameters:
            raise
        return probe(endpoint, client, cancellation, ID)
    body = without_bom(answer.body)
    require_json(body)
    if "X-WP-Total" not in answer.headers:
        return None
    newest = items_of(body)
    fields = tuple(filter(None, str(parameters.get("_fields", "")).split(",")))
    compared = [bytes(raw) if fields else what_is_compared(address, raw) for raw in newest.raw]
    digest = sha256(b"\n".join(map(strip_volatile, compared))).hexdigest()[:DIGEST]
    return Probe(orderby, total_in(answer.headers), digest, newest, fields)


def what_is_compared(address: Address, item: memoryview | msgspec.Raw) -> bytes:
    """Return the outline of a whole item and the names of its members; else the item itself."""
    whole = bytes(item)
    outline = outline_for(address, whole)
    if outline is None:
        return whole
    return json.dumps([outline.of(whole), sorted(members_of(whole))], sort_keys=True).encode()
