"""Faults of TLS, each with its outcome."""

from wp_pipeline_tests.faults.fault_servers import GOOD, raw, refused
from wp_pipeline_tests.support.certificates import Certificate, old_tls, without_intermediate

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
        "old_tls",
        "TLS 1.0 and 1.1 only",
        raw(GOOD, context=old_tls()),
        "the server's TLS is too old: it offers neither TLS 1.2 nor 1.3; update TLS on the server",
    ),
)
