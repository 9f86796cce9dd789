"""The bucket: where an endpoint's object is, what is said of it, how it is replaced."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, BinaryIO

from botocore.exceptions import BotoCoreError, ClientError

from wp_pipeline.aws.errors import FAULTS, LakeUnreachable, reason_of

# https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
LARGEST_PUT = 5 << 30
READING = "s3:GetObject, and s3:ListBucket for objects that may not exist yet"
MISSING = frozenset({"404", "NoSuchKey", "NotFound"})


@dataclass(frozen=True)
class StoredObject:
    """What a HEAD tells. `metadata` has lower-case keys and may lack any of them."""

    size: int
    metadata: Mapping[str, str]


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
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in MISSING:
                return None
            raise unreachable(error, READING) from None
        except BotoCoreError as error:
            raise unreachable(error, READING) from None
        metadata = {key.lower(): value for key, value in head["Metadata"].items()}
        return StoredObject(head["ContentLength"], metadata)

    def put(
        self, name: str, body: BinaryIO, size: int, sha256: bytes, metadata: Mapping[str, str]
    ) -> None:
        """Replace an endpoint's object whole; S3 compares what it received with `sha256`.

        One request: readers see the former object until the new one is there, and nothing is
        left of an upload that breaks. Raises LakeUnreachable; the former object is then there.
        """
        if size > LARGEST_PUT:
            raise LakeUnreachable(f"S3: takes 5 GiB in one request, and this is {size:,} bytes")
        try:
            self.client().put_object(
                Bucket=self._bucket,
                Key=self.key(name),
                Body=body,
                ContentLength=size,
                ContentType="application/json",
                ChecksumSHA256=b64encode(sha256).decode(),
                Metadata=dict(metadata),
            )
        except FAULTS as error:
            raise unreachable(error, "s3:PutObject") from None

    def open(self, name: str) -> BinaryIO | None:
        """Return a stream of an endpoint's object, if there is one. Raises LakeUnreachable."""
        try:
            return self.client().get_object(Bucket=self._bucket, Key=self.key(name))["Body"]
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in MISSING:
                return None
            raise unreachable(error, READING) from None
        except BotoCoreError as error:
            raise unreachable(error, READING) from None


def unreachable(error: Exception, action: str) -> LakeUnreachable:
    return LakeUnreachable(f"S3: {reason_of(error, action)}")
