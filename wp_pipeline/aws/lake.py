"""The bucket: where an endpoint's object is, what is said of it, how it is replaced."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, BinaryIO

from botocore.exceptions import ClientError

from wp_pipeline.aws.errors import LakeUnreachable, ReplacedMeanwhile, attempt, reason_of

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
        data = attempt(lambda: self._body.read(None if size < 0 else size))
        if isinstance(data, Exception):
            raise unreachable(data, "s3:GetObject")
        return data

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
        """Raises LakeUnreachable."""
        with self._building:
            client = self._client or attempt(self._new_client)
            if isinstance(client, Exception):
                raise unreachable(client, "S3")
            self._client = client
            return client

    def key(self, name: str) -> str:
        return f"{self._prefix}/{name}.json".lstrip("/")

    def uri(self, name: str) -> str:
        return f"s3://{self._bucket}/{self.key(name)}"

    def stored(self, name: str) -> StoredObject | None:
        """Return what is stored for an endpoint, if anything. Raises LakeUnreachable."""
        head = self._get(self.client().head_object, name)
        if head is None:
            return None
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
        client = self.client()
        done = attempt(
            lambda: client.put_object(
                Bucket=self._bucket,
                Key=self.key(name),
                Body=body,
                ContentLength=size,
                ContentType="application/json",
                ChecksumSHA256=b64encode(sha256).decode(),
                Metadata=dict(metadata),
                **condition,
            )
        )
        if isinstance(done, Exception):
            if code_of(done) in ANOTHER_WROTE:
                raise ReplacedMeanwhile("S3: the object was replaced meanwhile")
            raise unreachable(done, "s3:PutObject")

    def open(self, name: str) -> ObjectStream | None:
        """Return a stream of an endpoint's object, if there is one. Raises LakeUnreachable."""
        found = self._get(self.client().get_object, name)
        return None if found is None else ObjectStream(found["Body"])

    def _get(self, operation: Callable[..., Any], name: str) -> Any:
        """Return what S3 says of an endpoint's object, or None where there is none."""
        found = attempt(lambda: operation(Bucket=self._bucket, Key=self.key(name)))
        if not isinstance(found, Exception):
            return found
        if code_of(found) in MISSING:
            return None
        raise unreachable(found, READING)


def code_of(error: Exception) -> str:
    """Return S3's own name for an error, if it is one of S3's."""
    return error.response.get("Error", {}).get("Code", "") if isinstance(error, ClientError) else ""


def unreachable(error: Exception, action: str) -> LakeUnreachable:
    return LakeUnreachable(f"S3: {reason_of(error, action)}")
