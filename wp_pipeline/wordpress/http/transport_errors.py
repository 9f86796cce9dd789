"""What it means that there is no answer: failures of requests, urllib3 and the system."""

import requests
import urllib3

from wp_pipeline.wordpress.errors import (
    MalformedAnswer,
    SiteError,
    SiteNotTrusted,
    SiteUnavailable,
)

UNREACHABLE = "is the site up, and does it let this machine in?"
FAILURES: tuple[tuple[type[Exception], str], ...] = (
    (requests.exceptions.SSLError, "TLS could not be established; is this the port of https?"),
    (requests.exceptions.ProxyError, "the proxy did not let us through; correct HTTPS_PROXY"),
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
UNDECODABLE = (urllib3.exceptions.DecodeError, requests.exceptions.ContentDecodingError)
NOT_VERIFIED = "CERTIFICATE_VERIFY_FAILED"  # OpenSSL's name for it.


def failure_of(error: Exception) -> SiteError:
    """Name a failure, without its message."""
    if isinstance(error, UNDECODABLE):
        return MalformedAnswer("HTTP 200 with a body that does not decompress")
    cause = cause_of(error)
    if isinstance(cause, urllib3.exceptions.NameResolutionError):
        return SiteUnavailable("the host's name is not known; correct the endpoint")
    if isinstance(cause, urllib3.exceptions.SSLError) and NOT_VERIFIED in str(cause):
        return SiteNotTrusted(
            "the certificate is not valid, or not for this host; renew it, or name who signed it"
            " in REQUESTS_CA_BUNDLE"
        )
    for kind, reason in FAILURES:
        if isinstance(error, kind):
            return SiteUnavailable(reason)
    if isinstance(error, OSError) and not isinstance(error, requests.RequestException):
        return SiteUnavailable(f"the connection failed ({type(error).__name__}); {UNREACHABLE}")
    return SiteError(
        f"can't be asked, or its answer not understood ({type(error).__name__});"
        " check the endpoint and WP_PIPELINE_USER_AGENT"
    )


def cause_of(error: Exception) -> Exception | None:
    """Return what urllib3 says was behind an error of requests."""
    behind = error.args[0] if error.args else None
    return behind.reason if isinstance(behind, urllib3.exceptions.MaxRetryError) else None
