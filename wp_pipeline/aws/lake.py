"""The bucket: where an endpoint's object is, what is said of it, how it is replaced."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, BinaryIO

from botocore.exceptions import ClientError

from wp_pipeline.aws.errors import FAULTS, LakeUnreachable, ReplacedMeanwhile, reason_of

# https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
LARGEST_PUT = 5 << 30
READING = "s3:GetObject, and s3:ListBucket for objects that may not exist yet"
MISSING = frozenset({"404", "NoSuchKey", "NotFound"})
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
ANOTHER_WROTE = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"})


@dataclass(frozen=True)
class StoredObject:
    """What a HEAD tells. `metadata` has lower-case keys and may lack any of them.

    `etag` is S3's name for this version of the object.
    """

    size: int
    metadata: Mapping[str, str]
    etag: str = field(repr=False)


class ObjectStream:
    """The bytes of an object. Reading raises LakeUnreachable where S3 breaks off."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def read(self, size: int = -1) -> bytes:
        try:
            return self._body.read(None if size < 0 else size)
        except FAULTS as error:
            raise unreachable(error, "s3:GetObject") from None

    def __enter__(self) -> "ObjectStream":
        return self

    def __exit__(self, *exception: object) -> None:
        self._body.close()


class Lake:
    """The objects of one site below one prefix.

    `new_client` builds a boto3 client, once and when first needed: that takes 0.4 s, in which the
    site can already be asked.
    """

    def __init__(self, new_client: Callable[[], Any], bucket: str, prefix: str) -> None:
        self._new_client = new_client
        self._client: Any = None
        self._building = Lock()
        self._bucket = bucket
        self._prefix = prefix.strip("/")

    def client(self) -> Any:
        with self._building:
            try:
                self._client = self._client or self._new_client()
            except FAULTS as error:
                raise unreachable(error, "S3") from None
            return self._client

    def key(self, name: str) -> str:
        return f"{self._prefix}/{name}.json".lstrip("/")

    def uri(self, name: str) -> str:
        return f"s3://{self._bucket}/{self.key(name)}"

    def stored(self, name: str) -> StoredObject | None:
        """Return what is stored for an endpoint, if anything. Raises LakeUnreachable."""
        try:
            head = self.client().head_object(Bucket=self._bucket, Key=self.key(name))
        except FAULTS as error:
            if code_of(error) in MISSING:
                return None
            raise unreachable(error, READING) from None
        metadata = {key.lower(): value for key, value in head["Metadata"].items()}
        return StoredObject(head["ContentLength"], metadata, head["ETag"])

    def put(
        self,
        name: str,
        body: BinaryIO,
        size: int,
        sha256: bytes,
        metadata: Mapping[str, str],
        instead_of: StoredObject | None,
    ) -> None:
        """Replace an endpoint's object whole; S3 compares what it received with `sha256`.

        One request: readers see the former object until the new one is there, and nothing is
        left of an upload that breaks. Raises ReplacedMeanwhile where the object is no longer
        `instead_of` (None: where there is one), or LakeUnreachable; nothing was changed then.
        """
        if size > LARGEST_PUT:
            raise LakeUnreachable(f"S3: takes 5 GiB in one request, and this is {size:,} bytes")
        condition = {"IfMatch": instead_of.etag} if instead_of else {"IfNoneMatch": "*"}
        try:
            self.client().put_object(
                Bucket=self._bucket,
                Key=self.key(name),
                Body=body,
                ContentLength=size,
                ContentType="application/json",
                ChecksumSHA256=b64encode(sha256).decode(),
                Metadata=dict(metadata),
                **condition,
            )
        except FAULTS as error:
            if code_of(error) in ANOTHER_WROTE:
                raise ReplacedMeanwhile("S3: the object was replaced meanwhile") from None
            raise unreachable(error, "s3:PutObject") from None

    def open(self, name: str) -> ObjectStream | None:
        """Return a stream of an endpoint's object, if there is one. Raises LakeUnreachable."""
        try:
            found = self.client().get_object(Bucket=self._bucket, Key=self.key(name))
        except FAULTS as error:
            if code_of(error) in MISSING:
                return None
            raise unreachable(error, READING) from None
        return ObjectStream(found["Body"])


def code_of(error: Exception) -> str:
    """Return S3's own name for an error, if it is one of S3's."""
    return error.response.get("Error", {}).get("Code", "") if isinstance(error, ClientError) else ""


def unreachable(error: Exception, action: str) -> LakeUnreachable:
    return LakeUnreachable(f"S3: {reason_of(error, action)}")
