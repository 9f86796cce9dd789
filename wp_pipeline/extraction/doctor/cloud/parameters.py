"""The parameters of a run: whether they are there, well-formed, and encrypted where secret."""

from collections.abc import Iterator

from wp_pipeline.aws.parameters import SERVICE
from wp_pipeline.extraction.configuration import ConfigurationError, SiteConfiguration
from wp_pipeline.extraction.doctor.check import Check
from wp_pipeline.extraction.doctor.examination import Examination
from wp_pipeline.extraction.doctor.finding import Finding, because_of, look_at, mend, ok
from wp_pipeline.settings import Settings

PUT = "aws ssm put-parameter --overwrite --type {} --name {} --value '{}'"
SECURE = "SecureString"
AN_ENDPOINT = "posts=https://…"  # AWS CLI v1 would fetch a value that begins with the URL.
A_LOGIN = "user:application password"
# How faults of the login end that only other endpoints mend.
OF_ENDPOINTS = ("name several hosts", "change the endpoints to https")


def run(examination: Examination) -> Iterator[Finding]:
    loaded, settings = examination.loaded, examination.settings
    if isinstance(loaded, ConfigurationError):
        for fault in loaded.faults:
            yield finding_for(fault, settings)
        return
    yield from found_in(loaded, settings)
    for note in loaded.notes:
        detail, _, cure = note.rpartition(": ")
        yield look_at("parameters", detail, cure)
    for name, kind in examination.store.types.items():
        if is_secret(name, settings) and kind != SECURE:
            yield look_at(
                "parameters",
                f"parameter {name} is a {kind}, which is not encrypted",
                "delete it, and put it again as a SecureString",
                f"aws ssm delete-parameter --name {name}",
            )


def found_in(loaded: SiteConfiguration, settings: Settings) -> Iterator[Finding]:
    names = ", ".join(endpoint.name for endpoint in loaded.endpoints)
    yield ok("parameters", f"{settings.endpoints_parameter}: endpoints {names}")
    yield ok("parameters", f"{settings.bucket_parameter}: bucket {loaded.bucket}")
    if loaded.credentials:
        yield ok("parameters", "credentials: well-formed")
    else:
        yield ok("parameters", "credentials: none, so the site is read as a visitor reads it")
    if not all(endpoint.address.is_confidential for endpoint in loaded.endpoints):
        yield look_at(
            "parameters",
            "endpoints are http: their URLs and rows are sent unencrypted",
            "change them to https",
        )


def finding_for(fault: str, settings: Settings) -> Finding:
    """Return the finding for a part of a ConfigurationError."""
    if fault.startswith(SERVICE):
        return because_of("parameters", fault)
    detail, _, cure = fault.rpartition(": ")
    command = command_for(fault, settings)
    if not detail:
        return mend("parameters", fault, "correct it", command)
    return mend("parameters", detail, cure, command)


def command_for(fault: str, settings: Settings) -> str:
    """Return the command that puts the parameter of which a fault tells."""
    endpoints, login = settings.endpoints_parameter, settings.credentials_parameter
    if endpoints.endswith("/"):
        endpoint = PUT.format(SECURE, f"{endpoints}posts", "https://…")
    else:
        endpoint = PUT.format(SECURE, endpoints, AN_ENDPOINT)
    if endpoints in fault or fault.endswith(OF_ENDPOINTS):
        return endpoint
    if settings.bucket_parameter in fault:
        return PUT.format("String", settings.bucket_parameter, "my-bucket")
    return PUT.format(SECURE, login, A_LOGIN) if login and login in fault else ""


def is_secret(name: str, settings: Settings) -> bool:
    """Whether a parameter that was read holds endpoints or credentials."""
    return name not in (settings.bucket_parameter, settings.alerts_parameter)


CHECK = Check("parameters", 21, run)
