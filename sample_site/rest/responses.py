"""Answers with the headers that WordPress sends."""

import html
from collections.abc import Mapping
from urllib.parse import quote, urlencode

from sample_site.content import read_data
from sample_site.items import Addresses
from sample_site.messages import Answer, Request
from sample_site.rest.discovery import DISCOVERY

HEADERS: dict[str, dict[str, str]] = read_data("headers")


def rest_answer(
    body: bytes,
    addresses: Addresses,
    status: int = 200,
    *,
    headers: Mapping[str, str] | None = None,
    signed_in: bool,
    by_core: bool = True,
    allows_get: bool = True,
) -> Answer:
    """An answer of the REST API, with its headers in WordPress's order.

    Whatever is answered to a user has headers that forbid to cache it, errors too. Plugins that
    call `wp_send_json` end the request before WordPress core adds the last ones.
    https://developer.wordpress.org/reference/hooks/rest_send_nocache_headers/
    """
    link = {"Link": f'<{addresses.rest("/")}>; rel="https://api.w.org/"'}
    not_cached = HEADERS["signed_in"] if signed_in else {}
    sent = {**HEADERS["always"], **link, **not_cached, **(headers or {})}
    if by_core and allows_get:
        sent["Allow"] = "GET"
    if by_core:
        sent["Vary"] = "Origin"
    return Answer(status, sent, body)


def web_page(request: Request, addresses: Addresses) -> Answer:
    """What a browser gets; with plain permalinks, that is also what /wp-json/ answers."""
    headers = {"Content-Type": "text/html; charset=UTF-8"}
    if addresses.plain and not request.path.endswith(("/", ".php")):
        query = f"?{urlencode(request.query)}" if request.query else ""
        location = f"{addresses.url}{quote(request.path)}/{query}"
        return Answer(301, {**headers, **DISCOVERY["redirect"], "Location": location}, b"")
    headers["Link"] = f'<{addresses.rest("/")}>; rel="https://api.w.org/"'
    root = html.escape(addresses.rest("/"))
    body = DISCOVERY["front_page"].format(name=DISCOVERY["index"]["name"], root=root)
    known = addresses.plain or request.path in ("/", "/index.php")
    return Answer(200 if known else 404, headers, body.encode())
