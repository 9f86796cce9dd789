"""Faults of TLS, each with its outcome."""

from wp_pipeline_tests.faults.fault_servers import GOOD, Serve, raw, refused, retried
from wp_pipeline_tests.support.certificates import Certificate, old_tls, without_intermediate

HANDSHAKE_FAILURE, INTERNAL_ERROR = 40, 80  # RFC 8446, 6.2


def tls_alert(description: int) -> Serve:
    """Answer a handshake with a fatal alert."""
    record = bytes([21, 3, 3, 0, 2, 2, description])
    return lambda stack: raw(record)(stack).replace("http:", "https:")


TLS = (
    refused(
        "unknown_signer",
        "A self-signed certificate",
        raw(GOOD, context=Certificate().context),
        "the certificate is not valid: it is self-signed; replace it, or name it in"
        " REQUESTS_CA_BUNDLE",
    ),
    refused(
        "no_intermediate",
        "The server does not send the certificate of its issuer: an incomplete chain",
        raw(GOOD, context=without_intermediate()[1].context),
        "the server does not send its certificate's issuer, or the issuer is not known here;"
        " install the full chain on the server, or name the issuer in REQUESTS_CA_BUNDLE",
    ),
    refused(
        "no_certificate_for_it",
        "The server refuses the handshake, as Cloudflare does for a host that it does not know",
        tls_alert(HANDSHAKE_FAILURE),
        "the server refused the TLS handshake: it has no certificate for this host, wants one of"
        " the client, or accepts no cipher in common; correct the endpoint or the server",
    ),
    retried(
        "broken_off",
        "The server breaks off the handshake with another alert",
        tls_alert(INTERNAL_ERROR),
        "the server broke off the TLS handshake with an alert; see its log and TLS settings",
    ),
    refused(
        "old_tls",
        "TLS 1.0 and 1.1 only",
        raw(GOOD, context=old_tls()),
        "the server's TLS is too old: it offers neither TLS 1.2 nor 1.3; update TLS on the server",
    ),
)
