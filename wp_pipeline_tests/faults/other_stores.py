"""S3 stores that are not Amazon's, each with the warning that a user reads.

docs/faults.md is generated from this table, and aws/test_other_stores.py runs every row.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from wp_pipeline.aws.uploading.store_features import UNCONDITIONAL, UNVERIFIED
from wp_pipeline_tests.fakes.aws import FakeAws, Fault

CONDITIONS = {"if-match", "if-none-match"}
CHECKSUMS = {
    "x-amz-checksum-sha256", "x-amz-checksum-crc32", "x-amz-sdk-checksum-algorithm", "x-amz-trailer"
}  # fmt: skip
LOST = "the S3 store does not support "

Arrange = Callable[[FakeAws], object]


@dataclass(frozen=True)
class OtherStore:
    """A store that `arrange` makes of the fake AWS; `costs` are what uploads do without."""

    name: str
    what: str
    arrange: Arrange
    costs: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        """The one warning of an extraction, empty where nothing is lost."""
        return LOST + "; nor ".join(self.costs) if self.costs else ""


def refusing(headers: set[str], *fault: Any) -> Arrange:
    def refuses(operation: str, sent: Mapping[str, str]) -> Fault | None:
        return fault if operation.startswith("PUT") and headers & sent.keys() else None

    return lambda aws: setattr(aws, "refuses", refuses)


def hiding(header: str) -> Arrange:
    return lambda aws: setattr(aws, "hides", lambda headers: headers.pop(header, None))


def weak(aws: FakeAws) -> None:
    """Make ETags weak, and compare them as RFC 9110 says: a weak one never matches."""

    def hides(headers: dict[str, str]) -> None:
        if "ETag" in headers:
            headers["ETag"] = f"W/{headers['ETag']}"

    def refuses(operation: str, sent: Mapping[str, str]) -> Fault | None:
        return (412, "PreconditionFailed") if sent.get("if-match", "").startswith("W/") else None

    aws.hides, aws.refuses = hides, refuses


def several(*stores: Arrange) -> Arrange:
    """A store with several of these faults."""

    def arrange(aws: FakeAws) -> None:
        refusals = []
        for store in stores:
            store(aws)
            refusals.append(aws.refuses)
        aws.refuses = lambda *asked: next(filter(None, (one(*asked) for one in refusals)), None)

    return arrange


NO_CONDITIONS = refusing(CONDITIONS, 501, "NotImplemented")
NO_CHECKSUM = refusing(CHECKSUMS, 400, "InvalidRequest")
BOTH = (UNCONDITIONAL, UNVERIFIED)
OTHER_STORES = (
    OtherStore("501", "501 for conditional writes", NO_CONDITIONS, (UNCONDITIONAL,)),
    OtherStore(
        "501_without_code",
        "501 for conditional writes, without an error code",
        refusing(CONDITIONS, 501, ""),
        (UNCONDITIONAL,),
    ),
    OtherStore(
        "501_for_if_match",
        "501 for `If-Match` only",
        refusing({"if-match"}, 501, "NotImplemented"),
        (UNCONDITIONAL,),
    ),
    OtherStore(
        "400",
        "400 InvalidArgument for conditional writes",
        refusing(CONDITIONS, 400, "InvalidArgument"),
        (UNCONDITIONAL,),
    ),
    OtherStore(
        "405",
        "405 for conditional writes",
        refusing(CONDITIONS, 405, "MethodNotAllowed"),
        (UNCONDITIONAL,),
    ),
    OtherStore(
        "412",
        "412 for the object's own ETag, although nobody replaced it",
        refusing({"if-match"}, 412, "PreconditionFailed"),
        (UNCONDITIONAL,),
    ),
    OtherStore(
        "412_for_none",
        "412 for `If-None-Match`, although there is no object",
        refusing({"if-none-match"}, 412, "PreconditionFailed"),
        (UNCONDITIONAL,),
    ),
    OtherStore(
        "404_for_if_match",
        "404 for `If-Match`, although there is the object",
        refusing({"if-match"}, 404, "NoSuchKey"),
        (UNCONDITIONAL,),
    ),
    OtherStore(
        "409",
        "409 for conditional writes, although nobody else writes",
        refusing(CONDITIONS, 409, "ConditionalRequestConflict"),
        (UNCONDITIONAL,),
    ),
    OtherStore(
        "412_without_code",
        "412 for the object's own ETag, without an error code",
        refusing({"if-match"}, 412, ""),
        (UNCONDITIONAL,),
    ),
    OtherStore(
        "304",
        "304 for `If-None-Match`, as for a GET",
        refusing({"if-none-match"}, 304, ""),
        (UNCONDITIONAL,),
    ),
    OtherStore(
        "403_signature",
        "A proxy drops `If-Match`, so that the signature does not match",
        refusing({"if-match"}, 403, "SignatureDoesNotMatch"),
        (UNCONDITIONAL,),
    ),
    OtherStore(
        "403_signature_of_checksum",
        "The signature does not match where a checksum is sent",
        refusing(CHECKSUMS, 403, "SignatureDoesNotMatch"),
        (UNVERIFIED,),
    ),
    OtherStore("no_etag", "HEAD without `ETag`", hiding("ETag"), (UNCONDITIONAL,)),
    OtherStore("weak_etag", "HEAD with a weak `ETag`: its strong form is used", weak),
    OtherStore("no_size", "HEAD without `Content-Length`", hiding("Content-Length")),
    OtherStore("no_checksum", "400 for `x-amz-checksum-sha256`", NO_CHECKSUM, (UNVERIFIED,)),
    OtherStore(
        "501_for_checksum",
        "501 for `x-amz-checksum-sha256`",
        refusing(CHECKSUMS, 501, "NotImplemented"),
        (UNVERIFIED,),
    ),
    OtherStore(
        "neither", "Neither conditions nor checksums", several(NO_CONDITIONS, NO_CHECKSUM), BOTH
    ),
    OtherStore(
        "neither_by_one_code",
        "Neither conditions nor checksums, refused alike",
        refusing(CONDITIONS | CHECKSUMS, 400, "InvalidArgument"),
        BOTH,
    ),
    OtherStore(
        "no_etag_no_checksum",
        "HEAD without `ETag`, and 400 for checksums",
        several(hiding("ETag"), NO_CHECKSUM),
        BOTH,
    ),
)
