"""Probes a collection with one small request: its total and its newest item."""

import re
from dataclasses import dataclass
from hashlib import sha256

import msgspec

from wp_pipeline.wordpress.address import PAGING
from wp_pipeline.wordpress.answers.items import items_of
from wp_pipeline.wordpress.answers.json_text import require_json, without_bom
from wp_pipeline.wordpress.collections.page import total_in
from wp_pipeline.wordpress.endpoints import Endpoint
from wp_pipeline.wordpress.errors import MalformedAnswer, UnexpectedStatus
from wp_pipeline.wordpress.http.cancellation import Cancellation
from wp_pipeline.wordpress.http.retries import RetryingClient
from wp_pipeline.wordpress.shapes import ENVELOPES

TRIES = 2
FIELDS = "id,modified_gmt,date_modified_gmt"
SHORT_AND_PLAIN = re.compile(r"[A-Za-z0-9 :.+/_-]{0,100}")


class NewestItem(msgspec.Struct):
    """WooCommerce calls the time of modification `date_modified_gmt`."""

    id: int | str | None = None
    modified_gmt: str | int | float | bool | None = None
    date_modified_gmt: str | int | float | bool | None = None

    @property
    def name(self) -> str:
        """Id and time; a digest of them if they could not be shown as they are."""
        parts = (self.id, self.modified_gmt or self.date_modified_gmt)
        name = " ".join(str(part) for part in parts if part)
        if SHORT_AND_PLAIN.fullmatch(name):
            return name
        return sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True)
class Probe:
    """What a probe found: X-WP-Total, and id and modification time of the newest item.

    Comments, terms and users can't be sorted by modification (400). There the newest item is the
    one with the highest id, and edits are not seen.
    """

    total: int | None
    newest: str
    orderby: str = "modified"


def probe(
    endpoint: Endpoint, client: RetryingClient, cancellation: Cancellation, orderby: str
) -> Probe | None:
    """Probe a collection; None for a single answer.

    `orderby` is what worked the last time, or "modified". Paging and `_envelope` in the endpoint's
    URL are dropped: the newest item and the total would not be seen. Raises a SiteError.
    """
    address = endpoint.address.without(PAGING | ENVELOPES).with_parameters(
        {"per_page": 1, "orderby": orderby, "order": "desc", "_fields": FIELDS}
    )
    try:
        answer = client.get(address, cancellation, TRIES, endpoint.name)
    except UnexpectedStatus as refusal:
        if orderby == "id" or "orderby" not in refusal.refused_parameters:
            raise
        return probe(endpoint, client, cancellation, "id")
    body = without_bom(answer.body)
    require_json(body)
    if "X-WP-Total" not in answer.headers:
        return None
    items = items_of(body)
    try:
        newest = msgspec.json.decode(items.raw[0], type=NewestItem) if items else NewestItem()
    except msgspec.MsgspecError:
        raise MalformedAnswer("HTTP 200 with an unusable id") from None
    return Probe(total_in(answer.headers), newest.name, orderby)
