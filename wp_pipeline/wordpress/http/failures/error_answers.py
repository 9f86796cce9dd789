"""Turns an answer with a status other than 200 into an error of the tree."""

import json
import re
from collections.abc import Mapping
from typing import Any

from wp_pipeline.wordpress.endpoints.address import Address
from wp_pipeline.wordpress.errors import (
    AccessDenied,
    RouteNotFound,
    SiteError,
    SiteUnavailable,
    UnexpectedStatus,
)
from wp_pipeline.wordpress.http.failures.block_pages import ALLOW_US, blocked_by

RETRYABLE_CLIENT_ERRORS = frozenset({408, 429})  # Besides all server errors, from 500 on.
# The site ran out of memory or time, or something in front of it waited too long for it.
TOO_HEAVY_STATUSES = frozenset({408, 500, 502, 504, 507, 508, 520, 521, 522, 523, 524})
# The texts of CloudLinux, LiteSpeed and PHP for it, with status 503.
OUT_OF_RESOURCES = re.compile(
    rb"Resource Limit Is Reached|Request Timeout|Allowed memory size|Maximum execution time",
    re.IGNORECASE,
)
PROXY_LOGIN = "the proxy wants a login; add user and password to HTTP_PROXY and HTTPS_PROXY"
FAILED = "the site failed; see its error log"
REFUSALS: dict[int, tuple[type[AccessDenied | RouteNotFound], str]] = {
    401: (AccessDenied, "the site wants a login; set credentials or correct them"),
    403: (
        AccessDenied,
        "this user may not read it; grant the permission or remove the endpoint",
    ),
    404: (RouteNotFound, "the site does not serve this route; correct the endpoint"),
    407: (AccessDenied, PROXY_LOGIN),
}
NOBODY_SAYS_WHO = (
    "a plugin or a firewall refused the request, without WordPress's error code; grant the"
    " permission, or allow our User-Agent or IP address there"
)
ADVICE = {
    408: "the site was too slow; run again later",
    429: "too many requests for the site; lower WP_PIPELINE_CONCURRENCY",
    503: "the site is overloaded or under maintenance; run again later",
    509: "the host's limit of bandwidth is reached; raise it, or run again later",
    511: "the network of this machine wants a login; log in there",
    **dict.fromkeys(
        (521, 522, 523),
        "Cloudflare can't reach the site; check that it is up and lets Cloudflare in",
    ),
    525: "Cloudflare could not establish TLS with the site; check the certificate there",
    526: "Cloudflare does not accept the site's certificate; renew it there",
    530: "Cloudflare can't reach the site; check the origin's address there",
}
CODE = re.compile(r"[a-z0-9_-]{1,64}")
CODE_IN_TEXT = re.compile(rb'"code"\s*:\s*"([a-z0-9_-]{1,64})"')
WEB_PAGE = re.compile(rb"<(!doctype|html|head|body|title|script)\b", re.IGNORECASE)


def error_from_answer(
    status: int, headers: Mapping[str, str], body: bytes, address: Address
) -> SiteError:
    """Return the error for an answer; `body` is its beginning."""
    code = error_code(body)
    shown = "" if repeats_address(code, address) else code
    label = f"HTTP {status} {shown}".strip()
    blocker = "" if is_of_wordpress(status, body) else blocked_by(status, headers, body, code)
    if blocker:
        reason = f"HTTP {status}: {blocker}, not WordPress, refused the request; {ALLOW_US}"
        return AccessDenied(reason, status)
    if status in RETRYABLE_CLIENT_ERRORS or status >= 500:
        reason = f"{label}: {ADVICE.get(status, FAILED)}"
        return SiteUnavailable(
            reason,
            status,
            headers.get("Retry-After"),
            smaller_page_may_help=is_too_heavy(status, body),
            found=label,
        )
    if status in REFUSALS:
        kind, reason = REFUSALS[status]
        reason = reason if code or status != 403 else NOBODY_SAYS_WHO
        return kind(f"{label}: {reason}", status, code, label)
    reason = f"{label}: expected HTTP 200; correct the endpoint"
    return UnexpectedStatus(reason, status, code, refused_parameters(body), label)


def is_too_heavy(status: int, body: bytes) -> bool:
    """Whether the site may be able to give a smaller answer."""
    return status in TOO_HEAVY_STATUSES or (
        status == 503 and OUT_OF_RESOURCES.search(body) is not None
    )


def is_of_wordpress(status: int, body: bytes) -> bool:
    """Whether it is an error as the REST API writes it: with its status under `data`."""
    found = error_object(body)
    data = found.get("data")
    return "code" in found and isinstance(data, dict) and data.get("status") == status


def error_code(body: bytes) -> str:
    """Return WordPress's error code, such as rest_no_route; empty if there is none."""
    told = error_object(body).get("code")
    if isinstance(told, str):
        return told if CODE.fullmatch(told) else ""
    found = CODE_IN_TEXT.search(body)
    return found[1].decode() if found and not WEB_PAGE.search(body) else ""


def error_object(body: bytes) -> Mapping[str, Any]:
    """Return the JSON object in a body; {} for anything else."""
    try:
        found = json.loads(body)  # It ignores a byte order mark.
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def repeats_address(code: str, address: Address) -> bool:
    """Whether a plugin's code contains a word of the route's last segment or of the query."""
    parts = re.split("[_-]", code)
    return any(word in parts or (len(word) > 3 and word in code) for word in address.words)


def refused_parameters(body: bytes) -> frozenset[str]:
    """Return the names under `data.params` of WordPress's 400 rest_invalid_param."""
    data = error_object(body).get("data")
    params = data.get("params") if isinstance(data, dict) else None
    return frozenset(params) if isinstance(params, dict) else frozenset()
