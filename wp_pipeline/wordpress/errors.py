"""What can go wrong when we read a site.

* SiteError
  - MalformedEndpoints   the list of endpoints is not one: nothing is asked
  - SiteUnavailable      408, 429, 5xx, no answer or half an answer: worth another attempt
  - SiteNotTrusted       the certificate does not show that it is the site
  - AccessDenied         401, 403: a credential, a permission or a wall in front of the site
  - RouteNotFound        404: the site does not serve this route
  - UnexpectedStatus     every other status than 200
  - MalformedAnswer      200, yet the body is not what a REST API promises
  - AnswerTooLarge       the body outgrows its limit
  - DiskFailure          the disk does not take the body
  - DeadlineExceeded     the endpoint took longer than it may
  - CompletenessNotProven      the collection was read, but not shown to be complete
  - Cancelled              somebody ended the extraction

Messages are one line, name no URL, and quote nothing of a body but WordPress's own error code.
"""

import json
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

RETRYABLE_STATUSES = frozenset({408, 429, 500, 502, 503, 504, 507, 508, 520, 521, 522, 523, 524})
FAILED = "the site failed; see its error log"
OVERLOADED = {
    408: "the site was too slow for itself; run again later",
    429: "the site is asked too much; lower WP_PIPELINE_CONCURRENCY",
    503: "the site is overloaded or under maintenance; run again later",
}
ERROR_CODE = re.compile(rb'"code"\s*:\s*"([a-z0-9_]{1,60})"')


class SiteError(Exception):
    """A reason, in one line, why an endpoint could not be read."""


class MalformedEndpoints(SiteError):
    pass


class SiteUnavailable(SiteError):
    """The site may answer later. `status` is 0 where there was no answer at all."""

    def __init__(self, reason: str, status: int = 0, retry_after: str | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.retry_after = retry_after


class SiteNotTrusted(SiteError):
    pass


class AccessDenied(SiteError):
    pass


class RouteNotFound(SiteError):
    pass


class UnexpectedStatus(SiteError):
    """`code` is WordPress's own, such as rest_invalid_param; `refused_parameters` it names then."""

    def __init__(
        self,
        reason: str,
        status: int,
        code: str = "",
        refused_parameters: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(reason)
        self.status = status
        self.code = code
        self.refused_parameters = refused_parameters


class MalformedAnswer(SiteError):
    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason}; open the endpoint in a browser to see what it says")


class AnswerTooLarge(SiteError):
    pass


class DiskFailure(SiteError):
    pass


class DeadlineExceeded(SiteError):
    pass


class CompletenessNotProven(SiteError):
    pass


class Cancelled(SiteError):
    pass


def error_for(status: int, headers: Mapping[str, str], body: bytes, url: str) -> SiteError:
    """Name the failure that a status other than 200 is; `body` is its beginning."""
    code = error_code(body)
    if repeats(code, url):
        code = ""
    said = f"HTTP {status} {code}".strip()
    if status in RETRYABLE_STATUSES or status >= 500:
        reason = f"{said}: {OVERLOADED.get(status, FAILED)}"
        return SiteUnavailable(reason, status, headers.get("Retry-After"))
    if wall := wall_in_front(status, headers, code):
        return AccessDenied(f"{said}: {wall}, not WordPress, turned us away; allow our User-Agent")
    if status == 401:
        return AccessDenied(f"{said}: the site wants a login; set credentials or correct them")
    if status == 403:
        return AccessDenied(f"{said}: the site forbids it to this user; grant it or drop the name")
    if status == 404:
        return RouteNotFound(f"{said}: the site does not serve this route; correct the endpoint")
    return UnexpectedStatus(
        f"{said}: only 200 is an answer; correct the endpoint",
        status,
        code,
        refused_parameters(body),
    )


def error_code(body: bytes) -> str:
    """Return WordPress's error code, such as rest_no_route, or nothing."""
    found = ERROR_CODE.search(body)
    return found[1].decode() if found else ""


def repeats(code: str, url: str) -> bool:
    """Whether a plugin's code holds a word of the route's last part, or a value of the query."""
    parts = urlsplit(url)
    route = parts.path.rstrip("/").rpartition("/")[2]
    values = [value for _, value in parse_qsl(parts.query)]
    words = set(re.findall(r"[a-z0-9]+", " ".join([route, *values]).lower()))
    return any(word in code.split("_") or (len(word) > 3 and word in code) for word in words)


def refused_parameters(body: bytes) -> frozenset[str]:
    """Return the names under `data.params` of WordPress's 400 rest_invalid_param."""
    try:
        return frozenset(json.loads(body)["data"]["params"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return frozenset()


def wall_in_front(status: int, headers: Mapping[str, str], code: str) -> str:
    """Name what answers in WordPress's place, if something does: a captcha, a CDN, a firewall.

    WordPress itself refuses in JSON, and with an error code.
    """
    if "SG-Captcha" in headers:
        return "SiteGround's captcha"
    if status not in (401, 403) or code or "json" in headers.get("Content-Type", ""):
        return ""
    if "cf-ray" in headers:
        return "Cloudflare"
    return "a firewall or the host" if status == 403 else ""
