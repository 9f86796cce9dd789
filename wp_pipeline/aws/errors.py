"""Errors of AWS, each in one line that says what to do.

AwsError
├── AwsUnavailable       timeouts, 5xx, broken connections                     * a retry may help
│   └── AwsThrottled     too many requests                                     * a retry may help
├── AwsRefused           credentials, permissions, region, a missing bucket, a malformed setting
└── ObjectReplaced       another extraction wrote the object meanwhile         * a retry may help

`call` raises them outside of the `except` block, so that no error of botocore is in their chain:
those hold the request with its signature and session token.
"""

import re
from collections.abc import Callable, Mapping
from traceback import walk_tb
from typing import Any, ClassVar, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from wp_pipeline.aws.error_reasons import (
    BUSY,
    DENIED,
    REFUSED,
    REFUSED_CODES,
    THROTTLED_CODES,
    UNAVAILABLE,
    UNAVAILABLE_CODES,
    UNREADABLE,
    Reason,
)

Result = TypeVar("Result")


class AwsError(Exception):
    """What was found, and its cure: what to do. Both are in the message, in one line.

    `service` begins the message. `action` is the IAM action that the call needs, `code` AWS's own
    name for the reason, `status` that of HTTP; empty and 0 if AWS did not answer.
    """

    retry_may_help: ClassVar[bool] = False

    def __init__(
        self,
        found: str,
        cure: str = "",
        *,
        service: str = "",
        action: str = "",
        code: str = "",
        status: int = 0,
    ) -> None:
        super().__init__(found, cure)
        self.found = found
        self.cure = cure
        self.service = service
        self.action = action
        self.code = code
        self.status = status

    def __str__(self) -> str:
        reason = f"{self.found}; {self.cure}" if self.cure else self.found
        return f"{self.service}: {reason}" if self.service else reason


class AwsUnavailable(AwsError):
    retry_may_help = True


class AwsThrottled(AwsUnavailable):
    pass


class AwsRefused(AwsError):
    pass


class ObjectReplaced(AwsError):
    retry_may_help = True


# The denied action may be one on the KMS key: only the message tells.
DENIED_KEY = re.compile(r"not authorized to perform: (kms:[A-Za-z]+)")
# What Parameter Store says if it may not decrypt.
NOT_DECRYPTED = "ciphertext refers to"
# https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
EXPLICIT_DENY = re.compile(r"explicit deny(?: in (an? [A-Za-z -]*(?:policy|boundary)))?")
# What a policy usually demands if it denies an action.
USUAL_CONDITIONS: Mapping[str, str] = {
    "s3:PutObject": "; if it demands encryption, set WP_PIPELINE_ENCRYPTION"
}
TOO_MANY, SERVER_FAILED, NOT_IMPLEMENTED = 429, 500, 501  # HTTP statuses
INVALID_ENDPOINT = "Invalid endpoint"  # How botocore's message begins.
CODE = re.compile(r"[\w.-]{1,64}", re.ASCII)
FAULTS = (BotoCoreError, ClientError, ValueError, OSError)
# Functions of botocore: one reads the configuration, one sends a request and reads its answer.
BUILDING, CALLING = "create_client", "_make_api_call"


def call(service: str, action: str, function: Callable[[], Result]) -> Result:
    """Return what a function returns.

    `service` begins the error's message; `action` is the IAM action that it needs.
    Raises an AwsError.

    >>> call("S3", "s3:GetObject", lambda: client.get_object(Bucket=bucket, Key=key))
    """
    try:
        return function()
    except FAULTS as fault:
        error = error_from(fault, service, action)
    except faults_of_reading() as fault:
        if not is_of_botocore(fault):
            raise
        error = AwsRefused(*UNREADABLE, service=service, action=action)
    raise error


def faults_of_reading() -> tuple[type[Exception], ...]:
    """Return the other exceptions that botocore raises for an answer in an unexpected form.

    Such as a web page, a text in the place of a list, deeply nested JSON, or redirects without end.
    """
    # It takes 0.1 s to import: not for those who need no AWS.
    from botocore.parsers import ResponseParserError

    return (ResponseParserError, TypeError, AttributeError, LookupError, RuntimeError)


def is_of_botocore(fault: Exception) -> bool:
    """Whether an error was raised inside botocore, and not in a function of ours that it calls.

    A bug of ours must not be taken for an answer that can't be read.
    """
    is_at_work = False
    for frame, _ in walk_tb(fault.__traceback__):
        if frame.f_globals.get("__name__", "").startswith("wp_pipeline."):
            is_at_work = False  # Also where botocore calls us, such as to read an upload.
        elif frame.f_code.co_name in (BUILDING, CALLING):
            is_at_work = True
    return is_at_work


def required_in(answer: Mapping[str, Any], name: str, service: str) -> Any:
    """Return a member that every answer of this kind has. Raises AwsUnavailable without it.

    botocore takes half an answer in JSON for an empty one.
    """
    if answer.get(name) is None:
        raise AwsUnavailable("its answer was cut off", "run again", service=service)
    return answer[name]


def member_of(entry: Any, name: str, kind: type[Result], service: str) -> Result:
    """Return a member of an entry of an answer. Raises AwsRefused if AWS sends no such entries."""
    found = entry.get(name) if isinstance(entry, Mapping) else None
    if not isinstance(found, kind):
        reason = f"its answer has an entry without a valid {name}"
        raise AwsRefused(reason, "check AWS_ENDPOINT_URL", service=service)
    return found


def error_from(fault: Exception, service: str, action: str) -> AwsError:
    """Return the error for an error of botocore, without its message."""
    if isinstance(fault, ClientError):
        return error_from_answer(fault.response, service, action)
    kind, reason = AwsRefused, Reason(f"{action} failed: {type(fault).__name__}", "")
    if isinstance(fault, ValueError) and str(fault).startswith(INVALID_ENDPOINT):
        reason = Reason("AWS_ENDPOINT_URL is no URL", "correct it")
    elif found := reason_in(UNAVAILABLE, fault):
        kind, reason = AwsUnavailable, found
    elif found := reason_in(REFUSED, fault):
        reason = found
    return kind(*reason, service=service, action=action)


def reason_in(
    reasons: tuple[tuple[type[Exception], Reason], ...], fault: Exception
) -> Reason | None:
    return next((reason for kind, reason in reasons if isinstance(fault, kind)), None)


def error_from_answer(answer: Mapping[str, Any], service: str, action: str) -> AwsError:
    found = answer.get("Error", {})
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode") or 0
    code = found.get("Code") or str(status)  # A proxy answers without a code.
    code = code if CODE.fullmatch(code) else "an unreadable code"
    kind, reason = AwsRefused, Reason(f"{action} failed: {code} (HTTP {status})", "")
    if code in DENIED:
        reason = denial(str(found.get("Message") or ""), action)
    elif code in REFUSED_CODES:
        reason = REFUSED_CODES[code]
    elif code in UNAVAILABLE_CODES:
        kind, reason = AwsUnavailable, UNAVAILABLE_CODES[code]
    elif code in THROTTLED_CODES or status == TOO_MANY:
        kind, reason = AwsThrottled, BUSY
    elif status >= SERVER_FAILED and status != NOT_IMPLEMENTED:
        kind, reason = AwsUnavailable, Reason(reason.found, "run again later")
    return kind(*reason, service=service, action=action, code=code, status=status)


def denial(message: str, action: str) -> Reason:
    """Return what to do about a denial: an explicit deny of a policy outweighs every permission."""
    on_key = DENIED_KEY.search(message)
    needed = on_key[1] if on_key else action
    if NOT_DECRYPTED in message:
        needed = "kms:Decrypt on the key of the parameters, in this region"
    explicit = EXPLICIT_DENY.search(message)
    if not explicit:
        return Reason("access denied", f"allow {needed}")
    policy = explicit[1] or "a policy"
    return Reason(
        f"access denied by an explicit deny of {needed} in {policy}, which no permission outweighs",
        f"meet its conditions, or change it{USUAL_CONDITIONS.get(needed, '')}",
    )
