"""When AWS answered, and which refusals say that a setting was never made."""

from collections.abc import Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any

from wp_pipeline.aws.errors import DENIED, REFUSED_CODES, AwsError

NEVER_SET = frozenset(
    {
        "NoSuchPublicAccessBlockConfiguration",
        "NoSuchBucketPolicy",
        "NoSuchLifecycleConfiguration",
        "ServerSideEncryptionConfigurationNotFoundError",
    }
)
NOT_THERE = frozenset({400, 404, 405, 501})  # How other stores refuse what they do not have.


def seconds_ahead(answer: Mapping[str, Any]) -> float | None:
    """Return by how much this machine's clock is ahead of AWS's, as the Date of an answer says."""
    return seconds_ahead_of(answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date"))


def seconds_ahead_of(date: str | None) -> float | None:
    """Return by how much this machine's clock is ahead of a Date header; None if it is none."""
    try:
        return (datetime.now(timezone.utc) - parsedate_to_datetime(date or "")).total_seconds()
    except (ValueError, TypeError):  # TypeError: a date without a zone.
        return None


def is_denied(error: AwsError) -> bool:
    return error.code in DENIED


def is_not_there(error: AwsError) -> bool:
    """Whether a store does not have what was asked for: Amazon's own has all of it."""
    return error.status in NOT_THERE and error.code not in NEVER_SET | REFUSED_CODES.keys()
