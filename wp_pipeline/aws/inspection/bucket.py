"""Reads a bucket's region, public access, default encryption and lifecycle rules."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from wp_pipeline.aws.error_reasons import REFUSED_CODES
from wp_pipeline.aws.errors import AwsError, AwsRefused, call
from wp_pipeline.aws.inspection.answers import NEVER_SET, seconds_ahead

SERVICE = "S3"
NO_SUCH_BUCKET = "NoSuchBucket"
PUBLIC_ACCESS_BLOCK = "s3:GetBucketPublicAccessBlock"
POLICY_STATUS = "s3:GetBucketPolicyStatus"
ENCRYPTION = "s3:GetEncryptionConfiguration"
LIFECYCLE = "s3:GetLifecycleConfiguration"
OPERATIONS: Mapping[str, str] = {
    PUBLIC_ACCESS_BLOCK: "get_public_access_block",
    POLICY_STATUS: "get_bucket_policy_status",
    ENCRYPTION: "get_bucket_encryption",
    LIFECYCLE: "get_bucket_lifecycle_configuration",
}


@dataclass(frozen=True)
class Head:
    """What a HEAD of a bucket returns: its region, and that of the client; empty if unknown."""

    region: str
    client_region: str
    seconds_ahead: float | None


@dataclass(frozen=True)
class BucketInspection:
    """Reads the settings of one bucket; `client` returns a boto3 client."""

    client: Callable[[], Any]
    bucket: str

    @property
    def is_access_point(self) -> bool:
        """Whether it is an access point, which does not show the settings of its bucket."""
        return self.bucket.startswith("arn:") or self.bucket.endswith("-s3alias")

    def head(self) -> Head:
        """Raises an AwsError."""
        client = self.client()
        try:
            found = call(SERVICE, "s3:ListBucket", lambda: client.head_bucket(Bucket=self.bucket))
        except AwsError as error:
            if error.status != 404:
                raise
            missing = error
        else:
            headers = found["ResponseMetadata"]["HTTPHeaders"]
            region = headers.get("x-amz-bucket-region", "")
            return Head(region, client.meta.region_name or "", seconds_ahead(found))
        reason = REFUSED_CODES[NO_SUCH_BUCKET]
        raise AwsRefused(
            *reason, service=SERVICE, action=missing.action, code=NO_SUCH_BUCKET, status=404
        )

    def setting(self, action: str) -> Mapping[str, Any] | None:
        """Return a setting of the bucket, None if it was never set; `action` is in OPERATIONS.

        Raises an AwsError.
        """
        look = getattr(self.client(), OPERATIONS[action])
        try:
            return call(SERVICE, action, lambda: look(Bucket=self.bucket))
        except AwsError as error:
            if error.code in NEVER_SET:
                return None
            raise

    def is_public(self) -> bool:
        """Whether the bucket's policy allows everybody to read it. Raises an AwsError."""
        return bool((self.setting(POLICY_STATUS) or {}).get("PolicyStatus", {}).get("IsPublic"))

    def blocks_public_access(self) -> bool:
        """Whether all four parts of the public access block are on. Raises an AwsError."""
        block = (self.setting(PUBLIC_ACCESS_BLOCK) or {}).get("PublicAccessBlockConfiguration", {})
        parts = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy")
        return all(block.get(part) for part in (*parts, "RestrictPublicBuckets"))

    def encryption(self) -> str:
        """Return its default encryption, `AES256` or `aws:kms`; nothing if there is none.

        Raises an AwsError.
        """
        found = (self.setting(ENCRYPTION) or {}).get("ServerSideEncryptionConfiguration", {})
        rules = (
            rule.get("ApplyServerSideEncryptionByDefault", {}) for rule in found.get("Rules", [])
        )
        return next((rule.get("SSEAlgorithm", "") for rule in rules), "")

    def removes_unfinished_uploads(self) -> bool:
        """Whether a lifecycle rule removes them, for all objects. Raises an AwsError."""
        rules = (self.setting(LIFECYCLE) or {}).get("Rules", [])
        return any(
            rule.get("Status") == "Enabled"
            and "AbortIncompleteMultipartUpload" in rule
            and not is_limited(rule)
            for rule in rules
        )


def is_limited(rule: Mapping[str, Any]) -> bool:
    """Whether a lifecycle rule applies to some of the objects only."""
    return bool(rule.get("Prefix") or any((rule.get("Filter") or {}).values()))
