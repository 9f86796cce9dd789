"""What can go wrong on AWS's side, each in one line that says what to do.

* AwsError
  - ParametersUnreadable   Parameter Store can't be asked, or lacks parameters
  - LakeUnreachable        the bucket can't be read or written
  - ReplacedMeanwhile      somebody else wrote the object: look again
"""

import re
from collections.abc import Callable, Mapping
from typing import TypeVar

from botocore import exceptions as aws
from botocore.exceptions import BotoCoreError, ClientError

Found = TypeVar("Found")


class AwsError(Exception):
    """A reason in one line."""


class ParametersUnreadable(AwsError):
    pass


class LakeUnreachable(AwsError):
    pass


class ReplacedMeanwhile(AwsError):
    pass


EXPIRED = "the AWS credentials have expired; renew them"
UNKNOWN_KEY = "AWS does not accept these credentials; check AWS_PROFILE or the access key"
BUSY = "asked too much at once; run again later"
OTHER_REGION = "the bucket is in another region; set AWS_DEFAULT_REGION"
CODES: Mapping[str, str] = {
    "ExpiredToken": EXPIRED,
    "ExpiredTokenException": EXPIRED,
    "RequestExpired": "AWS finds the request too old or too new; set this machine's clock",
    "RequestTimeTooSkewed": "AWS finds the request too old or too new; set this machine's clock",
    "InvalidAccessKeyId": UNKNOWN_KEY,
    "InvalidClientTokenId": UNKNOWN_KEY,
    "UnrecognizedClientException": UNKNOWN_KEY,
    "SignatureDoesNotMatch": "AWS does not accept the secret access key; correct it",
    "InvalidSignatureException": "AWS does not accept the secret access key, or finds this"
    " machine's clock wrong; correct it",
    "NoSuchBucket": "the bucket does not exist; create it or correct the bucket parameter",
    "PermanentRedirect": OTHER_REGION,
    "IllegalLocationConstraintException": OTHER_REGION,
    "301": OTHER_REGION,  # A HEAD's answer has no body, and so no code but its status.
    "400": "S3 refuses the request; renew the AWS credentials, or check the region",
    "SlowDown": BUSY,
    "ThrottlingException": BUSY,
    "BadDigest": "it received other bytes than were sent; run again",
}
DENIED = frozenset({"AccessDenied", "AccessDeniedException", "403", "Forbidden"})
# What is denied may be the KMS key that encrypts: only AWS's message tells.
DENIED_KEY = re.compile(r"not authorized to perform: (kms:[A-Za-z]+)")
NO_LOGIN = "the AWS login has expired; log in again"
NO_CONFIGURATION = "the AWS configuration file can't be understood; correct it (~/.aws/config)"
NOT_PROVIDED = "the AWS credentials could not be fetched; check the role, or what provides them"
BROKE_OFF = "AWS broke the connection off; run again"
IN_VAIN = "AWS did not answer in time; check the network, or run again later"
FAILURES: tuple[tuple[type[Exception], str], ...] = (
    (
        aws.NoCredentialsError,
        "no AWS credentials found; set AWS_PROFILE or run where a role gives them",
    ),
    (aws.PartialCredentialsError, "the AWS credentials lack a part; set key and secret together"),
    (aws.NoRegionError, "no AWS region set; set AWS_DEFAULT_REGION"),
    (aws.InvalidRegionError, "AWS_DEFAULT_REGION is no region; correct it"),
    (aws.ProfileNotFound, "the AWS profile does not exist; correct AWS_PROFILE"),
    (aws.TokenRetrievalError, NO_LOGIN),
    (aws.SSOError, NO_LOGIN),
    (aws.CredentialRetrievalError, NOT_PROVIDED),
    (aws.MetadataRetrievalError, NOT_PROVIDED),
    (aws.ConfigParseError, NO_CONFIGURATION),
    (aws.InvalidConfigError, NO_CONFIGURATION),
    (
        aws.EndpointConnectionError,
        "AWS can't be reached; check the network and AWS_ENDPOINT_URL",
    ),
    (aws.ConnectTimeoutError, IN_VAIN),
    (aws.ReadTimeoutError, IN_VAIN),
    (aws.ConnectionClosedError, BROKE_OFF),
    (aws.ResponseStreamingError, BROKE_OFF),
    (aws.IncompleteReadError, BROKE_OFF),
    (aws.SSLError, "TLS to AWS could not be established; check AWS_CA_BUNDLE and the clock"),
    (aws.HTTPClientError, "AWS can't be asked; check AWS_ENDPOINT_URL and the proxy"),
    # What botocore does not name itself: an endpoint that is none, a token's file that is missing.
    (ValueError, "AWS_ENDPOINT_URL is no address; correct it"),
    (OSError, "a file that the AWS_… variables name can't be read; correct them"),
)
FAULTS = (BotoCoreError, ClientError, ValueError, OSError)


def attempt(call: Callable[[], Found]) -> Found | Exception:
    """Return what a call returns, or its fault.

    Returned, so that what is raised instead has none of botocore's errors in its chain: these
    hold the request, signature, session token and all.
    """
    try:
        return call()
    except FAULTS as fault:
        return fault


def reason_of(error: Exception, action: str) -> str:
    """Say what a botocore error means for us; `action` is the IAM action that was tried."""
    if isinstance(error, ClientError):
        code = error.response.get("Error", {}).get("Code", "unknown error")
        if code in DENIED:
            on_key = DENIED_KEY.search(error.response["Error"].get("Message", ""))
            return f"access denied; allow {on_key[1] if on_key else action}"
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        return CODES.get(code) or f"{action} failed: {code} (HTTP {status})"
    for kind, reason in FAILURES:
        if isinstance(error, kind):
            return reason
    return f"{action} failed: {type(error).__name__}"
