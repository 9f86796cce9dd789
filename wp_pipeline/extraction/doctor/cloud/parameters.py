"""The parameters of a run: whether they are there, well-formed, and encrypted where secret."""

import re
from collections.abc import Iterator

from wp_pipeline.aws.parameters import SERVICE
from wp_pipeline.extraction.configuration import ConfigurationError, SiteConfiguration
from wp_pipeline.extraction.doctor.check import Check
from wp_pipeline.extraction.doctor.examination import Examination
from wp_pipeline.extraction.doctor.finding import Finding, because_of, look_at, mend, ok
from wp_pipeline.settings import Settings

PUT = "aws ssm put-parameter --overwrite --type {} --name {} --value '{}'"
DISCOVER = "wp-pipeline discover example.org --write"  # With the address of the site.
MISSING = ("does not exist", "no parameter lies below")
SECURE = "SecureString"
AN_ENDPOINT = "posts=https://…"  # AWS CLI v1 would fetch a value that begins with the URL.
A_LOGIN = "user:application password"
NEXT_ENTRY = re.compile(r"; (?=entry \d|parameter /)")  # Where a list has several faults.
# How faults of the login end that only other endpoints mend.
OF_ENDPOINTS = ("name several hosts", "change the endpoints to https")


def run(examination: Examination) -> Iterator[Finding]:
    loaded, settings = examination.loaded, examination.settings
    if isinstance(loaded, ConfigurationError):
        for fault in loaded.faults:
            yield from findings_for(fault, settings)
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


def findings_for(fault: str, settings: Settings) -> Iterator[Finding]:
    """Yield a finding for each thing that a part of a ConfigurationError names."""
    if fault.startswith(SERVICE):
        yield because_of("parameters", fault)
        return
    first, *others = NEXT_ENTRY.split(fault)
    subject = first.partition(" entry ")[0]
    pieces = [first, *(f"{subject} {one}" if one.startswith("entry") else one for one in others)]
    for piece in pieces:
        detail, cure = parted(piece)
        command = command_for(fault, settings) if piece == pieces[-1] else ""
        yield mend("parameters", detail, cure or "correct it", command)


def parted(text: str) -> tuple[str, str]:
    """Return what a fault says, and what it says to do, if it does."""
    if "; " in text:
        detail, _, cure = text.partition("; ")
        return detail, cure
    detail, _, cure = text.rpartition(": ")
    return (detail, cure) if detail else (text, "")


def command_for(fault: str, settings: Settings) -> str:
    """Return the command that puts the parameter of which a fault tells."""
    endpoints, login = settings.endpoints_parameter, settings.credentials_parameter
    if endpoints.endswith("/"):
        endpoint = PUT.format(SECURE, f"{endpoints}posts", "https://…")
    else:
        endpoint = PUT.format(SECURE, endpoints, AN_ENDPOINT)
    if endpoints in fault and any(text in fault for text in MISSING):
        return DISCOVER
    if endpoints in fault or fault.endswith(OF_ENDPOINTS):
        return endpoint
    if settings.bucket_parameter in fault:
        return PUT.format("String", settings.bucket_parameter, "my-bucket")
    return PUT.format(SECURE, login, A_LOGIN) if login and login in fault else ""


def is_secret(name: str, settings: Settings) -> bool:
    """Whether a parameter that was read holds endpoints or credentials."""
    return name not in (settings.bucket_parameter, settings.alerts_parameter)


CHECK = Check("parameters", 21, run)
