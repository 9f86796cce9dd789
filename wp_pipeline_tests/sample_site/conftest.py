import json
from collections.abc import Callable

import pytest

from sample_site.messages import Answer, Request
from sample_site.site import SampleSite

Ask = Callable[..., Answer]


@pytest.fixture
def site() -> SampleSite:
    return SampleSite({"posts": 25, "pages": 3, "media": 12, "comments": 40, "books": 5,
                       "categories": 12, "tags": 15, "genres": 8, "users": 4})  # fmt: skip


@pytest.fixture
def ask() -> Ask:
    """Sends a site a request for a route below /wp-json/."""

    def send(site: SampleSite, route: str, method: str = "GET", **headers: str) -> Answer:
        return site.answer(Request.parse(method, f"/wp-json/{route}", headers))

    return send


@pytest.fixture
def ids(ask):
    """The ids in the answer to a collection request."""
    return lambda site, route: [item["id"] for item in json.loads(ask(site, route).body)]


@pytest.fixture
def all_ids(ids):
    """The ids on all pages of a collection request, in the order of the answers."""

    def send(site: SampleSite, route: str, per_page: int = 7) -> list[int]:
        paged = f"{route}{'&' if '?' in route else '?'}per_page={per_page}&page="
        total = int(site.answer(Request.parse("GET", f"/wp-json/{paged}1")).headers["X-WP-Total"])
        pages = range(1, -(-total // per_page) + 1)
        return [item_id for page in pages for item_id in ids(site, f"{paged}{page}")]

    return send
