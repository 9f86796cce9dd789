"""The page loop that one writes first: it shows what a site in use does to it."""

import time

import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry

# Where a tag is deleted while WordPress gathers those of its posts, it dies: HTTP 500, once.
TRIES_MORE = Retry(3, status_forcelist=[500])


def naive_loop(url: str, delay: float = 0) -> list[dict]:
    """Read page=1 to X-WP-TotalPages in the default order; each request takes `delay` s longer."""
    items, page, total_pages = [], 1, 1
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=TRIES_MORE))
        while page <= total_pages:
            response = session.get(url, params={"page": page, "per_page": 100}, timeout=30)
            if response.status_code == 400:  # Items went: what was the last page is past the end.
                break
            response.raise_for_status()
            items += response.json()
            total_pages = int(response.headers["X-WP-TotalPages"])
            page += 1
            time.sleep(delay)
    return items
