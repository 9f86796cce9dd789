"""What a check finds: one line, with what to do if something is wrong."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from wp_pipeline.aws.errors import AwsError
from wp_pipeline.aws.inspection.answers import is_denied

OK, LOOK_AT, MEND = "ok", "look at", "mend"


@dataclass(frozen=True)
class Finding:
    """A line of the report; none of its texts holds a URL or a credential.

    `state` is `ok`, `look at` or `mend`; `cure` says what to do, `command` is one that does it.
    Findings with the same `cause` are shown once: expired credentials stop every service of AWS.
    """

    check: str
    state: str
    detail: str
    cure: str = ""
    command: str = ""
    cause: str = ""

    @property
    def text(self) -> str:
        """Detail and cure in one line, without the command."""
        return f"{self.detail} -> {self.cure}" if self.cure else self.detail

    def as_record(self) -> Mapping[str, str]:
        """Return what `wp-pipeline doctor --json` prints."""
        return {name: value for name, value in asdict(self).items() if name != "cause"}


def ok(check: str, detail: str) -> Finding:
    return Finding(check, OK, detail)


def look_at(check: str, detail: str, cure: str, command: str = "") -> Finding:
    return Finding(check, LOOK_AT, detail, cure, command)


def mend(check: str, detail: str, cure: str, command: str = "") -> Finding:
    return Finding(check, MEND, detail, cure, command)


def because_of_site(check: str, message: object, command: str = "", state: str = MEND) -> Finding:
    """Return the finding for an error or a note about the site: what was found; what to do."""
    detail, _, cure = str(message).partition("; ")
    return Finding(check, state, detail, cure, command)


def because_of_aws(check: str, error: AwsError, command: str = "", if_denied: str = "") -> Finding:
    """Return the finding for an error of AWS; `if_denied` is added to the cure of a denial."""
    detail = f"{error.service}: {error.found}" if error.service else error.found
    cure = f"{error.cure}; {if_denied}" if if_denied and is_denied(error) else error.cure
    return Finding(check, MEND, detail, cure, command, cause=f"{error.found}; {cure}")


def not_allowed(check: str, action: str) -> Finding:
    """Return the finding for a setting that can't be read without a further permission."""
    cure = "allow it, as docs/iam/doctor.json does, or look yourself"
    return look_at(check, f"not allowed to look: needs {action}", cure)
