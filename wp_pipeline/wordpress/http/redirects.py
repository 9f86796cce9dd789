"""Decides where redirects may lead: within the origin, with every parameter that was sent."""

import re
from collections.abc import Callable, Mapping

import requests

from wp_pipeline.wordpress.endpoints.address import Address, Origin
from wp_pipeline.wordpress.errors import AccessDenied, UnexpectedStatus
from wp_pipeline.wordpress.http.failures.block_pages import (
    COOKIE_CHECK,
    FRONT_PAGE,
    redirected_to,
)
from wp_pipeline.wordpress.http.request_builder import normalized

REDIRECTS = frozenset({301, 302, 303, 307, 308})  # RFC 9110, 15.4
MOST_REDIRECTS = 5
FRONT = ("", "/")  # Routes of the front page.
IN_THE_API = re.compile(r"/wp-json/.|/v\d+/")

# Whether a redirect may lead from one origin to another.
MayLead = Callable[[Origin, Origin], bool]


def same_origin(origin: Origin, target: Origin) -> bool:
    return origin == target


def same_site(origin: Origin, target: Origin) -> bool:
    """Whether it is the same origin, or differs in `www.`, or in https instead of http."""
    is_same_host = origin.host.removeprefix("www.") == target.host.removeprefix("www.")
    keeps_port = origin.port == target.port or (origin.port, target.port) == (80, 443)
    keeps_scheme = origin.scheme == target.scheme or target.scheme == "https"
    return is_same_host and keeps_port and keeps_scheme


class Redirects:
    """Where the redirects of one request have led so far: `address`."""

    def __init__(self, address: Address, may_lead: MayLead) -> None:
        self.address = address
        self._may_lead = may_lead
        self._left = MOST_REDIRECTS
        self._sets_cookies = False

    def follow(self, headers: Mapping[str, str]) -> None:
        """Follow a redirect. Raises UnexpectedStatus, or AccessDenied for a bot check."""
        self._sets_cookies = self._sets_cookies or "Set-Cookie" in headers
        target = redirect_target(self.address, as_utf8(headers["Location"]), self._may_lead)
        self._left -= 1
        returns = target.url == normalized(self.address.url)
        if self._sets_cookies and (returns or self._left < 0):
            raise AccessDenied(COOKIE_CHECK, 302)
        if self._left < 0:
            raise UnexpectedStatus("redirects in a loop; correct the endpoint", 301)
        self.address = target


def redirect_target(address: Address, location: str, may_lead: MayLead = same_origin) -> Address:
    """Return the address that a redirect names, normalized as requests will send it.

    Only the endpoint's own host is requested. After a redirect that drops parameters, the answer
    would be another page of the collection. Raises UnexpectedStatus, or AccessDenied if it leads to
    a login or a captcha.
    """
    try:
        target = Address(normalized(address.join(location)))
        is_allowed = may_lead(address.origin, target.origin)
    except (requests.RequestException, ValueError):  # Their messages hold the URL.
        target, is_allowed = None, False
    if target is None:
        raise UnexpectedStatus("redirects to something that is no URL; correct the endpoint", 301)
    page = redirected_to(target.path_and_query)
    if page and not redirected_to(address.path_and_query):
        raise AccessDenied(page, 302)
    if is_allowed and target.route in FRONT and IN_THE_API.search(address.route):
        raise AccessDenied(FRONT_PAGE, 302)
    if not is_allowed:
        raise UnexpectedStatus(
            "redirects to another scheme, host or port; set the endpoint to its final URL", 301
        )
    if not address.requested_parameters <= target.requested_parameters:
        raise UnexpectedStatus(
            "redirects and drops query parameters; set the endpoint to its final URL", 301
        )
    return target


def as_utf8(header: str) -> str:
    """Return a header whose bytes are UTF-8, as those of nginx's `$uri` are; others as it is.

    Python reads headers as Latin-1.
    """
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header
