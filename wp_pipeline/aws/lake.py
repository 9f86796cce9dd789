"""The objects of one site in the bucket: where they are, and how one is read and replaced."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, BinaryIO

from wp_pipeline.aws.errors import AwsError, AwsRefused, ObjectReplaced, call

SERVICE = "S3"
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
LARGEST_PUT = 5 << 30  # bytes
READING = "s3:GetObject, and s3:ListBucket for objects that may not exist yet"
MISSING = frozenset({"404", "NoSuchKey", "NotFound"})
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
CONDITION_FAILED = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"})


@dataclass(frozen=True)
class StoredObject:
    """What a HEAD returns. `metadata` has lower-case keys and may lack any of them.

    `etag` is S3's name for this version of the object; `size` is in bytes.
    """

    size: int
    metadata: Mapping[str, str]
    etag: str = field(repr=False)


class ObjectStream:
    """The bytes of an object, and its metadata with lower-case keys.

    Reading raises an AwsError where S3 breaks off.
    """

    def __init__(self, body: Any, metadata: Mapping[str, str]) -> None:
        self._body = body
        self.metadata = metadata

    def read(self, size: int = -1) -> bytes:
        return call(SERVICE, "s3:GetObject", lambda: self._body.read(None if size < 0 else size))

    def __enter__(self) -> "ObjectStream":
        return self

    def __exit__(self, *exception: object) -> None:
        self._body.close()


class Lake:
    """The objects below one prefix of one bucket.

    `new_client` builds a boto3 client, once and when first needed: that takes 0.4 s, in which the
    site can already be read.
    """

    def __init__(self, new_client: Callable[[], Any], bucket: str, prefix: str) -> None:
        self._new_client = new_client
        self._client: Any = None
        self._building = Lock()
        self._bucket = bucket
        self._prefix = prefix.strip("/")

    def client(self) -> Any:
        """Raises an AwsError."""
        with self._building:
            self._client = self._client or call(SERVICE, SERVICE, self._new_client)
            return self._client

    def key(self, name: str) -> str:
        return f"{self._prefix}/{name}.json".lstrip("/")

    def uri(self, name: str) -> str:
        return f"s3://{self._bucket}/{self.key(name)}"

    def stored(self, name: str) -> StoredObject | None:
        """Return what is stored for an endpoint, if anything. Raises an AwsError."""
        head = self._get(self.client().head_object, name)
        if head is None:
            return None
        return StoredObject(head["ContentLength"], lower_case(head["Metadata"]), head["ETag"])

    def put(
        self,
        name: str,
        body: BinaryIO,
        size: int,
        sha256: bytes,
        metadata: Mapping[str, str],
        instead_of: StoredObject | None,
    ) -> None:
        """Replace an endpoint's object as a whole; S3 verifies that it received `sha256`.

        One request: readers see the former object until the new one is there, and an upload that
        breaks leaves nothing. Raises ObjectReplaced where the object is no longer `instead_of`
        (None: where there is one), or another AwsError; nothing was changed then.
        """
        if size > LARGEST_PUT:
            raise AwsRefused(f"{SERVICE}: accepts at most 5 GiB in one request, not {size:,} bytes")
        condition = {"IfMatch": instead_of.etag} if instead_of else {"IfNoneMatch": "*"}
        client = self.client()
        try:
            call(
                SERVICE,
                "s3:PutObject",
                lambda: client.put_object(
                    Bucket=self._bucket,
                    Key=self.key(name),
                    Body=body,
                    ContentLength=size,
                    ContentType="application/json",
                    ChecksumSHA256=b64encode(sha256).decode(),
                    Metadata=dict(metadata),
                    **condition,
                ),
            )
        except AwsError as error:
            if error.code not in CONDITION_FAILED:
                raise
            raise ObjectReplaced(f"{SERVICE}: the object was replaced meanwhile") from None

    def open(self, name: str) -> ObjectStream | None:
        """Return a stream of an endpoint's object, if there is one. Raises an AwsError."""
        found = self._get(self.client().get_object, name)
        if found is None:
            return None
        return ObjectStream(found["Body"], lower_case(found["Metadata"]))

    def _get(self, operation: Callable[..., Any], name: str) -> Any:
        """Return what S3 answers for an endpoint's object, or None where there is none."""
        try:
            return call(
                SERVICE, READING, lambda: operation(Bucket=self._bucket, Key=self.key(name))
            )
        except AwsError as error:
            if error.code in MISSING:
                return None
            raise


def lower_case(metadata: Mapping[str, str]) -> Mapping[str, str]:
    """S3 keeps the keys of user metadata in lower case; other stores may not."""
    return {key.lower(): value for key, value in metadata.items()}
