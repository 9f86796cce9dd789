"""Whether objects may be uploaded, by uploads that must fail: nothing is left in the bucket."""

from collections.abc import Iterator

from wp_pipeline.aws.errors import AwsError
from wp_pipeline.aws.inspection.trial_upload import NAME, FoundFeatures, TrialUpload
from wp_pipeline.aws.uploading.store_features import UNCONDITIONAL, UNVERIFIED
from wp_pipeline.aws.uploading.upload import encryption_parameters
from wp_pipeline.extraction.doctor.check import Check
from wp_pipeline.extraction.doctor.cloud.bucket import POLICY
from wp_pipeline.extraction.doctor.examination import Examination
from wp_pipeline.extraction.doctor.finding import Finding, because_of_aws, look_at, mend, ok

ANOTHER_STORE = "accept that, or use a store that has them"


def run(examination: Examination) -> Iterator[Finding]:
    bucket, lake = examination.bucket, examination.lake
    if bucket is None or lake is None:
        return
    key = lake.key(NAME)
    encryption = encryption_parameters(examination.settings.encryption)
    try:
        found = TrialUpload(examination.client, bucket.bucket, key, encryption).run()
    except AwsError as error:
        yield because_of_aws("writing", error, if_denied=POLICY)
        return
    yield ok("writing", f"s3:PutObject is allowed below {examination.settings.prefix}/")
    yield from lacks(found, bucket.bucket)


def lacks(found: FoundFeatures, bucket: str) -> Iterator[Finding]:
    if found.left:
        yield mend(
            "writing",
            f"the store ignored a condition, and the test object {found.left} could not be deleted",
            "delete it",
            f"aws s3api delete-object --bucket {bucket} --key {found.left}",
        )
    for has, lost in ((found.has_conditions, UNCONDITIONAL), (found.has_checksums, UNVERIFIED)):
        if not has:
            yield look_at("writing", f"the S3 store does not support {lost}", ANOTHER_STORE)
    if found.has_conditions and found.has_checksums:
        yield ok("writing", "conditional writes and SHA-256 checksums are supported")


CHECK = Check("writing", 31, run, needs="bucket")
