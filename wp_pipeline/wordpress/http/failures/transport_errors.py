"""Turns failures of requests, urllib3 and the operating system into errors of the tree."""

import re
import ssl
import zlib

import requests
import urllib3

from wp_pipeline.wordpress.errors import (
    AccessDenied,
    MalformedAnswer,
    SiteError,
    SiteNotTrusted,
    SiteUnavailable,
)
from wp_pipeline.wordpress.http.failures.error_answers import PROXY_LOGIN

PROXY_ADDRESS = (
    "HTTPS_PROXY, HTTP_PROXY or ALL_PROXY is no address of an HTTP proxy, such as"
    " http://proxy.example.org:3128; correct it, with a password's special characters encoded"
)
NO_PROXY = (
    requests.exceptions.InvalidProxyURL,
    requests.exceptions.InvalidSchema,  # A SOCKS proxy.
)
UNREACHABLE = "check that the site is up and accepts connections from this machine"
# What was found, and what to do.
FAILURES: tuple[tuple[type[Exception], str, str], ...] = (
    (
        requests.exceptions.SSLError,
        "TLS could not be established",
        "check that the port is https",
    ),
    (requests.exceptions.ProxyError, "the proxy refused the connection", "correct HTTPS_PROXY"),
    (requests.exceptions.ConnectTimeout, "no connection in time", UNREACHABLE),
    (
        requests.exceptions.Timeout,
        "no answer in time",
        "run again later, or raise WP_PIPELINE_TIMEOUT",
    ),
    (urllib3.exceptions.TimeoutError, "the answer stopped midway", "run again later"),
    (
        urllib3.exceptions.ProtocolError,
        "the answer was cut off",
        "if it always is, see the site's error log",
    ),
    (urllib3.exceptions.SSLError, "TLS broke off midway", "run again later"),
    (requests.exceptions.ConnectionError, "the connection was refused or reset", UNREACHABLE),
    (OSError, "the connection failed", UNREACHABLE),
)
SMALLER_PAGE_MAY_HELP = (
    requests.exceptions.ReadTimeout,
    urllib3.exceptions.TimeoutError,
    urllib3.exceptions.ProtocolError,
)
UNDECODABLE = (
    urllib3.exceptions.DecodeError,
    requests.exceptions.ContentDecodingError,
    zlib.error,  # urllib3 does not wrap what the end of a stream raises.
)

# OpenSSL's verify_code: https://docs.openssl.org/3.0/man3/X509_STORE_CTX_get_error/
ISSUER_MISSING = frozenset({20, 21})
WRONG_HOST = "the certificate is not valid for this host; correct the endpoint or the certificate"
CERTIFICATE_FAULTS: dict[int, str] = {
    9: "the certificate is not valid yet; correct this machine's clock, or renew the certificate",
    10: "the certificate is not valid: it has expired; renew it",
    18: "the certificate is not valid: it is self-signed; replace it, or name it in"
    " REQUESTS_CA_BUNDLE",
    19: "the certificate is not valid: its issuer is not trusted here; replace it, or name the"
    " issuer in REQUESTS_CA_BUNDLE",
    62: WRONG_HOST,
    64: WRONG_HOST,
    **dict.fromkeys(
        ISSUER_MISSING,
        "the server does not send its certificate's issuer, or the issuer is not known here;"
        " install the full chain on the server, or name the issuer in REQUESTS_CA_BUNDLE",
    ),
}
NOT_VALID = "the certificate is not valid; renew it, or name its issuer in REQUESTS_CA_BUNDLE"
BUNDLE_FAULT = (
    "the file that REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names is missing, or has no certificates;"
    " correct the variable"
)
NO_BUNDLE = "TLS CA certificate bundle"  # In the message of requests.
# OpenSSL's reasons for a handshake that failed, or that could not begin.
HANDSHAKE_FAULTS: tuple[tuple[str, str], ...] = (
    (r"\[X509|Permission denied", BUNDLE_FAULT),
    (
        r"UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|NO_PROTOCOLS_AVAILABLE|INAPPROPRIATE_FALLBACK",
        "the server's TLS is too old: it offers neither TLS 1.2 nor 1.3; update TLS on the server",
    ),
    (
        r"CERTIFICATE_REQUIRED",
        "the server wants a client certificate, which wp_pipeline can't send; allow this machine"
        " without one",
    ),
    (
        r"DH_KEY_TOO_SMALL|EE_KEY_TOO_SMALL|CA_MD_TOO_WEAK|CA_KEY_TOO_SMALL",
        "the server's TLS keys are too weak; update TLS on the server",
    ),
    (
        r"NO_SHARED_CIPHER|INSUFFICIENT_SECURITY",
        "the server offers no TLS cipher that is accepted here; update TLS on the server",
    ),
    (
        r"HANDSHAKE_FAILURE",
        "the server refused the TLS handshake: it has no certificate for this host, wants one of"
        " the client, or accepts no cipher in common; correct the endpoint or the server",
    ),
    (
        r"UNRECOGNIZED_NAME",
        "the server has no certificate for this host; correct the endpoint or the server",
    ),
)
ALERT = "the server broke off the TLS handshake with an alert; see its log and TLS settings"
PROXY_STATUS = re.compile(r"Tunnel connection failed: (\d{3})")


def error_from_failure(error: Exception) -> SiteError:
    """Return the error for a failure, without the failure's message: it may hold the URL."""
    if isinstance(error, UNDECODABLE):
        return MalformedAnswer(
            "HTTP 200 with a body that does not decompress", smaller_page_may_help=True
        )
    if fault := fault_of_environment(error):
        return SiteNotTrusted(fault)
    cause = cause_of(error)
    if isinstance(cause, urllib3.exceptions.NameResolutionError):
        return SiteUnavailable("the host name cannot be resolved; correct the endpoint")
    if isinstance(cause, urllib3.exceptions.SSLError) and (refusal := tls_error(cause)):
        return refusal
    if isinstance(cause, urllib3.exceptions.ProxyError) and (fault := proxy_fault(cause)):
        return AccessDenied(fault)
    return broken_connection(error)


def broken_connection(error: Exception) -> SiteError:
    """Return the error for a connection that ended early, or a request that was not sent."""
    if isinstance(error, requests.RequestException) and is_about_the_request(error):
        return not_sent()
    for kind, found, advice in FAILURES:
        if isinstance(error, kind):
            may_help = isinstance(error, SMALLER_PAGE_MAY_HELP) or is_aborted(error)
            return SiteUnavailable(
                f"{found}; {advice}", smaller_page_may_help=may_help, found=found
            )
    return not_sent()


def is_aborted(error: Exception) -> bool:
    """Whether the site closed the connection without an answer, as when PHP crashes."""
    behind = error.args[0] if error.args else None
    return isinstance(behind, urllib3.exceptions.ProtocolError)


def fault_of_environment(error: Exception) -> str:
    """Say which variable of this machine is wrong, so that nothing was sent; else empty.

    requests parses the endpoint's URL first, and keeps urllib3's error for a proxy's.
    """
    if isinstance(error, OSError) and NO_BUNDLE in str(error):
        return BUNDLE_FAULT
    behind = error.args[0] if error.args else None
    is_url = isinstance(error, requests.exceptions.InvalidURL)
    if (is_url and isinstance(behind, urllib3.exceptions.HTTPError)) or isinstance(error, NO_PROXY):
        return PROXY_ADDRESS
    return ""


def is_about_the_request(error: requests.RequestException) -> bool:
    """Whether nothing was sent: requests does not accept the URL, or a header of ours."""
    return isinstance(error, ValueError)  # InvalidURL, InvalidHeader, MissingSchema, ...


def not_sent() -> SiteError:
    return SiteError(
        "the request could not be sent, or its answer not read; check the endpoint,"
        " WP_PIPELINE_USER_AGENT and HTTPS_PROXY"
    )


def cause_of(error: Exception) -> Exception | None:
    """Return urllib3's reason for an error of requests."""
    behind = error.args[0] if error.args else None
    return behind.reason if isinstance(behind, urllib3.exceptions.MaxRetryError) else None


def tls_error(failure: urllib3.exceptions.SSLError) -> SiteError | None:
    """Return the error for a TLS server that refuses us; None if it may not be one."""
    if fault := tls_fault(failure):
        return SiteNotTrusted(fault)
    return SiteUnavailable(ALERT) if "_ALERT_" in str(failure) else None


def tls_fault(failure: urllib3.exceptions.SSLError) -> str:
    """Say why the server is not trusted; empty if a retry may help."""
    behind = failure.args[0] if failure.args else None
    if isinstance(behind, ssl.SSLCertVerificationError):
        return CERTIFICATE_FAULTS.get(behind.verify_code, NOT_VALID)
    if "CERTIFICATE_VERIFY_FAILED" in str(failure) or isinstance(behind, ssl.CertificateError):
        return NOT_VALID
    for reasons, fault in HANDSHAKE_FAULTS:
        if re.search(reasons, str(failure)):
            return fault
    return ""


def proxy_fault(failure: urllib3.exceptions.ProxyError) -> str:
    """Say why a proxy refuses to connect; empty if a retry may help."""
    status = PROXY_STATUS.search(str(failure.original_error))
    if status and status[1] == "407":
        return PROXY_LOGIN
    if status and status[1] in ("401", "403", "405"):
        return f"the proxy does not allow the connection (HTTP {status[1]}); allow the site there"
    return ""
