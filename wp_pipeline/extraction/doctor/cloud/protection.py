"""Who else may read the bucket, its encryption, and the rule for unfinished uploads.

No run needs these settings; docs/iam/doctor.json allows to look at them.
"""

from collections.abc import Callable, Iterator

from wp_pipeline.aws.errors import AwsError
from wp_pipeline.aws.inspection.answers import is_denied, is_not_there
from wp_pipeline.aws.inspection.bucket import (
    ENCRYPTION,
    LIFECYCLE,
    POLICY_STATUS,
    PUBLIC_ACCESS_BLOCK,
    BucketInspection,
)
from wp_pipeline.extraction.doctor.check import Check
from wp_pipeline.extraction.doctor.examination import Examination
from wp_pipeline.extraction.doctor.finding import (
    Finding,
    because_of_aws,
    look_at,
    mend,
    not_allowed,
    ok,
)

EVERYTHING = ",".join(
    f"{part}=true"
    for part in (
        "BlockPublicAcls",
        "IgnorePublicAcls",
        "BlockPublicPolicy",
        "RestrictPublicBuckets",
    )
)
BLOCK = "aws s3api put-public-access-block --bucket {} --public-access-block-configuration {}"
ABORT = (
    "aws s3api put-bucket-lifecycle-configuration --bucket {}"
    " --lifecycle-configuration file://docs/lifecycle.json"
)
AES256 = '{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"AES256"}}]}'
ENCRYPT = "aws s3api put-bucket-encryption --bucket {} --server-side-encryption-configuration '{}'"


def policy(bucket: BucketInspection) -> Finding:
    if not bucket.is_public():
        return ok("public access", "the bucket's policy is not public")
    return mend(
        "public access",
        "the bucket's policy lets everybody read it",
        "remove the statement with Principal * from it",
        f"aws s3api delete-bucket-policy --bucket {bucket.bucket}",
    )


def public_access(bucket: BucketInspection) -> Finding:
    if bucket.blocks_public_access():
        return ok("public access", "all public access to the bucket is blocked")
    return look_at(
        "public access",
        "the bucket does not block public access",
        "block it, unless your account does",
        BLOCK.format(bucket.bucket, EVERYTHING),
    )


def encryption(bucket: BucketInspection) -> Finding:
    if found := bucket.encryption():
        return ok("encryption", f"{found} by default")
    command = ENCRYPT.format(bucket.bucket, AES256)
    return look_at("encryption", "the bucket encrypts nothing by default", "turn it on", command)


def lifecycle(bucket: BucketInspection) -> Finding:
    if bucket.removes_unfinished_uploads():
        return ok("lifecycle", "a rule removes unfinished uploads")
    return look_at(
        "lifecycle",
        "unfinished uploads of other tools stay for ever",
        "add a rule; this replaces the bucket's own",
        ABORT.format(bucket.bucket),
    )


LOOKS: tuple[tuple[str, str, Callable[[BucketInspection], Finding]], ...] = (
    ("public access", POLICY_STATUS, policy),
    ("public access", PUBLIC_ACCESS_BLOCK, public_access),
    ("encryption", ENCRYPTION, encryption),
    ("lifecycle", LIFECYCLE, lifecycle),
)


def run(examination: Examination) -> Iterator[Finding]:
    bucket = examination.bucket
    if bucket is None:
        return
    if bucket.is_access_point:
        yield ok("protection", "an access point: the settings of its bucket are not looked at")
        return
    for name, action, look in LOOKS:
        try:
            yield look(bucket)
        except AwsError as error:
            if is_denied(error):
                yield not_allowed(name, action)
            elif error.code == "NoSuchBucket":
                return  # The check of the bucket says so.
            elif is_not_there(error):
                yield ok(name, "this S3 store does not tell")
            else:
                yield because_of_aws(name, error)


CHECK = Check("protection", 32, run, needs="bucket")
