"""Reads answers of AWS: the clock's difference, and what a refusal says about a setting."""

from collections.abc import Mapping
from typing import Any

from wp_pipeline.aws.error_reasons import DENIED, REFUSED_CODES
from wp_pipeline.aws.errors import AwsError
from wp_pipeline.clock import seconds_ahead_of

NEVER_SET = frozenset(
    {
        "NoSuchPublicAccessBlockConfiguration",
        "NoSuchBucketPolicy",
        "NoSuchLifecycleConfiguration",
        "ServerSideEncryptionConfigurationNotFoundError",
    }
)
NOT_THERE = frozenset({400, 404, 405, 501})  # How other stores refuse a setting that they lack.


def seconds_ahead(answer: Mapping[str, Any]) -> float | None:
    """Return by how many seconds our clock is ahead of AWS's, by the Date header of an answer."""
    return seconds_ahead_of(answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date"))


def is_denied(error: AwsError) -> bool:
    return error.code in DENIED


def is_not_there(error: AwsError) -> bool:
    """Whether a store lacks the setting that was asked for. Amazon S3 has all of them."""
    return error.status in NOT_THERE and error.code not in NEVER_SET | REFUSED_CODES.keys()
