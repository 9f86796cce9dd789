"""Errors of AWS, each in one line that says what to do.

AwsError
├── AwsUnavailable       throttled, timeouts, 5xx, broken connections          * a retry may help
├── AwsRefused           credentials, permissions, region, a missing bucket, a malformed setting
└── ObjectReplaced       another extraction wrote the object meanwhile         * a retry may help

`call` raises them outside of the `except` block, so that no error of botocore is in their chain:
those hold the request with its signature and session token.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

from botocore import exceptions as aws
from botocore.exceptions import BotoCoreError, ClientError

Found = TypeVar("Found")


class AwsError(Exception):
    """A reason in one line.

    `code` is AWS's own name for it, `status` that of HTTP; empty and 0 if AWS did not answer.
    """

    retry_may_help: ClassVar[bool] = False

    def __init__(self, reason: str, code: str = "", status: int = 0) -> None:
        super().__init__(reason)
        self.code = code
        self.status = status


class AwsUnavailable(AwsError):
    retry_may_help = True


class AwsRefused(AwsError):
    pass


class ObjectReplaced(AwsError):
    retry_may_help = True


EXPIRED = "the AWS credentials have expired; renew them"
UNKNOWN_KEY = "AWS does not accept these credentials; check AWS_PROFILE or the access key"
CLOCK = "AWS rejects the time of the request; set this machine's clock"
OTHER_REGION = "the bucket is in another region; set AWS_DEFAULT_REGION"
BUSY = "too many requests; run again later"
REFUSED_CODES: Mapping[str, str] = {
    "ExpiredToken": EXPIRED,
    "ExpiredTokenException": EXPIRED,
    "RequestExpired": CLOCK,
    "RequestTimeTooSkewed": CLOCK,
    "InvalidAccessKeyId": UNKNOWN_KEY,
    "InvalidClientTokenId": UNKNOWN_KEY,
    "UnrecognizedClientException": UNKNOWN_KEY,
    "InvalidToken": UNKNOWN_KEY,
    "SignatureDoesNotMatch": "the signature does not match; correct the secret access key, or what"
    " changes requests on their way, such as a proxy",
    "AuthorizationHeaderMalformed": "the request is signed for another region; set"
    " AWS_DEFAULT_REGION",
    "InvalidSignatureException": "AWS does not accept the secret access key, or this machine's"
    " clock is wrong; correct it",
    "NoSuchBucket": "the bucket does not exist; create it or correct the bucket parameter",
    "PermanentRedirect": OTHER_REGION,
    "IllegalLocationConstraintException": OTHER_REGION,
    "301": OTHER_REGION,  # The answer to a HEAD has no body, so its status is the only code.
    "400": "S3 refuses the request; renew the AWS credentials, or check the region",
    "NotFound": "the topic does not exist; create it or correct the alerts parameter",
    "HierarchyTypeMismatchException": "the parameter is no SecureString, and AWS does not change"
    " the type of one that exists; delete it, or name another",
    "InvalidKeyId": "the KMS key can't be used; correct its name, or enable it",
    "ParameterLimitExceeded": "the account has no room for more parameters; delete some",
    "KMS.NotFoundException": "the KMS key does not exist in this region; correct its name",
    "KMS.DisabledException": "the KMS key is disabled; enable it, or name another",
    "KMS.KMSInvalidStateException": "the KMS key can't be used in its state; name another",
}
UNAVAILABLE_CODES: Mapping[str, str] = {
    "SlowDown": BUSY,
    "ThrottlingException": BUSY,
    "KMS.ThrottlingException": BUSY,
    "OperationAborted": "another operation on the object is under way; run again",
    "ConcurrentModificationException": "another change of the table is under way; run again",
    "OperationTimeoutException": BUSY,
    "Throttling": BUSY,
    "Throttled": BUSY,
    "TooManyUpdates": BUSY,
    "BadDigest": "received other bytes than were sent; run again",
}
DENIED = frozenset(
    {
        "AccessDenied", "AccessDeniedException", "403", "Forbidden",
        "AuthorizationError", "KMSAccessDenied",  # of SNS
    }
)  # fmt: skip
# The denied action may be one on the KMS key: only the message tells.
DENIED_KEY = re.compile(r"not authorized to perform: (kms:[A-Za-z]+)")
# What Parameter Store says where it may not decrypt.
NOT_DECRYPTED = "ciphertext refers to"
# https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
EXPLICIT_DENY = re.compile(r"explicit deny(?: in (an? [A-Za-z -]*(?:policy|boundary)))?")
# What a policy that denies an action usually demands.
USUAL_CONDITIONS: Mapping[str, str] = {
    "s3:PutObject": "; if it demands encryption, set WP_PIPELINE_ENCRYPTION"
}
TOO_MANY, SERVER_FAILED, NOT_IMPLEMENTED = 429, 500, 501  # HTTP statuses
NO_LOGIN = "the AWS login has expired; log in again"
NO_CONFIGURATION = "the AWS configuration file is malformed; correct it (~/.aws/config)"
NOT_PROVIDED = "the AWS credentials could not be fetched; check the role, or what provides them"
DISCONNECTED = "AWS closed the connection; run again"
TIMED_OUT = "AWS did not answer in time; check the network, or run again later"
UNAVAILABLE: tuple[tuple[type[Exception], str], ...] = (
    (
        aws.EndpointConnectionError,
        "AWS can't be reached; check the network and AWS_ENDPOINT_URL",
    ),
    (aws.ConnectTimeoutError, TIMED_OUT),
    (aws.ReadTimeoutError, TIMED_OUT),
    (aws.ConnectionClosedError, DISCONNECTED),
    (aws.ResponseStreamingError, DISCONNECTED),
    (aws.IncompleteReadError, DISCONNECTED),
)
REFUSED: tuple[tuple[type[Exception], str], ...] = (
    (
        aws.NoCredentialsError,
        "no AWS credentials found; set AWS_PROFILE or run where a role provides them",
    ),
    (aws.PartialCredentialsError, "the AWS credentials are incomplete; set key and secret"),
    (aws.NoRegionError, "no AWS region set; set AWS_DEFAULT_REGION"),
    (aws.InvalidRegionError, "AWS_DEFAULT_REGION is no region; correct it"),
    (aws.ProfileNotFound, "the AWS profile does not exist; correct AWS_PROFILE"),
    (aws.TokenRetrievalError, NO_LOGIN),
    (aws.SSOError, NO_LOGIN),
    (aws.CredentialRetrievalError, NOT_PROVIDED),
    (aws.MetadataRetrievalError, NOT_PROVIDED),
    (aws.ConfigParseError, NO_CONFIGURATION),
    (aws.InvalidConfigError, NO_CONFIGURATION),
    (aws.SSLError, "TLS to AWS could not be established; check AWS_CA_BUNDLE and the clock"),
    (aws.HTTPClientError, "the request to AWS failed; check AWS_ENDPOINT_URL and the proxy"),
    # What botocore has no name for: a malformed header or number, a token file that is missing.
    (
        ValueError,
        "an answer, or an AWS_... variable, can't be read; check AWS_ENDPOINT_URL and the others",
    ),
    (OSError, "a file that an AWS_... variable names can't be read; correct the variable"),
)
INVALID_ENDPOINT = "Invalid endpoint"  # How botocore's message begins.
FAULTS = (BotoCoreError, ClientError, ValueError, OSError)


def call(service: str, action: str, function: Callable[[], Found]) -> Found:
    """Return what a function returns.

    `service` begins the error's message; `action` is the IAM action that it needs.
    Raises an AwsError.

    >>> call("S3", "s3:GetObject", lambda: client.get_object(Bucket=bucket, Key=key))
    """
    try:
        return function()
    except FAULTS as fault:
        error = error_from(fault, service, action)
    raise error


def error_from(fault: Exception, service: str, action: str) -> AwsError:
    """Return the error for an error of botocore, without its message."""
    if isinstance(fault, ClientError):
        return error_from_answer(fault.response, service, action)
    if isinstance(fault, ValueError) and str(fault).startswith(INVALID_ENDPOINT):
        return AwsRefused(f"{service}: AWS_ENDPOINT_URL is no URL; correct it")
    for kind, reason in UNAVAILABLE:
        if isinstance(fault, kind):
            return AwsUnavailable(f"{service}: {reason}")
    for kind, reason in REFUSED:
        if isinstance(fault, kind):
            return AwsRefused(f"{service}: {reason}")
    return AwsRefused(f"{service}: {action} failed: {type(fault).__name__}")


def error_from_answer(answer: Mapping[str, Any], service: str, action: str) -> AwsError:
    found = answer.get("Error", {})
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode") or 0
    code = found.get("Code") or str(status)  # A proxy answers without a code.
    kind, reason = AwsRefused, f"{action} failed: {code} (HTTP {status})"
    if code in DENIED:
        reason = denial(found.get("Message") or "", action)
    elif code in REFUSED_CODES:
        reason = REFUSED_CODES[code]
    elif code in UNAVAILABLE_CODES:
        kind, reason = AwsUnavailable, UNAVAILABLE_CODES[code]
    elif status == TOO_MANY:
        kind, reason = AwsUnavailable, BUSY
    elif status >= SERVER_FAILED and status != NOT_IMPLEMENTED:
        kind, reason = AwsUnavailable, f"{reason}; run again later"
    return kind(f"{service}: {reason}", code, status)


def denial(message: str, action: str) -> str:
    """Return what to do about a denial: an explicit deny of a policy outweighs every permission."""
    on_key = DENIED_KEY.search(message)
    needed = on_key[1] if on_key else action
    if NOT_DECRYPTED in message:
        needed = "kms:Decrypt on the key of the parameters, in this region"
    explicit = EXPLICIT_DENY.search(message)
    if not explicit:
        return f"access denied; allow {needed}"
    return (
        f"access denied by an explicit deny of {needed} in {explicit[1] or 'a policy'}, which no"
        " permission outweighs; meet its conditions, or change it"
    ) + USUAL_CONDITIONS.get(needed, "")
