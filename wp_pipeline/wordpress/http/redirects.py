"""Decides where a redirect may lead: within the origin, with every parameter that was sent."""

import requests

from wp_pipeline.wordpress.address import Address
from wp_pipeline.wordpress.errors import UnexpectedStatus

REDIRECTS = frozenset({301, 302, 303, 307, 308})  # RFC 9110, 15.4
MOST_REDIRECTS = 5


def redirect_target(address: Address, location: str) -> Address:
    """Return the address that a redirect names, normalized as requests will send it.

    Only the endpoint's own host is requested. A redirect that drops parameters would answer another
    page of a collection than the requested one. Raises UnexpectedStatus.
    """
    try:
        url = requests.Request("GET", address.join(location)).prepare().url or ""
        target = Address(url)
        is_same_origin = target.origin == address.origin
    except (requests.RequestException, ValueError):  # Their messages hold the URL.
        target, is_same_origin = None, False
    if target is None:
        raise UnexpectedStatus("redirects to something that is no URL; correct the endpoint", 301)
    if not is_same_origin:
        raise UnexpectedStatus(
            "redirects to another scheme, host or port; set the endpoint to its final URL", 301
        )
    if not address.requested_parameters <= target.requested_parameters:
        raise UnexpectedStatus(
            "redirects and drops query parameters; set the endpoint to its final URL", 301
        )
    return target


def redirect_loop() -> UnexpectedStatus:
    return UnexpectedStatus("redirects in a loop; correct the endpoint", 301)
