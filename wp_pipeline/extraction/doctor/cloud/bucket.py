"""Whether the bucket can be reached, in which region it is, and whether its objects can be read."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from wp_pipeline.aws.errors import AwsError
from wp_pipeline.aws.inspection.answers import is_denied
from wp_pipeline.aws.inspection.bucket import BucketInspection, Head
from wp_pipeline.extraction.doctor.check import Check
from wp_pipeline.extraction.doctor.examination import Examination
from wp_pipeline.extraction.doctor.finding import Finding, because_of_aws, look_at, mend, ok
from wp_pipeline.extraction.doctor.machine.clock import AWS

THREADS = 8
POLICY = "docs/iam/run.json has the statement"


def run(examination: Examination) -> Iterator[Finding]:
    bucket, lake = examination.bucket, examination.lake
    if bucket is None or lake is None:
        return
    try:
        found = bucket.head()
    except AwsError as error:
        yield unreachable(bucket, error)
        return
    if found.seconds_ahead is not None:
        examination.clocks[AWS] = found.seconds_ahead
    yield where_it_is(bucket, found)
    names = [endpoint.name for endpoint in getattr(examination.configuration, "endpoints", ())]
    try:
        with ThreadPoolExecutor(THREADS) as threads:
            stored = [one for one in threads.map(lake.stored, names) if one]
    except AwsError as error:
        yield because_of_aws("bucket", error, if_denied=POLICY)
        return
    if names:
        yield ok("bucket", f"{len(stored)} of {len(names)} endpoints are stored, and can be read")


def unreachable(bucket: BucketInspection, error: AwsError) -> Finding:
    if error.code == "NoSuchBucket":
        where = f"aws s3api create-bucket --bucket {bucket.bucket}"
        return because_of_aws("bucket", error, command_with_region(where, bucket))
    if is_denied(error):
        return mend(
            "bucket",
            f"{bucket.bucket}: access denied",
            f"allow s3:ListBucket ({POLICY}), or correct the bucket parameter: it may be that of"
            " another account",
        )
    return because_of_aws("bucket", error)


def command_with_region(command: str, bucket: BucketInspection) -> str:
    region = bucket.client().meta.region_name
    if region in (None, "us-east-1", "aws-global"):
        return command
    return f"{command} --create-bucket-configuration LocationConstraint={region}"


def where_it_is(bucket: BucketInspection, found: Head) -> Finding:
    if found.region and found.client_region and found.region != found.client_region:
        return look_at(
            "bucket",
            f"{bucket.bucket} is in {found.region}, and requests go to {found.client_region}",
            "a run works, but requests are redirected: use a bucket in the region of the"
            f" parameters, or put those into {found.region} and set AWS_DEFAULT_REGION to it",
        )
    return ok("bucket", f"{bucket.bucket} answers, {found.region or 'in an unknown region'}")


CHECK = Check("bucket", 30, run, needs="bucket")
