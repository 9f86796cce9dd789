"""Faults of AWS, each with the message that a user reads.

docs/faults.md is generated from this table, and test_aws.py runs every row.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest

from wp_pipeline.settings import Settings
from wp_pipeline_tests.fakes.aws import BUCKET, DEAD_END
from wp_pipeline_tests.fakes.world import World
from wp_pipeline_tests.faults.fault_servers import MARK

LOGIN = "/wordpress/login"
DEFAULTS = Settings()
ENDPOINTS, BUCKET_NAME = DEFAULTS.endpoints_parameter, DEFAULTS.bucket_parameter
POSTS = f"/{BUCKET}/wordpress-api/posts.json"
URL = f"https://example.org/wp-json/mo/v1/rows_{MARK}"

Arrange = Callable[[World, pytest.MonkeyPatch], object]


@dataclass(frozen=True)
class AwsFault:
    """A fault and its message; `arrange` causes it."""

    name: str
    what: str
    arrange: Arrange
    message: str


def parameters(**values: str) -> Arrange:
    """Set other values for `endpoints`, `bucket` or `login`, which is then also read."""
    names = {"endpoints": ENDPOINTS, "bucket": BUCKET_NAME, "login": LOGIN}

    def arrange(world: World, environment: pytest.MonkeyPatch) -> None:
        world.aws.put_parameters({names[name]: value for name, value in values.items()})
        if "login" in values:
            environment.setenv("WP_PIPELINE_CREDENTIALS_PARAMETER", LOGIN)

    return arrange


def without_parameters(*names: str) -> Arrange:
    return lambda world, environment: [
        world.aws.client("ssm").delete_parameter(Name=name) for name in names
    ]


def variables(**values: str | None) -> Arrange:
    """Set environment variables; None deletes one."""

    def arrange(world: World, environment: pytest.MonkeyPatch) -> None:
        for name, value in values.items():
            if value is None:
                environment.delenv(name)
            else:
                environment.setenv(name, value)

    return arrange


def answers(operation: str, status: int, code: str = "", message: str = "made up") -> Arrange:
    """Set AWS's answer to an operation; with status 0 it closes the connection."""

    def arrange(world: World, environment: pytest.MonkeyPatch) -> None:
        world.aws.faults = lambda asked: (status, code, message) if asked == operation else None

    return arrange


def breaks_off(operation: str) -> Arrange:
    """Let AWS close the connection in the middle of a request."""

    def arrange(world: World, environment: pytest.MonkeyPatch) -> None:
        world.aws.midway = lambda asked: (0, "") if asked == operation else None

    return arrange


READ = "GetParameters"
DENIED = (
    f"User: arn:aws:iam::111122223333:user/{MARK} is not authorized to perform: {{}} on resource:"
    f' "arn:aws:s3:::{MARK}/x" with an explicit deny in {{}}'
)
EXPIRED = "the AWS credentials have expired; renew them"
BROKE_OFF = "AWS closed the connection; run again"
CLOCK = "AWS rejects the time of the request; set this machine's clock"
UNKNOWN_KEY = "AWS does not accept these credentials; check AWS_PROFILE or the access key"
MISSING = "does not exist: create it in this region"

# No request is sent to the site then, and nothing is stored.
PARAMETER_STORE = (
    AwsFault(
        "missing",
        "Parameters are missing",
        without_parameters(ENDPOINTS, BUCKET_NAME),
        f"parameter {ENDPOINTS} {MISSING}; parameter {BUCKET_NAME} {MISSING}",
    ),
    AwsFault(
        "blank", "A parameter is blank", parameters(bucket=" "), f"parameter {BUCKET_NAME} is blank"
    ),
    AwsFault(
        "no_urls",
        "A parameter is malformed: no URL, a password in a URL, no bucket's name",
        parameters(endpoints=f"{URL},ftp://{MARK},https://a:{MARK}@b.example/x", bucket="A_B"),
        f"parameter {ENDPOINTS} entry 2 is not an http(s) URL; entry 3 carries a user or password:"
        f" keep it in the credentials parameter instead; parameter {BUCKET_NAME} is no bucket"
        " name, access point alias or access point ARN",
    ),
    AwsFault(
        "one_name",
        "Two endpoints have one name",
        parameters(endpoints=f"{URL}1,{URL}2"),
        f"parameter {ENDPOINTS} entry 1 and entry 2 are both called rows: write name=URL",
    ),
    AwsFault(
        "fetched",
        "AWS CLI v1 stored the page instead of its URL",
        parameters(endpoints=f"<!DOCTYPE html><p>{MARK}"),
        f"parameter {ENDPOINTS} holds a web page instead of URLs; if AWS CLI v1 fetched it, as it"
        " does with a --value that starts with http, turn that off with"
        " `aws configure set cli_follow_urlparam false` and put it again",
    ),
    AwsFault(
        "broken_entries",
        "Entries between others are no URL, in a list with lines or in a JSON array",
        parameters(endpoints=f"{URL}1\n{MARK}\nb={URL}2;{MARK}.example/x"),
        f"parameter {ENDPOINTS} entry 2 is not an http(s) URL; entry 4 is not an http(s) URL",
    ),
    AwsFault(
        "open_json",
        "JSON in a query is cut off",
        parameters(endpoints=f'{URL}?search={{"a":["b",c={URL}2'),
        f"parameter {ENDPOINTS} entry 1 has a bracket in its query that is not closed",
    ),
    AwsFault(
        "glued",
        "Two URLs without a separator",
        parameters(endpoints=f"{URL}{URL}"),
        f"parameter {ENDPOINTS} entry 1 holds two URLs with nothing between them: separate them",
    ),
    AwsFault(
        "encoded_invisible",
        "An invisible character in a URL, percent-encoded as a browser does",
        parameters(endpoints=f"{URL}%E2%80%8B"),
        f"parameter {ENDPOINTS} entry 1 has an invisible character (U+200B) in its path,"
        " percent-encoded: remove it",
    ),
    AwsFault(
        "alike",
        "Two names have one asset key: characters other than A-Z, a-z, 0-9 and _ become _",
        parameters(endpoints=f"новости={URL}1,события={URL}2"),
        f"parameter {ENDPOINTS} entry 1 and entry 2 are both called _______: write name=URL, with"
        " names that differ in A-Z, a-z and 0-9",
    ),
    AwsFault(
        "json_document",
        "AWS CLI v1 stored the JSON at the URL instead of the URL",
        parameters(endpoints=f'[{{"id":1,"link":"https://{MARK}.example/x"}}]'),
        f"parameter {ENDPOINTS} holds a JSON document instead of URLs; if AWS CLI v1 fetched it, as"
        " it does with a --value that starts with http, turn that off with"
        " `aws configure set cli_follow_urlparam false` and put it again",
    ),
    AwsFault(
        "bucket_and_key",
        "The bucket parameter names a key prefix too",
        parameters(bucket=f"s3://lake/{MARK}/"),
        f"parameter {BUCKET_NAME} names more than a bucket: set WP_PIPELINE_PREFIX to the key"
        " prefix",
    ),
    AwsFault(
        "invisible",
        "An invisible character where it can't be ignored",
        parameters(bucket="the\u00a0bucket"),
        f"parameter {BUCKET_NAME} is no bucket name, access point alias or access point ARN;"
        f" parameter {BUCKET_NAME} contains invisible characters (U+00A0), which are ignored:"
        " remove them",
    ),
    AwsFault(
        "json_login",
        "The credentials are JSON without a user or a password",
        parameters(login=f'{{"token":"{MARK}"}}'),
        f"parameter {LOGIN} is not JSON with texts as `username` (without a colon) and `password`",
    ),
    AwsFault(
        "half_a_key",
        "The credentials are one of WooCommerce's two keys",
        parameters(login=f"ck_{MARK}"),
        f"parameter {LOGIN} is not `ck_…:cs_…`, the consumer key and then the consumer secret of"
        " WooCommerce",
    ),
    AwsFault(
        "no_login",
        "The credentials are no `user:application password`",
        parameters(login=MARK),
        f"parameter {LOGIN} is not `user:application password`",
    ),
    AwsFault(
        "login_in_the_clear",
        "The credentials would be sent over http, or to several hosts",
        parameters(login=f"editor:{MARK}", endpoints="http://a.example/x,https://b.example/y"),
        f"parameter {LOGIN} is for one site, but the endpoints name several hosts;"
        f" parameter {LOGIN} would be sent unencrypted: change the endpoints to https",
    ),
    AwsFault(
        "denied",
        "Access denied",
        answers(READ, 400, "AccessDeniedException"),
        "Parameter Store: access denied; allow ssm:GetParameters",
    ),
    AwsFault(
        "deny",
        "A policy denies it explicitly",
        answers(
            READ,
            400,
            "AccessDeniedException",
            DENIED.format("ssm:GetParameters", "a service control policy"),
        ),
        "Parameter Store: access denied by an explicit deny of ssm:GetParameters in a service"
        " control policy, which no permission outweighs; meet its conditions, or change it",
    ),
    AwsFault(
        "not_decrypted",
        "The parameters may be read, but not decrypted",
        answers(
            READ,
            400,
            "AccessDeniedException",
            "The ciphertext refers to a customer master key that does not exist, does not exist in"
            " this region, or you are not allowed to access.",
        ),
        "Parameter Store: access denied; allow kms:Decrypt on the key of the parameters, in this"
        " region",
    ),
    AwsFault(
        "throttled",
        "Throttled, five times",
        answers(READ, 400, "ThrottlingException"),
        "Parameter Store: too many requests; run again later",
    ),
    AwsFault(
        "expired",
        "The AWS credentials have expired",
        answers(READ, 400, "ExpiredTokenException"),
        f"Parameter Store: {EXPIRED}",
    ),
    AwsFault(
        "unknown_key",
        "AWS does not know the key",
        answers(READ, 400, "UnrecognizedClientException"),
        f"Parameter Store: {UNKNOWN_KEY}",
    ),
    AwsFault(
        "no_key",
        "There are no AWS credentials",
        variables(AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None),
        "Parameter Store: no AWS credentials found; set AWS_PROFILE or run"
        " where a role provides them",
    ),
    AwsFault(
        "no_region",
        "There is no region",
        variables(AWS_DEFAULT_REGION=None),
        "Parameter Store: no AWS region set; set AWS_DEFAULT_REGION",
    ),
    AwsFault(
        "no_profile",
        "The profile does not exist",
        variables(AWS_PROFILE="nobody"),
        "Parameter Store: the AWS profile does not exist; correct AWS_PROFILE",
    ),
    AwsFault(
        "no_address",
        "AWS_ENDPOINT_URL is no URL",
        variables(AWS_ENDPOINT_URL="localhost"),
        "Parameter Store: AWS_ENDPOINT_URL is no URL; correct it",
    ),
    AwsFault(
        "clock",
        "This machine's clock is wrong",
        answers(READ, 400, "RequestExpired"),
        f"Parameter Store: {CLOCK}",
    ),
    AwsFault(
        "down",
        "AWS can't be reached",
        variables(AWS_ENDPOINT_URL=DEAD_END),
        "Parameter Store: AWS can't be reached; check the network and AWS_ENDPOINT_URL",
    ),
    AwsFault(
        "hangs_up",
        "AWS closes the connection, five times",
        answers(READ, 0),
        f"Parameter Store: {BROKE_OFF}",
    ),
    AwsFault(
        "broken",
        "AWS fails, five times",
        answers(READ, 500, "InternalServerError"),
        "Parameter Store: ssm:GetParameters failed:"
        " InternalServerError (HTTP 500); run again later",
    ),
)

# The endpoint is refused; the others are published.
S3 = (
    AwsFault(
        "no_bucket",
        "The bucket does not exist",
        answers(f"PUT {POSTS}", 404, "NoSuchBucket"),
        "S3: the bucket does not exist; create it or correct the bucket parameter",
    ),
    AwsFault(
        "other_region",
        "The bucket is in another region",
        answers(f"HEAD {POSTS}", 301),
        "S3: the bucket is in another region; set AWS_DEFAULT_REGION",
    ),
    AwsFault(
        "reading_denied",
        "Reading is denied",
        answers(f"HEAD {POSTS}", 403),
        "S3: access denied; allow s3:GetObject, and s3:ListBucket for objects that may not exist"
        " yet",
    ),
    AwsFault(
        "writing_denied",
        "Writing is denied",
        answers(f"PUT {POSTS}", 403, "AccessDenied"),
        "S3: access denied; allow s3:PutObject",
    ),
    AwsFault(
        "deny",
        "The bucket's policy denies writing, since the upload is not encrypted as it demands",
        answers(
            f"PUT {POSTS}",
            403,
            "AccessDenied",
            DENIED.format("s3:PutObject", "a resource-based policy"),
        ),
        "S3: access denied by an explicit deny of s3:PutObject in a resource-based policy, which no"
        " permission outweighs; meet its conditions, or change it; if it demands encryption, set"
        " WP_PIPELINE_ENCRYPTION",
    ),
    AwsFault(
        "no_key",
        "The KMS key of `WP_PIPELINE_ENCRYPTION` does not exist",
        answers(f"PUT {POSTS}", 400, "KMS.NotFoundException"),
        "S3: the KMS key does not exist in this region; correct its name",
    ),
    AwsFault(
        "no_uploads",
        "The store accepts no upload, whatever is left out",
        answers(f"PUT {POSTS}", 501, "NotImplemented"),
        "S3: s3:PutObject failed: NotImplemented (HTTP 501)",
    ),
    AwsFault(
        "expired",
        "The AWS credentials expire before the upload",
        answers(f"PUT {POSTS}", 400, "ExpiredToken"),
        f"S3: {EXPIRED}",
    ),
    AwsFault(
        "clock",
        "This machine's clock is wrong",
        answers(f"PUT {POSTS}", 403, "RequestTimeTooSkewed"),
        f"S3: {CLOCK}",
    ),
    AwsFault(
        "other_signature",
        "The signature does not match, whatever is left out",
        answers(f"PUT {POSTS}", 403, "SignatureDoesNotMatch"),
        "S3: the signature does not match; correct the secret access key, or what changes requests"
        " on their way, such as a proxy",
    ),
    AwsFault(
        "too_many",
        "429 of another store, five times",
        answers(f"PUT {POSTS}", 429, "TooManyRequests"),
        "S3: too many requests; run again later",
    ),
    AwsFault(
        "aborted",
        "Another operation on the object is under way",
        answers(f"PUT {POSTS}", 409, "OperationAborted"),
        "S3: another operation on the object is under way; run again",
    ),
    AwsFault(
        "signed_elsewhere",
        "The request is signed for another region",
        answers(f"PUT {POSTS}", 400, "AuthorizationHeaderMalformed"),
        "S3: the request is signed for another region; set AWS_DEFAULT_REGION",
    ),
    AwsFault(
        "slow_down",
        "Throttled, five times",
        answers(f"PUT {POSTS}", 503, "SlowDown"),
        "S3: too many requests; run again later",
    ),
    AwsFault(
        "broken",
        "AWS fails, five times",
        answers(f"PUT {POSTS}", 500, "InternalError"),
        "S3: s3:PutObject failed: InternalError (HTTP 500); run again later",
    ),
    AwsFault(
        "breaks_off",
        "S3 closes the connection during the upload, five times",
        breaks_off(f"PUT {POSTS}"),
        f"S3: {BROKE_OFF}",
    ),
    AwsFault(
        "other_bytes",
        "S3 receives other bytes than were sent",
        answers(f"PUT {POSTS}", 400, "BadDigest"),
        "S3: received other bytes than were sent; run again",
    ),
    AwsFault(
        "contested",
        "Other extractions keep replacing the object",
        answers(f"PUT {POSTS}", 412, "PreconditionFailed"),
        "S3: other extractions keep replacing the object; run again when they have ended",
    ),
)

AWS_FAULTS: Mapping[str, tuple[AwsFault, ...]] = {"Parameter Store": PARAMETER_STORE, "S3": S3}
