"""Looks at a collection with one small request: is there anything new?"""

from dataclasses import dataclass

import msgspec

from wp_pipeline.wordpress.answers.items import items_of, without_bom
from wp_pipeline.wordpress.collections.windows import total_in
from wp_pipeline.wordpress.endpoints import Endpoint
from wp_pipeline.wordpress.errors import MalformedAnswer, UnexpectedStatus
from wp_pipeline.wordpress.http.client import Deadline
from wp_pipeline.wordpress.http.throttle import RetryingClient


class Newest(msgspec.Struct):
    id: int | str | None = None
    modified_gmt: str | None = None


@dataclass(frozen=True)
class Sight:
    """What a collection looks like from outside.

    Where a collection can't be sorted by modification (comments, terms, users: 400), the newest
    item is the one with the highest id, and edits do not show.
    """

    total: int | None
    newest: str
    orderby: str = "modified"


def look(
    endpoint: Endpoint, client: RetryingClient, deadline: Deadline, orderby: str
) -> Sight | None:
    """Return the total and the newest item of a collection; None for a single answer.

    `orderby` is what worked the last time, or "modified". Raises a SiteError.
    """
    url = endpoint.url_with(
        {"per_page": 1, "orderby": orderby, "order": "desc", "_fields": "id,modified_gmt"}
    )
    try:
        answer = client.get(url, deadline, tries=2)
    except UnexpectedStatus as refusal:
        if orderby == "id" or "orderby" not in refusal.refused_parameters:
            raise
        return look(endpoint, client, deadline, "id")
    if "X-WP-Total" not in answer.headers:
        return None
    items = items_of(without_bom(answer.body))
    try:
        newest = msgspec.json.decode(items[0].raw, type=Newest) if items else Newest()
    except msgspec.MsgspecError:
        raise MalformedAnswer("HTTP 200 with an unusable id or modified_gmt") from None
    name = " ".join(str(part) for part in (newest.id, newest.modified_gmt) if part)
    return Sight(total_in(answer.headers["X-WP-Total"]), name, orderby)
