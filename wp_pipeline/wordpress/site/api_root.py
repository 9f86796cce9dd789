"""Finds the root of a site's REST API, which need not be /wp-json/.

The front page names it, in a header and in its HTML:
https://developer.wordpress.org/rest-api/using-the-rest-api/discovery/
"""

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from wp_pipeline.wordpress.answers.json_text import without_bom
from wp_pipeline.wordpress.endpoints.address import Address
from wp_pipeline.wordpress.errors import (
    Cancelled,
    DeadlineExceeded,
    MalformedAnswer,
    MalformedEndpoints,
    RouteNotFound,
    SiteError,
    SiteNotTrusted,
    SiteUnavailable,
)
from wp_pipeline.wordpress.http.body import Body
from wp_pipeline.wordpress.http.cancellation import Cancellation
from wp_pipeline.wordpress.http.client import Answer
from wp_pipeline.wordpress.http.redirects import same_site
from wp_pipeline.wordpress.http.retries import TRIES, RetryingClient

TRIES_FOR_THE_FRONT_PAGE = 2
WHAT_IS_ASKED = "the site"  # What the observer is told.
HEAD = 256 << 10  # bytes of the front page in which its <link> is searched
RELATION = "https://api.w.org/"
IN_HTML = re.compile(rb"<link\b[^>]*https://api\.w\.org/[^>]*>", re.IGNORECASE)
HREF = re.compile(r"href\s*=\s*[\"']?([^\"'\s>]*)", re.IGNORECASE)  # Minifiers drop quotes.
TEXT_AROUND = "HTTP 200 with PHP notices or other text around the JSON"


class NotWordPress(SiteError):
    """The address answers, but there is no WordPress REST API."""


@dataclass(frozen=True)
class FrontPage:
    """The address of the front page, and the address of the API that it names."""

    address: Address = field(repr=False)
    linked: Address | None = field(default=None, repr=False)

    def roots(self, site: Address) -> Iterator[Address]:
        """Yield where the API may be, the likeliest first; only on hosts of the same site."""
        if self.linked:
            if same_site(self.address.origin, self.linked.origin):
                yield self.linked
            yield self.linked.at(self.address.origin)
        yield from self.address.api_roots()
        yield from site.api_roots()


@dataclass(frozen=True)
class FoundApi:
    """The root of a site's API and its index.

    `moved_to` is the root for messages, if it does not follow from the given address; else empty.
    """

    root: Address = field(repr=False)
    index: Mapping[str, Any] = field(repr=False)
    moved_to: str = ""


class ApiRootFinder:
    """Requests the front page, then the index at each likely root."""

    def __init__(self, client: RetryingClient, cancellation: Cancellation) -> None:
        self._client = client
        self._cancellation = cancellation

    def find(self, addresses: Sequence[Address]) -> FoundApi:
        """Find the API of a site at the first of these addresses that can be reached.

        Raises NotWordPress, or another SiteError.
        """
        site = addresses[0] if len(addresses) == 1 else self._reached(addresses)
        root, index = self._root_of(site)
        return FoundApi(root, index, "" if root in site.api_roots() else root.shown)

    def _reached(self, addresses: Sequence[Address]) -> Address:
        """Return the first address that can be reached. Raises a SiteError if none can."""
        unreachable: SiteError = NotWordPress("nothing answers at that address")
        for address in addresses:
            try:
                self._get(address, tries=1)
            except (DeadlineExceeded, Cancelled):
                raise
            except SiteError as failure:
                if isinstance(failure, SiteUnavailable) and failure.status == 0:
                    unreachable = failure
                    continue
            return address
        raise unreachable

    def _root_of(self, site: Address) -> tuple[Address, Mapping[str, Any]]:
        """Return the root and its index. Raises a SiteError."""
        page = self._front_page(site)
        reason = ""
        for root in dict.fromkeys(page.roots(site)):
            try:
                return self._verified(root)
            except (SiteUnavailable, SiteNotTrusted, DeadlineExceeded, Cancelled):
                raise
            except RouteNotFound:
                continue
            except SiteError as error:
                reason = reason or f": {error}"
        if page.linked and not same_site(page.address.origin, page.linked.origin):
            reason = ", but the front page names one at another host; give that host's address"
        raise NotWordPress(f"no WordPress REST API (wp/v2) answers at that address{reason}")

    def _front_page(self, site: Address) -> FrontPage:
        try:
            answer = self._get(site, TRIES_FOR_THE_FRONT_PAGE)
        except (SiteNotTrusted, DeadlineExceeded, Cancelled):
            raise
        except SiteError:  # The API may answer nevertheless.
            return FrontPage(site)
        return FrontPage(answer.address.home, linked_root(answer))

    def _verified(self, root: Address) -> tuple[Address, Mapping[str, Any]]:
        """Request a root, and return where redirects led to, with its index, which lists wp/v2.

        Raises a SiteError.
        """
        answer = self._get(root)
        index = object_in(answer.body)
        namespaces = index.get("namespaces")
        if not (isinstance(namespaces, list) and "wp/v2" in namespaces):
            raise MalformedAnswer("HTTP 200 with something else than the index of wp/v2")
        return (answer.address if answer.address.can_be_root else root), index

    def _get(self, address: Address, tries: int = TRIES) -> Answer:
        return self._client.get(
            address, self._cancellation, tries, WHAT_IS_ASKED, may_lead=same_site
        )


def linked_root(answer: Answer) -> Address | None:
    """Return the root that a front page names, in its header or its HTML."""
    linked = (link["url"] for link in answer.links if RELATION in link.get("rel", "").split())
    found = next(linked, "")
    if not found and (link := IN_HTML.search(bytes(answer.body[:HEAD]))):
        href = HREF.search(link[0].decode("utf-8", "replace"))
        found = href[1] if href else ""
    if not found:
        return None
    text = html.unescape(found).strip()
    try:
        return Address.parse(answer.address.join(text)).as_root
    except (MalformedEndpoints, ValueError):
        return None


def object_in(body: Body) -> Mapping[str, Any]:
    """Return the JSON object in a body. Raises MalformedAnswer."""
    text = bytes(without_bom(body))
    try:
        described = json.loads(text)
    except (ValueError, RecursionError):
        described = None
    if isinstance(described, dict):
        return described
    around = described is None and (b'"namespaces"' in text or b'"rest_base"' in text)
    raise MalformedAnswer(
        TEXT_AROUND if around else "HTTP 200 with something else than JSON objects"
    )
