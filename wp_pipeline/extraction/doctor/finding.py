"""What a check finds: one line, with what to do where something is wrong."""

import re
from dataclasses import dataclass

OK, LOOK_AT, MEND = "ok", "look at", "mend"
SERVICE = re.compile(r"(Parameter Store|S3|SNS|STS): (.+)")  # How a message of AWS begins.


@dataclass(frozen=True)
class Finding:
    """A line of the report; none of its texts holds a URL or a credential.

    `state` is `ok`, `look at` or `mend`; `cure` says what to do, and `command` how, if one does.
    """

    check: str
    state: str
    detail: str
    cure: str = ""
    command: str = ""

    @property
    def cause(self) -> tuple[str, str]:
        """What findings with one cause have in common: expired credentials stop every service."""
        of_aws = SERVICE.fullmatch(self.detail)
        return of_aws[2] if of_aws else f"{self.check}: {self.detail}", self.cure

    @property
    def text(self) -> str:
        """Detail and cure in one line, without the command."""
        return f"{self.detail} -> {self.cure}" if self.cure else self.detail


def ok(check: str, detail: str) -> Finding:
    return Finding(check, OK, detail)


def look_at(check: str, detail: str, cure: str, command: str = "") -> Finding:
    return Finding(check, LOOK_AT, detail, cure, command)


def mend(check: str, detail: str, cure: str, command: str = "") -> Finding:
    return Finding(check, MEND, detail, cure, command)


def because_of(check: str, error: object, command: str = "", state: str = MEND) -> Finding:
    """Return the finding for a message of ours, which says what to do behind its first `; `."""
    detail, _, cure = str(error).partition("; ")
    return Finding(check, state, detail, cure, command)


def not_allowed(check: str, action: str) -> Finding:
    """Return the finding for what only a further permission shows."""
    cure = "allow it, as docs/iam/doctor.json does, or look yourself"
    return look_at(check, f"not allowed to look: needs {action}", cure)
