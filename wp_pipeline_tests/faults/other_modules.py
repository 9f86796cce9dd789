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
        "wordpress/test_endpoints.py",
    ),
    OtherFault(
        "A query contains JSON, or commas between its values",
        "Read as one URL",
        "wordpress/test_endpoints.py",
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
    "Login": LOGIN,
    "The machine": MACHINE,
}
