"""Tests whether objects may be uploaded, by uploads that the store must refuse.

S3 answers an upload whose `If-Match` names a version that does not exist with 412 or 404 if the
caller may upload, and with 403 if not. A store that ignores the condition stores the object; it is
deleted again. An upload whose checksum does not match must be refused too.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Any

from wp_pipeline.aws.errors import AwsError, call
from wp_pipeline.aws.uploading.store_features import Feature, is_amazon, may_be_refused_feature
from wp_pipeline.aws.uploading.upload import Upload
from wp_pipeline.aws.uploading.uploader import CONDITION_FAILED

SERVICE = "S3"
NAME = "wp-pipeline-doctor"
BODY = b"[]"
NO_VERSION = f'"{"0" * 32}"'  # No body has this MD5, as far as anybody knows.
OTHER_BYTES = sha256(b"other bytes").digest()
WRONG_CHECKSUM = frozenset({"BadDigest", "InvalidDigest", "XAmzContentChecksumMismatch"})
REFUSED, STORED, NOT_SUPPORTED = "refused", "stored", "not supported"


@dataclass(frozen=True)
class FoundFeatures:
    """Which features the store has; `left` is the key of an object that could not be deleted."""

    has_conditions: bool
    has_checksums: bool
    left: str = ""


@dataclass(frozen=True)
class TrialUpload:
    """Uploads to one key where nothing is stored. `client` returns a boto3 client."""

    client: Callable[[], Any]
    bucket: str
    key: str
    encryption: Mapping[str, str]

    def run(self) -> FoundFeatures:
        """Raises an AwsError if nothing may be uploaded."""
        conditions = self._attempt(frozenset({Feature.IF_MATCH}))
        has_conditions = conditions == REFUSED
        left = "" if conditions != STORED else self._delete()
        if is_amazon(self.client().meta.endpoint_url):
            return FoundFeatures(has_conditions, True, left)
        # Both at once, if a condition is known to prevent that it is stored.
        used = {Feature.CHECKSUM, *([Feature.IF_MATCH] if has_conditions else [])}
        checksums = self._attempt(frozenset(used))
        left = left or ("" if checksums != STORED else self._delete())
        return FoundFeatures(has_conditions, checksums == REFUSED, left)

    def _attempt(self, used: frozenset[Feature]) -> str:
        """Return how the store answered an upload. Raises an AwsError if it is not allowed."""
        upload = Upload(
            self.bucket,
            self.key,
            BytesIO(BODY),
            len(BODY),
            OTHER_BYTES,
            {},
            NO_VERSION,
            self.encryption,
        )
        client = self.client()
        try:
            call(SERVICE, "s3:PutObject", lambda: upload.send(client, used))
        except AwsError as error:
            if error.code in CONDITION_FAILED | WRONG_CHECKSUM:
                return REFUSED
            if may_be_refused_feature(error):
                return NOT_SUPPORTED
            raise
        return STORED

    def _delete(self) -> str:
        """Delete what was stored; return its key if that is not allowed."""
        client = self.client()
        try:
            call(
                SERVICE,
                "s3:DeleteObject",
                lambda: client.delete_object(Bucket=self.bucket, Key=self.key),
            )
        except AwsError:
            return self.key
        return ""
