"""Sends uploads to one S3 store, without the features that it lacks.

    uploader = Uploader()
    uploader.send(upload, client, lambda: lake.stored("posts"), instead_of)

What a store refuses because it lacks a feature is sent again without that feature.
"""

from collections.abc import Callable
from typing import Any

from wp_pipeline.aws.errors import AwsError, AwsRefused, ObjectReplaced, call
from wp_pipeline.aws.uploading.store_features import (
    CONDITIONS,
    Feature,
    StoreFeatures,
    may_be_refused_feature,
)
from wp_pipeline.aws.uploading.upload import Upload

SERVICE = "S3"
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
CONDITION_FAILED = frozenset(
    {"PreconditionFailed", "412", "ConditionalRequestConflict", "NoSuchKey"}
)
REPLACED = "the object was replaced meanwhile"


class Uploader:
    """What is known of one store, and the uploads to it. Thread-safe."""

    def __init__(self) -> None:
        self._features = StoreFeatures()

    @property
    def lost(self) -> str:
        """The features that uploads did not use because the store lacks them, in one line.

        Empty if there are none.
        """
        return self._features.lost

    def store_is_at(self, url: str) -> None:
        """Set the address of the store: Amazon S3 itself lacks nothing."""
        self._features.store_is_at(url)

    def send(
        self, upload: Upload, client: Any, stored: Callable[[], object], instead_of: object
    ) -> None:
        """Put an object as a whole.

        `stored` returns what is stored at this moment, which is compared with `instead_of` if the
        store has no conditional writes. Raises ObjectReplaced if they differ, or another AwsError.
        """
        refusals: list[AwsError] = []
        for used in self._features.attempts(upload.usable):
            if not used & CONDITIONS and stored() != instead_of:
                raise ObjectReplaced(REPLACED, service=SERVICE)
            upload.body.seek(0)  # Writes what is buffered: a full disk is no error of AWS.
            try:
                self._attempt(upload, client, used, instead_of)
            except AwsError as error:
                if not may_be_refused_feature(error):
                    raise
                refusals.append(error)
            else:
                self._features.accepted(upload.wanted, used)
                return
        raise with_encryption(refusals[0], upload)

    def _attempt(
        self, upload: Upload, client: Any, used: frozenset[Feature], instead_of: object
    ) -> None:
        """Send an upload with these features. Raises ObjectReplaced, or another AwsError."""
        try:
            call(SERVICE, "s3:PutObject", lambda: upload.send(client, used))
        except AwsError as error:
            if may_be_refused_feature(error) or error.code not in CONDITION_FAILED:
                raise
        else:
            return
        if used & CONDITIONS:
            self._features.condition_failed(upload.condition, upload.key, instead_of)
        raise ObjectReplaced(REPLACED, service=SERVICE)


def with_encryption(refusal: AwsError, upload: Upload) -> AwsError:
    """Return a refusal that names the encryption, if the upload asked for one."""
    if not upload.encryption:
        return refusal
    advice = "check WP_PIPELINE_ENCRYPTION, which the store may not support"
    return AwsRefused(
        refusal.found,
        f"{refusal.cure}; {advice}" if refusal.cure else advice,
        service=refusal.service,
        action=refusal.action,
        code=refusal.code,
        status=refusal.status,
    )
