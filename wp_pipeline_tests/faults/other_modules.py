"""Faults that other modules test; `tests` names the module."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class OtherFault:
    what: str
    outcome: str
    tests: str
    message: str = ""


LAST_WORD = "Objects are complete; the extraction that began later wins"

MACHINE = (
    OtherFault(
        "The disk is full",
        "Refused",
        "extraction/test_full_disk.py",
        "the disk does not accept the payload (No space left on device); free"
        " some space or set TMPDIR",
    ),
    OtherFault(
        "The disk is full while an answer above 16 MiB comes",
        "Refused",
        "extraction/test_full_disk.py",
        "the disk does not accept the answer (No space left on device); free"
        " some space or set TMPDIR",
    ),
    OtherFault(
        "`kill -9`, a crash or a power cut, while the site is read or an object uploaded",
        "The former object stays, nothing unfinished is left, and the next run heals",
        "extraction/test_kill.py",
    ),
    OtherFault(
        "Ctrl-C, or the run is terminated",
        "Endpoints that were not finished keep what was stored",
        "commands/test_cli.py",
        "stopped; endpoints that were not finished keep what was stored",
    ),
    OtherFault("Two extractions at once", LAST_WORD, "extraction/test_two_runs.py"),
    OtherFault(
        "The clock is set while an extraction runs, or was wrong for one",
        "Nothing is lost: waits and deadlines use a monotonic clock",
        "extraction/test_clock.py",
    ),
)

LOGIN = (
    OtherFault(
        "A wrong application password, which WordPress answers with 200 as it does a visitor",
        "Every endpoint is refused, before anything is read",
        "extraction/test_extract.py",
        "the site does not accept the user or the application password in the credentials"
        " parameter; set a valid one (wp/v2/users/me: HTTP 401 rest_not_logged_in)",
    ),
    OtherFault(
        "A wrong application password, on a site that does not tell who is logged in",
        "Every endpoint is refused, before it is read",
        "extraction/test_logins.py",
        "the site does not accept the user or the application password in the credentials"
        " parameter; set a valid one (context=edit: HTTP 401 rest_forbidden_context)",
    ),
    OtherFault(
        "An application password, on a site that has them turned off",
        "Every endpoint is refused, before it is read",
        "extraction/test_logins.py",
        "the site has application passwords turned off, as its index says, and answers as to a"
        " visitor; turn them on, or unset WP_PIPELINE_CREDENTIALS_PARAMETER to read what a visitor"
        " may read",
    ),
    OtherFault(
        "A login that WordPress can't judge: users are closed, or it is the web server's password"
        " or a key of WooCommerce",
        "The answer of each endpoint decides",
        "wordpress/site/test_login.py",
    ),
)

CERTIFICATE = (
    OtherFault(
        "A certificate of a known issuer that has expired",
        "Refused",
        "wordpress/http/test_tls.py",
        "the certificate is not valid: it has expired; renew it",
    ),
    OtherFault(
        "A certificate of a known issuer for another host",
        "Refused",
        "wordpress/http/test_tls.py",
        "the certificate is not valid for this host; correct the endpoint or the certificate",
    ),
    OtherFault(
        "A proxy wants a login before it connects to an https site",
        "Refused",
        "wordpress/http/test_proxy.py",
        "the proxy wants a login; add user and password to HTTP_PROXY and HTTPS_PROXY",
    ),
    OtherFault(
        "`HTTPS_PROXY` is malformed, or names a SOCKS proxy",
        "Refused",
        "wordpress/http/test_proxy.py",
        "HTTPS_PROXY, HTTP_PROXY or ALL_PROXY is no address of an HTTP proxy, such as"
        " http://proxy.example.org:3128; correct it, with a password's special characters encoded",
    ),
    OtherFault(
        "`REQUESTS_CA_BUNDLE` names no file, or one without certificates",
        "Refused",
        "wordpress/http/test_tls.py",
        "the file that REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names is missing, or has no"
        " certificates; correct the variable",
    ),
)

MAINTENANCE = (
    OtherFault(
        "503 with a Retry-After beyond WP_PIPELINE_LONGEST_WAIT, which is over within 30 s,"
        " as WordPress's maintenance is",
        "Published, after a second try",
        "wordpress/http/test_throttle.py",
    ),
)

DISCOVERY = (
    OtherFault(
        "WordPress refuses a collection to visitors: 401, 403 or 404 with its error code",
        "Left out",
        "wordpress/site/test_discovery.py",
    ),
    OtherFault(
        "A firewall, PHP notices, an error, a redirect or a missing X-WP-Total stand before a"
        " collection",
        "Left out, with the reason",
        "wordpress/site/test_discovery.py",
    ),
    OtherFault(
        "The API has another prefix than /wp-json/, or the site moved to `www.` or to https",
        "Found where the front page says it is",
        "wordpress/site/test_discovery.py",
    ),
    OtherFault(
        "The front page redirects to another site",
        "Not followed",
        "wordpress/site/test_discovery.py",
        "no WordPress REST API (wp/v2) answers at that address",
    ),
    OtherFault(
        "Two sites on one host, below different paths or on different ports",
        "Each has a name, and objects of its own",
        "sandbox/test_site_names.py",
    ),
)

CHANGES = (
    OtherFault(
        "A WooCommerce item, whose time of modification has another name",
        "The change is seen",
        "wordpress/reading/test_probe.py",
    ),
    OtherFault(
        "`page` or `offset` in the endpoint's URL",
        "Dropped: the newest item is seen",
        "wordpress/reading/test_probe.py",
    ),
    OtherFault(
        "A time of modification with markup or control characters",
        "Only a digest of it is kept",
        "wordpress/reading/test_probe.py",
    ),
)

PARAMETERS = (
    OtherFault(
        "A parameter is named by its ARN, with or without a version or label; AWS answers with its"
        " bare name",
        "Read",
        "aws/test_parameters.py",
    ),
    OtherFault(
        "The endpoints are separated by lines, `;`, `|`, spaces or tabs, quoted, with bullets, or a"
        " JSON array or object",
        "Read",
        "wordpress/endpoints/test_endpoints.py",
    ),
    OtherFault(
        "A query contains JSON, or commas between its values",
        "Read as one URL",
        "wordpress/endpoints/test_endpoints.py",
    ),
    OtherFault(
        "A name in another script, such as `beiträge`",
        "Stored as `beiträge.json`; the asset key is `beitr_ge`",
        "extraction/test_extract.py",
    ),
    OtherFault(
        "Invisible characters in a parameter: U+200B, U+00AD, U+FEFF, U+200E, no-break spaces and"
        " their kind",
        "Ignored, with a note in the log",
        "extraction/test_extract.py",
        "contains invisible characters (U+00AD), which are ignored: remove them",
    ),
    OtherFault(
        "The bucket is `arn:aws:s3:::bucket` or `s3://bucket/`",
        "Read",
        "extraction/test_configuration.py",
    ),
    OtherFault(
        "The credentials are JSON, or WooCommerce's `ck_…:cs_…`",
        "Read",
        "wordpress/http/test_credentials.py",
    ),
)

OTHER_FAULTS: Mapping[str, tuple[OtherFault, ...]] = {
    "What users write": PARAMETERS,
    "Certificates and proxies": CERTIFICATE,
    "Maintenance": MAINTENANCE,
    "Login": LOGIN,
    "Discovery": DISCOVERY,
    "Changes sensor": CHANGES,
    "The machine": MACHINE,
}
