"""The features that an S3 store has. Amazon S3 has every feature here; other stores may lack some.

A store is expected to have a feature until it refuses an upload that uses it and accepts the same
upload without it. From then on, uploads do not use the feature, and `lost` says what that costs.

    for used in features.attempts(wanted):
        ...                                            # upload with the features that are used
        features.accepted(wanted, used)
"""

import re
from collections.abc import Iterator
from enum import Enum
from itertools import combinations
from threading import Lock
from urllib.parse import urlsplit

from wp_pipeline.aws.error_reasons import REFUSED_CODES, THROTTLED_CODES, UNAVAILABLE_CODES
from wp_pipeline.aws.errors import AwsError

# Endpoints of every partition: https://docs.aws.amazon.com/general/latest/gr/s3.html
AMAZON = re.compile(r"(^|\.)(amazonaws\.(com|com\.cn|eu)|ic\.gov|sgov\.gov)$")
# How stores refuse a header that they do not know; 304 is how a GET with If-None-Match ends.
REFUSED_FEATURE = frozenset({304, 400, 405, 415, 417, 422, 501})
# A store or a proxy drops or changes the header. The HEAD before had a signature that was right.
OTHER_SIGNATURE = "SignatureDoesNotMatch"
# "400" is the code of any answer without a body.
OTHER_CAUSES = (REFUSED_CODES.keys() | UNAVAILABLE_CODES.keys() | THROTTLED_CODES) - {"400"} | {
    "AuthorizationHeaderMalformed",
    "EntityTooLarge",
    "IncompleteBody",
    "InvalidBucketName",
    "KeyTooLongError",
    "MetadataTooLarge",
    "RequestTimeout",
    "XAmzContentSHA256Mismatch",
}


class Feature(Enum):
    """A part of an upload that a store may not accept; the value is the header's name."""

    IF_NONE_MATCH = "If-None-Match"
    IF_MATCH = "If-Match"
    CHECKSUM = "x-amz-checksum-sha256"


CONDITIONS = frozenset({Feature.IF_NONE_MATCH, Feature.IF_MATCH})
UNCONDITIONAL = (
    "conditional writes (If-Match, If-None-Match): objects are replaced after one more look at"
    " them, so of two extractions at the same moment the one that began earlier may win"
)
UNVERIFIED = (
    "SHA-256 checksums (x-amz-checksum-sha256): it verifies no more of an upload than the request's"
    " signature"
)


class StoreFeatures:
    """What is known of one store. Its methods may be called from several threads."""

    def __init__(self) -> None:
        self._is_amazon = False
        self._missing: set[Feature] = set()
        self._left_out: set[Feature] = set()
        self._failed: dict[str, object] = {}
        self._lock = Lock()

    def store_is_at(self, url: str) -> None:
        """Set the address of the store: Amazon S3 itself lacks nothing."""
        self._is_amazon = is_amazon(url)

    def attempts(self, wanted: frozenset[Feature]) -> Iterator[frozenset[Feature]]:
        """Yield the features to use: all that the store may have, then fewer and fewer of them."""
        usable = sorted(wanted - self._missing, key=lambda feature: feature.value)
        yield frozenset(usable)
        if self._is_amazon:
            return
        for count in reversed(range(len(usable))):
            yield from map(frozenset, reversed(list(combinations(usable, count))))

    def accepted(self, wanted: frozenset[Feature], used: frozenset[Feature]) -> None:
        """The store has accepted an upload with these of the wanted features."""
        with self._lock:
            self._missing |= wanted - used
            self._left_out |= wanted - used

    def condition_failed(self, condition: Feature, key: str, seen: object) -> None:
        """The store says that an object is no longer the one that a HEAD returned, `seen`.

        If it says so twice, and the HEAD in between returns the same, nobody has replaced the
        object: the store compares versions wrongly.
        """
        with self._lock:
            if key in self._failed and self._failed[key] == seen and not self._is_amazon:
                self._missing.add(condition)
            self._failed[key] = seen

    @property
    def lost(self) -> str:
        """The features that uploads did not use, in one line; empty if there are none."""
        with self._lock:
            costs = [UNCONDITIONAL] if self._left_out & CONDITIONS else []
            costs += [UNVERIFIED] if Feature.CHECKSUM in self._left_out else []
        return f"the S3 store does not support {'; nor '.join(costs)}" if costs else ""


def is_amazon(url: str) -> bool:
    """Whether a URL is that of Amazon S3 itself."""
    return AMAZON.search(urlsplit(url).hostname or "") is not None


def may_be_refused_feature(error: AwsError) -> bool:
    """Whether a store may have refused a feature that it lacks."""
    is_refused = error.status in REFUSED_FEATURE and error.code not in OTHER_CAUSES
    return is_refused or error.code == OTHER_SIGNATURE
