"""Probes a collection with one small request: its total and its newest item.

A probe shows whether a collection changed since the probe that is kept with its stored object. The
newest item is requested in full: the names of its members show a change of every item, by a plugin
or a new version of WordPress. Of the values, only the outline is compared, since texts may be
rendered differently each time, such as a counter of views.
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
NO_DIGEST = "-"
Parameters = dict[str, object]
# The newest rows of comments are often hidden and not sent: many are requested.
ROWS: dict[str, Parameters] = {
    "comments": {
        "per_page": 100,
        "_fields": "id,post,parent,author_name,author_url,date_gmt,status,content",
    }
}


@dataclass(frozen=True)
class Probe:
    """What a probe found: the total, and the newest items with a digest of them.

    Comments, terms and users can't be sorted by modification (400). Their newest item is the one
    with the highest id, and edits of older ones are not detected. `text` is kept for comparison;
    `fields` are the requested members of the newest items, empty for all.
    """

    orderby: str
    total: int | None
    digest: str
    newest: Items = field(default_factory=Items, repr=False, compare=False)
    fields: tuple[str, ...] = field(default=(), compare=False)

    @property
    def text(self) -> str:
        return f"{self.orderby} {self.total} {self.digest}"

    @property
    def total_text(self) -> str:
        """The text with the total only: no probe is equal to it."""
        return f"{self.orderby} {self.total} {NO_DIGEST}"


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

    `orderby` is the order that worked the last time. Paging in the endpoint's URL is dropped, since
    it would skip the newest item. Raises a SiteError.
    """
    address = endpoint.address.without(PAGING | ENVELOPES)
    parameters: Parameters = {"per_page": 1, "orderby": orderby, "order": "desc"}
    if not address.chooses_fields:
        parameters |= ROWS.get(address.last_segment, {})
    while True:
        requested = address.with_parameters(parameters)
        try:
            answer = client.get(requested, cancellation, TRIES, endpoint.name)
            break
        except UnexpectedStatus as refusal:
            parameters = without_refused(parameters, refusal)
    body = without_bom(answer.body)
    require_json(body)
    if "X-WP-Total" not in answer.headers:
        return None
    newest = items_of(body)
    fields = tuple(filter(None, str(parameters.get("_fields", "")).split(",")))
    compared = [bytes(raw) if fields else what_is_compared(address, raw) for raw in newest.raw]
    digest = sha256(b"\n".join(map(strip_volatile, compared))).hexdigest()[:DIGEST]
    return Probe(str(parameters["orderby"]), total_in(answer.headers), digest, newest, fields)


def without_refused(parameters: Parameters, refusal: UnexpectedStatus) -> Parameters:
    """Return what to request instead: by id, or as many rows as the site sends by default.

    Raises the refusal if neither was refused.
    """
    changed = dict(parameters)
    if "orderby" in refusal.refused_parameters:
        changed["orderby"] = ID
    if "per_page" in refusal.refused_parameters:
        changed.pop("per_page", None)
    if changed == parameters:
        raise refusal
    return changed


def what_is_compared(address: Address, item: memoryview | msgspec.Raw) -> bytes:
    """Return an item's outline with the names of its members; the item if it has no outline."""
    whole = bytes(item)
    outline = outline_for(address, whole)
    if outline is None:
        return whole
    return json.dumps([outline.of(whole), sorted(members_of(whole))], sort_keys=True).encode()
