"""What an operator may set, and what holds where nothing is set."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from wp_pipeline import HOME_PAGE, __version__

FOREVER = 1e9  # seconds: more than any system call takes
ENVIRONMENT_PREFIX = "WP_PIPELINE_"
# A name or an ARN, and perhaps a version or a label; what is given by mistake may be a secret.
# https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html
PARAMETER = re.compile(r"(arn:aws[\w-]*:ssm:[\w-]*:\d*:parameter)?[\w./-]+(:[\w.-]+)?", re.ASCII)
NO_PARAMETER = "is no name of a Parameter Store parameter"


class SettingsError(Exception):
    """A setting that cannot hold. The message names every such setting."""


# Say honestly who asks: some hosts refuse a client that names only its library.
DEFAULT_USER_AGENT = f"wp-pipeline/{__version__} (+{HOME_PAGE})"


@dataclass(frozen=True)
class Settings:
    """The settings of one site. Holds names of parameters, never their values."""

    site: str = "amazonwebshark"
    endpoints_parameter: str = "/wordpress/amazonwebshark/api/mysqlendpoints"
    bucket_parameter: str = "/s3/lakehouse/name/raw"
    prefix: str = "wordpress-api"
    credentials_parameter: str = ""
    may_be_empty: frozenset[str] = frozenset()
    concurrency: int = 4
    timeout: float = 30.0
    deadline: float = 3600.0
    longest_wait: float = 120.0
    largest_body: int = 1 << 30
    user_agent: str = DEFAULT_USER_AGENT
    timezone: str = "UTC"

    def __post_init__(self) -> None:
        """Refuse what could not work, all of it in one message."""
        faults = [
            f"{environment_name(name)} {fault}"
            for name, holds, fault in (
                ("site", re.fullmatch(r"\w+", self.site, re.ASCII), "takes letters, digits and _"),
                ("endpoints_parameter", is_parameter(self.endpoints_parameter), NO_PARAMETER),
                ("bucket_parameter", is_parameter(self.bucket_parameter), NO_PARAMETER),
                (
                    "credentials_parameter",
                    not self.credentials_parameter or is_parameter(self.credentials_parameter),
                    NO_PARAMETER,
                ),
                ("concurrency", self.concurrency >= 1, "must be 1 or more"),
                ("timeout", 0 < self.timeout < FOREVER, "must be more than 0 seconds"),
                ("deadline", 0 < self.deadline < FOREVER, "must be more than 0 seconds"),
                ("longest_wait", 0 <= self.longest_wait < FOREVER, "must not be negative"),
                ("user_agent", is_header(self.user_agent), "must be one line of plain text"),
                ("largest_body", self.largest_body > 0, "must be more than 0 bytes"),
            )
            if not holds
        ]
        if faults:
            raise SettingsError("; ".join(faults))

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str] = os.environ, **given: Any
    ) -> "Settings":
        """Read the `WP_PIPELINE_…` variables; what is `given` (and not None) goes before them.

        Raises SettingsError, which names every variable that does not hold.
        """
        values: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        faults = []
        for field in fields(cls):
            text = environment.get(environment_name(field.name), "").strip()
            if not text or field.name in values:
                continue
            try:
                values[field.name] = READERS.get(field.name, str)(text)
            except ValueError:
                faults.append(f"{environment_name(field.name)} is not a number")
        try:
            settings = cls(**values)
        except SettingsError as error:
            faults.append(str(error))
            raise SettingsError("; ".join(faults)) from None
        if faults:
            raise SettingsError("; ".join(faults))
        return settings


def environment_name(field_name: str) -> str:
    return ENVIRONMENT_PREFIX + field_name.upper()


def is_parameter(name: str) -> bool:
    return bool(PARAMETER.fullmatch(name))


def is_header(text: str) -> bool:
    return text.isascii() and text.isprintable()


def names_in(text: str) -> frozenset[str]:
    return frozenset(name.strip() for name in text.split(",") if name.strip())


READERS = {
    "may_be_empty": names_in,
    "concurrency": int,
    "timeout": float,
    "deadline": float,
    "longest_wait": float,
    "largest_body": int,
}
