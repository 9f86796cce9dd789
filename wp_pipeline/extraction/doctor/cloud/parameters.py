"""The parameters of a run: whether they exist, are well-formed, and are encrypted if secret."""

from collections.abc import Iterator, Sequence

from wp_pipeline.extraction.configuration import (
    BUCKET_NAME,
    CREDENTIALS,
    SiteConfiguration,
    is_surely_a_name,
)
from wp_pipeline.extraction.doctor.check import Check
from wp_pipeline.extraction.doctor.examination import Examination
from wp_pipeline.extraction.doctor.finding import Finding, because_of_aws, look_at, mend, ok
from wp_pipeline.fault import Fault
from wp_pipeline.settings import Settings

PUT = "aws ssm put-parameter --overwrite --type {} --name {} --value '{}'"
DISCOVER = "wp-pipeline discover example.org --write"  # With the address of the site.
SECURE = "SecureString"
AN_ENDPOINT = "posts=https://…"  # AWS CLI v1 would fetch a value that begins with the URL.
A_LOGIN = "user:application password"


def run(examination: Examination) -> Iterator[Finding]:
    loaded, settings = examination.configuration, examination.settings
    if loaded is None:
        yield from why_not_loaded(examination)
        return
    yield from found_in(loaded, settings)
    yield from noted(loaded.notes)
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


def why_not_loaded(examination: Examination) -> Iterator[Finding]:
    """Yield a finding for each fault; the last one about a parameter has the command."""
    if examination.parameter_store_error:
        yield because_of_aws("parameters", examination.parameter_store_error)
        return
    last = {fault.setting: fault for fault in examination.faults}
    for fault in examination.faults:
        command = command_for(fault, examination.settings) if fault in last.values() else ""
        yield mend("parameters", fault.sentence, fault.cure or "correct it", command)
    yield from noted(examination.notes)


def noted(notes: Sequence[Fault]) -> Iterator[Finding]:
    for note in notes:
        yield look_at("parameters", note.sentence, note.cure)


def command_for(fault: Fault, settings: Settings) -> str:
    """Return the command that puts the parameter that a fault is about."""
    if fault.setting == BUCKET_NAME:
        return put("String", settings.bucket_parameter, "my-bucket")
    if fault.setting == CREDENTIALS:
        return put(SECURE, settings.credentials_parameter, A_LOGIN)
    if fault.is_missing:
        return DISCOVER
    endpoints = settings.endpoints_parameter
    if endpoints.endswith("/"):
        return put(SECURE, f"{endpoints}posts", "https://…")
    return put(SECURE, endpoints, AN_ENDPOINT)


def put(kind: str, name: str, value: str) -> str:
    """Return the command that puts a parameter; empty if its name may be a secret."""
    return PUT.format(kind, name, value) if is_surely_a_name(name) else ""


def is_secret(name: str, settings: Settings) -> bool:
    """Whether a parameter that was read holds endpoints or credentials."""
    return name not in (settings.bucket_parameter, settings.alerts_parameter)


CHECK = Check("parameters", 21, run)
