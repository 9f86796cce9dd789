"""Reads from Parameter Store what a run needs: endpoints, bucket and credentials."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from wp_pipeline.aws.errors import AwsError
from wp_pipeline.settings import Settings
from wp_pipeline.wordpress.endpoints.endpoint import (
    Endpoint,
    endpoints_from,
    entries_below,
    parse_endpoints,
)
from wp_pipeline.wordpress.endpoints.invisible import invisible_in, visible
from wp_pipeline.wordpress.errors import MalformedEndpoints
from wp_pipeline.wordpress.http.credentials import Credentials, MalformedCredentials

Value = TypeVar("Value")

# A bucket name, an access point alias, or the ARN of an access point, which names an account:
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
BUCKET = re.compile(
    r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]|arn:aws[a-z-]*:s3[a-z-]*:[a-z0-9-]*:\d{12}:\S+"
)
# Other ways to write a bucket's name.
BUCKET_ADDRESS = re.compile(r"arn:aws[a-z-]*:s3:::|s3[an]?://", re.IGNORECASE)


class ParameterSource(Protocol):
    """What parameters are read from: `ParameterStore`, or values that were read before."""

    def values(self, names: Iterable[str]) -> Mapping[str, str]: ...

    def values_below(self, path: str) -> Mapping[str, str]: ...


class ConfigurationError(Exception):
    """What is missing or malformed, all of it in one line, without any value.

    `faults` are the parts of that line. `retry_may_help` tells whether Parameter Store may answer
    later.
    """

    def __init__(self, *faults: str, retry_may_help: bool = False) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults
        self.retry_may_help = retry_may_help


@dataclass(frozen=True)
class SiteConfiguration:
    """Everything that a run needs. Its repr shows no URL and no credentials.

    `notes` are what the user should know of the parameters, each in one line.
    """

    endpoints: tuple[Endpoint, ...]
    bucket: str
    credentials: Credentials | None = field(default=None, repr=False)
    notes: tuple[str, ...] = ()


def load_configuration(settings: Settings, store: ParameterSource) -> SiteConfiguration:
    """Read every parameter that a run of the site needs.

    Raises ConfigurationError, which names every parameter that is missing or malformed.
    """
    names = [settings.bucket_parameter]
    if settings.credentials_parameter:
        names.append(settings.credentials_parameter)
    parameters = ParameterValues(settings, store, names)
    endpoints = parameters.endpoints()
    bucket = parameters.parsed(settings.bucket_parameter, parse_bucket)
    credentials = None
    if settings.credentials_parameter:
        credentials = parameters.parsed(
            settings.credentials_parameter, Credentials.parse, subject_of_credentials(settings)
        )
        parameters.faults += misplaced_credentials(settings, endpoints or ())
    if parameters.faults or endpoints is None or bucket is None:
        raise parameters.error()
    return SiteConfiguration(endpoints, bucket, credentials, tuple(parameters.notes))


def load_endpoints(settings: Settings, store: ParameterSource) -> tuple[Endpoint, ...]:
    """Read the endpoints alone. Raises ConfigurationError."""
    parameters = ParameterValues(settings, store, [])
    endpoints = parameters.endpoints()
    if endpoints is None:
        raise parameters.error()
    return endpoints


def load_credentials(settings: Settings, store: ParameterSource) -> Credentials:
    """Read the credentials alone. Raises ConfigurationError."""
    name = settings.credentials_parameter
    parameters = ParameterValues(settings, store, [name], with_endpoints=False)
    credentials = parameters.parsed(name, Credentials.parse, subject_of_credentials(settings))
    if credentials is None:
        raise parameters.error()
    return credentials


def load_bucket(settings: Settings, store: ParameterSource) -> str:
    """Read the bucket's name alone. Raises ConfigurationError."""
    parameters = ParameterValues(settings, store, [settings.bucket_parameter], with_endpoints=False)
    bucket = parameters.parsed(settings.bucket_parameter, parse_bucket)
    if bucket is None:
        raise parameters.error()
    return bucket


class ParameterValues:
    """The values that Parameter Store returned, and the faults found in them."""

    def __init__(
        self,
        settings: Settings,
        store: ParameterSource,
        names: list[str],
        with_endpoints: bool = True,
    ) -> None:
        self._name = settings.endpoints_parameter
        self._is_path = self._name.endswith("/")
        self.faults: list[str] = []
        self.notes: list[str] = []
        if with_endpoints and not self._is_path:
            names = [self._name, *names]
        try:
            self._values = store.values(names)
            self._below = store.values_below(self._name) if with_endpoints and self._is_path else {}
        except AwsError as error:
            raise ConfigurationError(str(error), retry_may_help=error.retry_may_help) from None

    def error(self) -> ConfigurationError:
        """Return all faults in one line, with the notes, which may be their cause."""
        return ConfigurationError(*self.faults, *self.notes)

    def endpoints(self) -> tuple[Endpoint, ...] | None:
        if not self._is_path:
            return self.parsed(self._name, parse_endpoints)
        if not self._below:
            self.faults.append(f"no parameter lies below {self._name}: put one for each endpoint")
            return None
        entries = entries_below(self._below)
        for entry in entries:
            self._note_invisible(entry.label, entry.text)
        return self._attempt("", lambda: endpoints_from(entries))

    def parsed(self, name: str, parse: Callable[[str], Value], subject: str = "") -> Value | None:
        """Return the parsed value of a parameter; record a fault and return None if it is wrong.

        `subject` names the parameter in the fault.
        """
        subject = subject or f"parameter {name}"
        if name not in self._values:
            self.faults.append(f"{subject} does not exist: create it in this region")
            return None
        text = visible(self._values[name]).strip()
        if not text:
            self.faults.append(f"{subject} is blank")
            return None
        self._note_invisible(subject, self._values[name])
        return self._attempt(f"{subject} ", lambda: parse(text))

    def _note_invisible(self, subject: str, text: str) -> None:
        if found := invisible_in(text):
            self.notes.append(
                f"{subject} contains invisible characters ({', '.join(found)}), which are ignored:"
                " remove them"
            )

    def _attempt(self, subject: str, parse: Callable[[], Value]) -> Value | None:
        try:
            return parse()
        except (MalformedEndpoints, MalformedCredentials, MalformedBucket) as fault:
            self.faults.append(f"{subject}{fault}")
            return None


class MalformedBucket(ValueError):
    """Not the name of a bucket."""


def parse_bucket(text: str) -> str:
    """Return the bucket that a name, an ARN or an `s3://` address names. Raises MalformedBucket."""
    text = text.strip().strip("\"'")
    found = BUCKET_ADDRESS.match(text)
    bucket, _, rest = text[found.end() if found else 0 :].partition("/")
    if rest and BUCKET.fullmatch(bucket) and not bucket.startswith("arn:"):
        raise MalformedBucket("names more than a bucket: set WP_PIPELINE_PREFIX to the key prefix")
    name = text if text.startswith("arn:") and not found else bucket
    if not BUCKET.fullmatch(name):
        raise MalformedBucket("is no bucket name, access point alias or access point ARN")
    return name


def subject_of_credentials(settings: Settings) -> str:
    """Name the parameter, unless the setting may hold the password itself."""
    name = settings.credentials_parameter
    if name.startswith(("/", "arn:")):
        return f"parameter {name}"
    return "the parameter that WP_PIPELINE_CREDENTIALS_PARAMETER names"


def misplaced_credentials(settings: Settings, endpoints: tuple[Endpoint, ...]) -> list[str]:
    """Return why credentials must not be sent: to several sites, or without encryption."""
    subject = subject_of_credentials(settings)
    faults = []
    if len({endpoint.address.origin for endpoint in endpoints}) > 1:
        faults.append(f"{subject} is for one site, but the endpoints name several hosts")
    if not all(endpoint.address.is_confidential for endpoint in endpoints):
        faults.append(f"{subject} would be sent unencrypted: change the endpoints to https")
    return faults
