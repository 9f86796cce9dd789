"""A naive page loop, to show what it loses on a changing site."""

import time

import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry

# WordPress fails with HTTP 500 if a tag is deleted while it collects the tags of posts.
TRIES_MORE = Retry(3, status_forcelist=[500])


def naive_loop(url: str, delay: float = 0) -> list[dict]:
    """Read page=1 to X-WP-TotalPages in the default order; each request takes `delay` s longer."""
    items, page, total_pages = [], 1, 1
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=TRIES_MORE))
        while page <= total_pages:
            response = session.get(url, params={"page": page, "per_page": 100}, timeout=30)
            if (
                response.status_code == 400
            ):  # Items were deleted, and the last page is past the end.
                break
            response.raise_for_status()
            items += response.json()
            total_pages = int(response.headers["X-WP-TotalPages"])
            page += 1
            time.sleep(delay)
    return items
