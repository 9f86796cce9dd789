"""Turns failures of requests, urllib3 and the operating system into errors of the tree."""

import requests
import urllib3

from wp_pipeline.wordpress.errors import (
    MalformedAnswer,
    SiteError,
    SiteNotTrusted,
    SiteUnavailable,
)

UNREACHABLE = "check that the site is up and accepts connections from this machine"
FAILURES: tuple[tuple[type[Exception], str], ...] = (
    (requests.exceptions.SSLError, "TLS could not be established; check that the port is https"),
    (requests.exceptions.ProxyError, "the proxy refused the connection; correct HTTPS_PROXY"),
    (requests.exceptions.ConnectTimeout, f"no connection in time; {UNREACHABLE}"),
    (
        requests.exceptions.Timeout,
        "no answer in time; run again later, or raise WP_PIPELINE_TIMEOUT",
    ),
    (urllib3.exceptions.TimeoutError, "the answer stopped midway; run again later"),
    (
        urllib3.exceptions.ProtocolError,
        "the answer was cut off; if it always is, see the site's error log",
    ),
    (requests.exceptions.ConnectionError, f"the connection was refused or reset; {UNREACHABLE}"),
)
SMALLER_PAGE_MAY_HELP = (
    requests.exceptions.ReadTimeout,
    urllib3.exceptions.TimeoutError,
    urllib3.exceptions.ProtocolError,
)
UNDECODABLE = (urllib3.exceptions.DecodeError, requests.exceptions.ContentDecodingError)
NOT_VERIFIED = "CERTIFICATE_VERIFY_FAILED"  # OpenSSL's name for it.


def error_from_failure(error: Exception) -> SiteError:
    """Return the error for a failure, without the failure's message: it may hold the URL."""
    if isinstance(error, UNDECODABLE):
        return MalformedAnswer(
            "HTTP 200 with a body that does not decompress", smaller_page_may_help=True
        )
    cause = cause_of(error)
    if isinstance(cause, urllib3.exceptions.NameResolutionError):
        return SiteUnavailable("the host name cannot be resolved; correct the endpoint")
    if isinstance(cause, urllib3.exceptions.SSLError) and NOT_VERIFIED in str(cause):
        return SiteNotTrusted(
            "the certificate is not valid, or not for this host; renew it, or name its issuer"
            " in REQUESTS_CA_BUNDLE"
        )
    for kind, reason in FAILURES:
        if isinstance(error, kind):
            may_help = isinstance(error, SMALLER_PAGE_MAY_HELP)
            return SiteUnavailable(reason, smaller_page_may_help=may_help)
    if isinstance(error, OSError) and not isinstance(error, requests.RequestException):
        return SiteUnavailable(f"the connection failed ({type(error).__name__}); {UNREACHABLE}")
    return SiteError(
        f"the request could not be sent, or its answer not parsed ({type(error).__name__});"
        " check the endpoint and WP_PIPELINE_USER_AGENT"
    )


def cause_of(error: Exception) -> Exception | None:
    """Return urllib3's reason for an error of requests."""
    behind = error.args[0] if error.args else None
    return behind.reason if isinstance(behind, urllib3.exceptions.MaxRetryError) else None
