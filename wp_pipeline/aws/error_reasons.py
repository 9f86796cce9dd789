"""What the failures of AWS mean: for each, what was found, and what to do.

The keys are codes of AWS's answers, and exceptions of botocore.
"""

from collections.abc import Mapping
from typing import NamedTuple

from botocore import exceptions as aws


class Reason(NamedTuple):
    """What was found, and what to do."""

    found: str
    cure: str


EXPIRED = Reason("the AWS credentials have expired", "renew them")
UNKNOWN_KEY = Reason("AWS does not accept these credentials", "check AWS_PROFILE or the access key")
CLOCK = Reason("AWS rejects the time of the request", "set this machine's clock")
OTHER_REGION = Reason("the bucket is in another region", "set AWS_DEFAULT_REGION")
BUSY = Reason("too many requests", "run again later")
NO_LOGIN = Reason("the AWS login has expired", "log in again")
NO_CONFIGURATION = Reason("the AWS configuration file is malformed", "correct it (~/.aws/config)")
NOT_PROVIDED = Reason(
    "the AWS credentials could not be fetched", "check the role, or what provides them"
)
DISCONNECTED = Reason("AWS closed the connection", "run again")
UNREADABLE = Reason(
    "an answer, or an AWS_... variable, can't be read", "check AWS_ENDPOINT_URL and the others"
)
TIMED_OUT = Reason("AWS did not answer in time", "check the network, or run again later")
REFUSED_CODES: Mapping[str, Reason] = {
    "ExpiredToken": EXPIRED,
    "ExpiredTokenException": EXPIRED,
    "RequestExpired": CLOCK,
    "RequestTimeTooSkewed": CLOCK,
    "InvalidAccessKeyId": UNKNOWN_KEY,
    "InvalidClientTokenId": UNKNOWN_KEY,
    "UnrecognizedClientException": UNKNOWN_KEY,
    "InvalidToken": UNKNOWN_KEY,
    "SignatureDoesNotMatch": Reason(
        "the signature does not match",
        "correct the secret access key, or what changes requests on their way, such as a proxy",
    ),
    "AuthorizationHeaderMalformed": Reason(
        "the request is signed for another region", "set AWS_DEFAULT_REGION"
    ),
    "InvalidSignatureException": Reason(
        "AWS does not accept the secret access key, or this machine's clock is wrong", "correct it"
    ),
    "NoSuchBucket": Reason(
        "the bucket does not exist", "create it or correct the bucket parameter"
    ),
    "PermanentRedirect": OTHER_REGION,
    "IllegalLocationConstraintException": OTHER_REGION,
    "301": OTHER_REGION,  # The answer to a HEAD has no body, so its status is the only code.
    "400": Reason("S3 refuses the request", "renew the AWS credentials, or check the region"),
    "NotFound": Reason("the topic does not exist", "create it or correct the alerts parameter"),
    "HierarchyTypeMismatchException": Reason(
        "the parameter is no SecureString, and AWS does not change the type of one that exists",
        "delete it, or name another",
    ),
    "InvalidKeyId": Reason("the KMS key can't be used", "correct its name, or enable it"),
    "ParameterLimitExceeded": Reason("the account has no room for more parameters", "delete some"),
    "KMS.NotFoundException": Reason(
        "the KMS key does not exist in this region", "correct its name"
    ),
    "KMS.DisabledException": Reason("the KMS key is disabled", "enable it, or name another"),
    "KMS.KMSInvalidStateException": Reason(
        "the KMS key can't be used in its state", "name another"
    ),
}
THROTTLED_CODES = frozenset(
    {
        "SlowDown",
        "ThrottlingException",
        "KMS.ThrottlingException",
        "OperationTimeoutException",
        "Throttling",
        "Throttled",
        "TooManyUpdates",
    }
)
UNAVAILABLE_CODES: Mapping[str, Reason] = {
    "OperationAborted": Reason("another operation on the object is under way", "run again"),
    "ConcurrentModificationException": Reason(
        "another change of the table is under way", "run again"
    ),
    "BadDigest": Reason("received other bytes than were sent", "run again"),
}
DENIED = frozenset(
    {
        "AccessDenied", "AccessDeniedException", "403", "Forbidden",
        "AuthorizationError", "KMSAccessDenied",  # of SNS
    }
)  # fmt: skip
UNAVAILABLE: tuple[tuple[type[Exception], Reason], ...] = (
    (
        aws.EndpointConnectionError,
        Reason("AWS can't be reached", "check the network and AWS_ENDPOINT_URL"),
    ),
    (aws.ConnectTimeoutError, TIMED_OUT),
    (aws.ReadTimeoutError, TIMED_OUT),
    (aws.ConnectionClosedError, DISCONNECTED),
    (aws.ResponseStreamingError, DISCONNECTED),
    (aws.IncompleteReadError, DISCONNECTED),
)
REFUSED: tuple[tuple[type[Exception], Reason], ...] = (
    (
        aws.NoCredentialsError,
        Reason("no AWS credentials found", "set AWS_PROFILE or run where a role provides them"),
    ),
    (
        aws.PartialCredentialsError,
        Reason("the AWS credentials are incomplete", "set key and secret"),
    ),
    (aws.NoRegionError, Reason("no AWS region set", "set AWS_DEFAULT_REGION")),
    (aws.InvalidRegionError, Reason("AWS_DEFAULT_REGION is no region", "correct it")),
    (aws.ProfileNotFound, Reason("the AWS profile does not exist", "correct AWS_PROFILE")),
    (aws.TokenRetrievalError, NO_LOGIN),
    (aws.SSOError, NO_LOGIN),
    (aws.CredentialRetrievalError, NOT_PROVIDED),
    (aws.MetadataRetrievalError, NOT_PROVIDED),
    (aws.ConfigParseError, NO_CONFIGURATION),
    (aws.InvalidConfigError, NO_CONFIGURATION),
    (
        aws.SSLError,
        Reason("TLS to AWS could not be established", "check AWS_CA_BUNDLE and the clock"),
    ),
    (
        aws.HTTPClientError,
        Reason("the request to AWS failed", "check AWS_ENDPOINT_URL and the proxy"),
    ),
    # What botocore has no name for: a malformed header or number, a token file that is missing.
    (ValueError, UNREADABLE),
    (
        OSError,
        Reason("a file that an AWS_... variable names can't be read", "correct the variable"),
    ),
)
