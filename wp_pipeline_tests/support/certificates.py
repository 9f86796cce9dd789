"""Creates certificates for servers on this machine, and contexts that use them."""

import ssl
import tempfile
import warnings
from datetime import datetime, timedelta, timezone
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

A_DAY = timedelta(days=1)


class Certificate:
    """A certificate for `host`, in `pem`; `context` is for a server. Self-signed without `issuer`.

    A server sends this certificate alone, not its issuer's.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        *,
        ended: bool = False,
        name: str = "Lantern",
        issuer: "Certificate | None" = None,
    ) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.now(timezone.utc)
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.key = key
        signed = (
            x509.CertificateBuilder()
            .subject_name(self.name)
            .issuer_name(issuer.name if issuer else self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 9 * A_DAY)
            .not_valid_after(now - A_DAY if ended else now + A_DAY)
            .add_extension(x509.SubjectAlternativeName([address_of(host)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(issuer.key if issuer else key, hashes.SHA256())
        )
        self.pem = signed.public_bytes(serialization.Encoding.PEM)
        self._key = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    @property
    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.TemporaryDirectory() as folder:
            both = Path(folder) / "both.pem"
            both.write_bytes(self._key + self.pem)
            context.load_cert_chain(both)
        return context


def without_intermediate() -> tuple[Certificate, Certificate]:
    """Return a root, and a certificate whose issuer is between the two."""
    root = Certificate(name="Root")
    return root, Certificate(issuer=Certificate(name="Intermediate", issuer=root))


def old_tls() -> ssl.SSLContext:
    """Return the context of a server that speaks nothing newer than TLS 1.1."""
    context = Certificate().context
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def address_of(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)
