"""Turns an answer with a status other than 200 into an error of the tree."""

import json
import re
from collections.abc import Mapping

from wp_pipeline.wordpress.address import Address
from wp_pipeline.wordpress.errors import (
    AccessDenied,
    RouteNotFound,
    SiteError,
    SiteUnavailable,
    UnexpectedStatus,
)

RETRYABLE_STATUSES = frozenset({408, 429, 500, 502, 503, 504, 507, 508, 520, 521, 522, 523, 524})
# The site ran out of memory or time, or something in front of it waited too long for it.
TOO_HEAVY_STATUSES = frozenset({500, 502, 504, 507, 508, 520, 521, 522, 523, 524})
OUT_OF_RESOURCES = re.compile(rb"Resource Limit Is Reached", re.IGNORECASE)  # CloudLinux's 503
FAILED = "the site failed; see its error log"
ADVICE = {
    408: "the site was too slow; run again later",
    429: "too many requests for the site; lower WP_PIPELINE_CONCURRENCY",
    503: "the site is overloaded or under maintenance; run again later",
}
ERROR_CODE = re.compile(rb'"code"\s*:\s*"([a-z0-9_]{1,60})"')


def error_from_answer(
    status: int, headers: Mapping[str, str], body: bytes, address: Address
) -> SiteError:
    """Return the error for an answer; `body` is its beginning."""
    code = error_code(body)
    if repeats_address(code, address):
        code = ""
    label = f"HTTP {status} {code}".strip()
    if status in RETRYABLE_STATUSES or status >= 500:
        reason = f"{label}: {ADVICE.get(status, FAILED)}"
        return SiteUnavailable(
            reason,
            status,
            headers.get("Retry-After"),
            smaller_page_may_help=is_too_heavy(status, body),
        )
    if firewall := firewall_name(status, headers, code):
        return AccessDenied(
            f"{label}: {firewall}, not WordPress, refused the request; allow our User-Agent there"
        )
    if status == 401:
        return AccessDenied(f"{label}: the site wants a login; set credentials or correct them")
    if status == 403:
        return AccessDenied(
            f"{label}: this user may not read it; grant the permission or remove the endpoint"
        )
    if status == 404:
        return RouteNotFound(f"{label}: the site does not serve this route; correct the endpoint")
    return UnexpectedStatus(
        f"{label}: expected HTTP 200; correct the endpoint",
        status,
        code,
        refused_parameters(body),
    )


def is_too_heavy(status: int, body: bytes) -> bool:
    """Whether the site may be able to give a smaller answer."""
    return status in TOO_HEAVY_STATUSES or (
        status == 503 and OUT_OF_RESOURCES.search(body) is not None
    )


def error_code(body: bytes) -> str:
    """Return WordPress's error code, such as rest_no_route, or nothing."""
    found = ERROR_CODE.search(body)
    return found[1].decode() if found else ""


def repeats_address(code: str, address: Address) -> bool:
    """Whether a plugin's code contains a word of the route's last segment or of the query."""
    return any(
        word in code.split("_") or (len(word) > 3 and word in code) for word in address.words
    )


def refused_parameters(body: bytes) -> frozenset[str]:
    """Return the names under `data.params` of WordPress's 400 rest_invalid_param."""
    try:
        return frozenset(json.loads(body)["data"]["params"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return frozenset()


def firewall_name(status: int, headers: Mapping[str, str], code: str) -> str:
    """Name what answers in place of WordPress: a captcha, a CDN or a firewall; or nothing.

    WordPress itself refuses in JSON, with an error code.
    """
    if "SG-Captcha" in headers:
        return "SiteGround's captcha"
    if status not in (401, 403) or code or "json" in headers.get("Content-Type", ""):
        return ""
    if "cf-ray" in headers:
        return "Cloudflare"
    return "a firewall or the host" if status == 403 else ""
