"""Types of settings: how a value or the text of a variable is verified, and what it becomes.

    valid("4", Annotated[int, Meta(ge=1)])         # 4
    valid("0", Annotated[int, Meta(ge=1)])         # raises ValueError: must be greater than ...

A function among the metadata of a type is a rule: it returns the value to use, or raises a
ValueError. No error quotes a value: somebody may have set a secret itself instead of the
parameter's name.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Annotated, Any, get_args

from msgspec import Meta, ValidationError, convert

LONGEST = 1e9  # seconds: more than any system call accepts

# A name or an ARN, optionally with a version or label. A name with a slash begins with one, unlike
# a URL without its scheme.
# https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html
PARAMETER = re.compile(
    r"((arn:aws[\w-]*:ssm:[\w-]*:\d*:parameter)?/[\w./-]+|[\w.-]+)(:[\w.-]+)?", re.ASCII
)
# Key ids, aliases and ARNs: https://docs.aws.amazon.com/kms/latest/developerguide/find-cmk-id-arn.html
ENCRYPTION = re.compile(
    r"aws:kms(:dsse)?(:(arn:aws[\w-]*:kms:[\w-]+:\d{12}:)?((key|alias)/)?[\w/-]+)?", re.ASCII
)

# Without user and password, which would be shown, and without a query.
WEB_ADDRESS = re.compile(r"https?://([\w.-]+|\[[\da-fA-F:]+\])(:\d{1,5})?(/[\w./-]*)?", re.ASCII)

# Glue's names of databases, without what Athena would have to quote.
# https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
DATABASE = re.compile(r"[\w-]{1,255}", re.ASCII)
# Shown and stored in many places: neither may be a URL or a login.
PREFIX = re.compile(r"[^:?@\\]*")
TIME_ZONE = re.compile(r"[\w+-]+(/[\w+-]+){0,2}", re.ASCII)
CLOCK_TIME = re.compile(r"(|([01]\d|2[0-3]):[0-5]\d)", re.ASCII)

STEP_OF_SITE = "site"  # Of the values of the setting `steps`, which say what a step extracts.
STEPS = (STEP_OF_SITE, "endpoint")

# As Dagster accepts them: dagster._core.utils.is_valid_email
OWNER = re.compile(r"team:\S+|\b[\w.%+-]+@[A-Z\d.-]+\.[A-Z]{2,7}", re.ASCII | re.IGNORECASE)


def site_name(text: str) -> str:
    if not re.fullmatch(r"\w+", text, re.ASCII):
        raise ValueError("takes letters, digits and _")
    return text


def parameter_name(text: str) -> str:
    if text and not PARAMETER.fullmatch(text):
        raise ValueError("is no name of a Parameter Store parameter, such as /site/endpoints")
    return text


def required(text: str) -> str:
    return parameter_name(text or " ")


def header(text: str) -> str:
    if not (text.isascii() and text.isprintable()):
        raise ValueError("must be one line of plain text")
    return text


def encryption_name(text: str) -> str:
    """Return the setting as S3 writes it; `none` is the bucket's own."""
    if text.lower() in ("none", "aes256"):
        return "" if text.lower() == "none" else "AES256"
    if text and not ENCRYPTION.fullmatch(text):
        raise ValueError("is not none, AES256, aws:kms or aws:kms:<key id, alias or ARN>")
    return text


def database_name(text: str) -> str:
    if text and not DATABASE.fullmatch(text):
        raise ValueError("takes letters, digits, _ and -")
    return text


def web_address(text: str) -> str:
    if text and not WEB_ADDRESS.fullmatch(text):
        raise ValueError("is no address such as http://127.0.0.1:3000")
    return text


def key_prefix(text: str) -> str:
    if not PREFIX.fullmatch(text):
        raise ValueError("is no key prefix such as wordpress-api")
    return text


def time_zone(text: str) -> str:
    if not TIME_ZONE.fullmatch(text):
        raise ValueError("is no time zone such as Europe/London")
    return text


def clock_time(text: str) -> str:
    if not CLOCK_TIME.fullmatch(text):
        raise ValueError("is no time of day such as 07:00")
    return text


def owner_names(names: frozenset[str]) -> frozenset[str]:
    if not all(map(OWNER.fullmatch, names)):
        raise ValueError("takes e-mail addresses as Dagster does, and teams such as team:data")
    return names


def names_in(text: str) -> frozenset[str]:
    """Split a comma-separated text. Names are normalized (NFC), as those of endpoints are."""
    names = unicodedata.normalize("NFC", text).split(",")
    return frozenset(name.strip() for name in names if name.strip())


def steps_kind(text: str) -> str:
    if text not in STEPS:
        raise ValueError(f"must be {' or '.join(STEPS)}")
    return text


def pool_name(text: str) -> str:
    return site_name(text) if text else text


ParameterName = Annotated[str, required]
OptionalParameterName = Annotated[str, parameter_name]
Names = frozenset[str]
Owners = Annotated[Names, owner_names]
SiteName = Annotated[str, site_name]
Steps = Annotated[str, steps_kind]
PoolName = Annotated[str, pool_name]
Duration = Annotated[float, Meta(lt=LONGEST)]
Header = Annotated[str, header]
EncryptionName = Annotated[str, encryption_name]
KeyPrefix = Annotated[str, key_prefix]
TimeZone = Annotated[str, time_zone]
DailyTime = Annotated[str, clock_time]
WebAddress = Annotated[str, web_address]
DatabaseName = Annotated[str, database_name]

KINDS: Mapping[Any, str] = {
    str: "a valid string",
    int: "a valid integer",
    float: "a valid number",
    bool: "a valid boolean",
    Names: "a list of names, or a text with commas",
}
# Beside true, false, 1 and 0, which msgspec reads.
BOOLEANS = {
    "yes": True, "y": True, "t": True, "on": True, "no": False, "n": False, "f": False, "off": False
}  # fmt: skip
# How msgspec ends its message about a number that is out of bounds: "Expected `int` >= 1".
OUT_OF_BOUNDS = re.compile(r"(>=|>|<=|<) ([\d.]+)$")
BOUNDS = {
    ">=": "greater than or equal to",
    ">": "greater than",
    "<=": "less than or equal to",
    "<": "less than",
}


def valid(value: Any, annotation: Any) -> Any:
    """Return a value, or what a text says, in the declared type.

    Raises ValueError, whose message says what the value must be.
    """
    kind, *metadata = get_args(annotation)
    if isinstance(value, str):
        value = text_read(value, kind)
    try:
        value = convert(value, annotation, strict=False)
    except ValidationError as invalid:
        reason = str(invalid)
    else:
        for rule in filter(callable, metadata):
            value = rule(value)
        return value
    bound = OUT_OF_BOUNDS.search(reason)
    must_be = f"{BOUNDS[bound[1]]} {float(bound[2]):.10g}" if bound else KINDS[kind]
    raise ValueError(f"must be {must_be}")


def text_read(text: str, kind: Any) -> Any:
    """Read what msgspec does not read from a text."""
    if kind is bool:
        return BOOLEANS.get(text.lower(), text)
    return names_in(text) if kind == Names else text
