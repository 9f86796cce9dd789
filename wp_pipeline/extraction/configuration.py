"""Reads from Parameter Store what a run needs: endpoints, bucket and credentials."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Protocol, TypeVar

from wp_pipeline.aws.bucket_name import MalformedBucket, parse_bucket
from wp_pipeline.aws.errors import AwsError
from wp_pipeline.fault import Fault, faults_of, one_line
from wp_pipeline.settings import Settings, environment_name
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

# The settings that name parameters.
ENDPOINTS, BUCKET_NAME = "endpoints_parameter", "bucket_parameter"
CREDENTIALS, ALERTS = "credentials_parameter", "alerts_parameter"


class ParameterSource(Protocol):
    """A source of parameters: `ParameterStore`, or values that were read before."""

    def values(self, names: Iterable[str]) -> Mapping[str, str]: ...

    def values_below(self, path: str) -> Mapping[str, str]: ...


class ConfigurationError(Exception):
    """What is missing or malformed, all of it in one line, without any value.

    ConfigurationError
    └── ParameterStoreFailed             Parameter Store refuses to answer
        └── ParameterStoreUnavailable    it does not answer now          * a retry may help

    `notes` are what else was noticed, and may be the cause. They are in the message too.
    """

    retry_may_help: ClassVar[bool] = False

    def __init__(self, *faults: Fault | str, notes: Sequence[Fault] = ()) -> None:
        self.faults = faults_of(faults)
        self.notes = tuple(notes)
        super().__init__(one_line((*self.faults, *self.notes)))


class ParameterStoreFailed(ConfigurationError):
    """Parameter Store can't be read; `error` is the reason."""

    def __init__(self, error: AwsError) -> None:
        super().__init__(str(error))
        self.error = error


class ParameterStoreUnavailable(ParameterStoreFailed):
    retry_may_help = True


def parameter_store_error(error: AwsError) -> ParameterStoreFailed:
    """Return the error of a configuration that could not be read."""
    kind = ParameterStoreUnavailable if error.retry_may_help else ParameterStoreFailed
    return kind(error)


@dataclass(frozen=True)
class SiteConfiguration:
    """Everything that a run needs. Its repr shows no URL and no credentials.

    `notes` are what the user should know of the parameters, though they can be used.
    """

    endpoints: tuple[Endpoint, ...]
    bucket: str
    credentials: Credentials | None = field(default=None, repr=False)
    notes: tuple[Fault, ...] = ()


def load_configuration(settings: Settings, store: ParameterSource) -> SiteConfiguration:
    """Read every parameter that a run of the site needs.

    Raises ConfigurationError, which names every parameter that is missing or malformed.
    """
    names = [settings.bucket_parameter]
    if settings.credentials_parameter:
        names.append(settings.credentials_parameter)
    parameters = ParameterValues(settings, store, names)
    endpoints = parameters.endpoints()
    bucket = parameters.bucket()
    credentials = None
    if settings.credentials_parameter:
        credentials = parameters.credentials()
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
    names = [settings.credentials_parameter]
    parameters = ParameterValues(settings, store, names, with_endpoints=False)
    credentials = parameters.credentials()
    if credentials is None:
        raise parameters.error()
    return credentials


def load_bucket(settings: Settings, store: ParameterSource) -> str:
    """Read the bucket's name alone. Raises ConfigurationError."""
    parameters = ParameterValues(settings, store, [settings.bucket_parameter], with_endpoints=False)
    bucket = parameters.bucket()
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
        self._settings = settings
        self._name = settings.endpoints_parameter
        self._is_path = self._name.endswith("/")
        self.faults: list[Fault] = []
        self.notes: list[Fault] = []
        if with_endpoints and not self._is_path:
            names = [self._name, *names]
        try:
            self._values = store.values(names)
            self._below = store.values_below(self._name) if with_endpoints and self._is_path else {}
        except AwsError as error:
            raise parameter_store_error(error) from None

    def error(self) -> ConfigurationError:
        """Return all faults in one line, with the notes, which may be their cause."""
        return ConfigurationError(*self.faults, notes=self.notes)

    def endpoints(self) -> tuple[Endpoint, ...] | None:
        if not self._is_path:
            return self._parsed(ENDPOINTS, parse_endpoints)
        if not self._below:
            found = f"no parameter lies below {self._name}"
            cure = "put one for each endpoint"
            self.faults.append(Fault(found, cure, setting=ENDPOINTS, is_missing=True))
            return None
        entries = entries_below(self._below)
        for entry in entries:
            self._note_invisible(entry.label, ENDPOINTS, entry.text)
        return self._attempt("", ENDPOINTS, lambda: endpoints_from(entries))

    def bucket(self) -> str | None:
        return self._parsed(BUCKET_NAME, parse_bucket)

    def credentials(self) -> Credentials | None:
        return self._parsed(CREDENTIALS, Credentials.parse)

    def _parsed(self, setting: str, parse: Callable[[str], Value]) -> Value | None:
        """Return the parsed value of a setting's parameter.

        If it is missing or malformed, record the fault and return None.
        """
        name, subject = getattr(self._settings, setting), subject_of(setting, self._settings)
        if name not in self._values:
            fault = Fault("does not exist", "create it in this region", is_missing=True)
            self.faults.append(fault.about(subject, setting))
            return None
        text = visible(self._values[name]).strip()
        if not text:
            self.faults.append(Fault("is blank").about(subject, setting))
            return None
        self._note_invisible(subject, setting, self._values[name])
        return self._attempt(subject, setting, lambda: parse(text))

    def _note_invisible(self, subject: str, setting: str, text: str) -> None:
        if invisible := invisible_in(text):
            found = f"contains invisible characters ({', '.join(invisible)}), which are ignored"
            self.notes.append(Fault(found, "remove them").about(subject, setting))

    def _attempt(self, subject: str, setting: str, parse: Callable[[], Value]) -> Value | None:
        faults: tuple[Fault, ...]
        try:
            return parse()
        except (MalformedEndpoints, MalformedBucket) as error:
            faults = error.faults
        except MalformedCredentials as error:
            faults = (Fault(str(error)),)
        self.faults += [
            fault.about(subject, setting, is_further=number > 0)
            for number, fault in enumerate(faults)
        ]
        return None


def subject_of(setting: str, settings: Settings) -> str:
    """Name the parameter of a setting, unless the setting may hold a login or a route itself."""
    name = getattr(settings, setting)
    if is_surely_a_name(name):
        return f"parameter {name}"
    return f"the parameter that {environment_name(setting)} names"


def is_surely_a_name(text: str) -> bool:
    """Whether the setting that names a parameter can be shown: it may hold a secret itself."""
    return text.startswith(("/", "arn:"))


def misplaced_credentials(settings: Settings, endpoints: tuple[Endpoint, ...]) -> list[Fault]:
    """Return why credentials must not be sent: to several sites, or without encryption.

    Other endpoints would correct it.
    """
    subject = subject_of(CREDENTIALS, settings)
    faults = []
    if len({endpoint.address.origin for endpoint in endpoints}) > 1:
        faults.append(Fault("is for one site, but the endpoints name several hosts"))
    if not all(endpoint.address.is_confidential for endpoint in endpoints):
        faults.append(Fault("would be sent unencrypted", "change the endpoints to https"))
    return [fault.about(subject, ENDPOINTS) for fault in faults]
