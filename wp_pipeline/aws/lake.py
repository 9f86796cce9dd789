"""The objects of one site in the bucket: where they are, and how one is read and replaced."""

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any

from wp_pipeline.aws.errors import AwsError, AwsRefused, call, member_of
from wp_pipeline.aws.uploading.upload import (
    HTML,
    JSON,
    PARQUET,
    Format,
    SeekableFile,
    Upload,
    encryption_parameters,
)
from wp_pipeline.aws.uploading.uploader import Uploader

SERVICE = "S3"
REPORT = "report"  # The name of the page about a site.
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
LARGEST_PUT = 5 << 30  # bytes
READING = "s3:GetObject, and s3:ListBucket for objects that may not exist yet"
MISSING = frozenset({"404", "NoSuchKey", "NotFound"})


@dataclass(frozen=True)
class StoredObject:
    """What a HEAD returns. `metadata` has lower-case keys and may lack any of them.

    `etag` is S3's name for this version of the object; `size` is in bytes. A store that is not
    Amazon's may not tell them: then `etag` is empty and `size` None.
    """

    size: int | None
    metadata: Mapping[str, str]
    etag: str = field(repr=False)

    @property
    def rows(self) -> int | None:
        """Row count in the object's metadata; None if there is none."""
        return count_of(self.metadata, "row-count")

    @property
    def extracted_at(self) -> datetime | None:
        """When the reading of the object began; None if its metadata do not say it."""
        return time_in(self.metadata.get("extracted-at", ""))


class ObjectStream:
    """The bytes of an object, and its metadata with lower-case keys.

    Reading raises an AwsError if the connection to S3 ends early.
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

    `new_client` builds a client of botocore, once and when it is first needed. `encryption` is the
    setting of this name.
    """

    def __init__(
        self, new_client: Callable[[], Any], bucket: str, prefix: str, encryption: str = ""
    ) -> None:
        self._new_client = new_client
        self._client: Any = None
        self._building = Lock()
        self._bucket = bucket
        self._prefix = prefix.strip("/")
        self._encryption = encryption_parameters(encryption)
        self._uploader = Uploader()
        self._format = JSON

    @property
    def lost(self) -> str:
        """The features that uploads did not use because the store lacks them, in one line.

        Empty if there are none.
        """
        return self._uploader.lost

    def client(self) -> Any:
        """Raises an AwsError."""
        with self._building:
            if self._client is None:
                self._client = call(SERVICE, SERVICE, self._new_client)
                self._uploader.store_is_at(self._client.meta.endpoint_url)
            return self._client

    def pages(self) -> "Lake":
        """Return the same lake for HTML pages beside the objects, such as `report.html`.

        Raises an AwsError.
        """
        return self._others(HTML, self._prefix)

    def tables(self) -> "Lake":
        """Return the same lake for Parquet tables, beside the prefix: below `<prefix>-tables`.

        Each is in a folder of its own, as Athena wants it: `tables().key("posts/posts")`. Raises an
        AwsError.
        """
        return self._others(PARQUET, f"{self._prefix}-tables".lstrip("-"))

    def _others(self, kind: Format, prefix: str) -> "Lake":
        self.client()
        others = copy(self)
        others._format = kind
        others._prefix = prefix
        return others

    def key(self, name: str) -> str:
        return f"{self._prefix}/{name}{self._format.suffix}".lstrip("/")

    def uri(self, name: str) -> str:
        return self.uri_of(self.key(name))

    def uri_of(self, key: str) -> str:
        return f"s3://{self._bucket}/{key}"

    def stored(self, name: str) -> StoredObject | None:
        """Return what is stored for an endpoint, if anything. Raises an AwsError."""
        head = self._get(self.client().head_object, name)
        if head is None:
            return None
        metadata = lower_case(head.get("Metadata", {}))
        return StoredObject(head.get("ContentLength"), metadata, head.get("ETag", ""))

    def objects(self) -> list[tuple[str, int]]:
        """Return key and size of all objects below the prefix. Raises an AwsError."""
        client, folder = self.client(), f"{self._prefix}/".lstrip("/")
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=folder)
        found = call(SERVICE, "s3:ListBucket", lambda: list(pages))
        listed = [one for page in found for one in page.get("Contents", [])]
        return [
            (member_of(one, "Key", str, SERVICE), member_of(one, "Size", int, SERVICE))
            for one in listed
        ]

    def put(
        self,
        name: str,
        body: SeekableFile,
        size: int,
        sha256: bytes,
        metadata: Mapping[str, str],
        instead_of: StoredObject | None,
    ) -> None:
        """Replace an endpoint's object as a whole; S3 verifies that it received `sha256`.

        It is one request: readers see the former object until the new one is complete, and an
        upload that breaks leaves nothing. If a store refuses it because it lacks a feature, it is
        sent again without the feature: see `lost`. Raises ObjectReplaced if the stored object is no
        longer `instead_of` (with None: if there is one), or another AwsError; then nothing was
        changed.
        """
        if size > LARGEST_PUT:
            found = f"accepts at most 5 GiB in one request, not {size:,} bytes"
            raise AwsRefused(found, service=SERVICE)
        etag = instead_of.etag if instead_of else None
        upload = Upload(
            self._bucket,
            self.key(name),
            body,
            size,
            sha256,
            metadata,
            etag,
            self._encryption,
            self._format.content_type,
        )
        self._uploader.send(upload, self.client(), lambda: self.stored(name), instead_of)

    def open(self, name: str, last: int | None = None) -> ObjectStream | None:
        """Return a stream of an endpoint's object, if there is one, or of its `last` bytes only.

        Raises an AwsError.
        """
        part = {} if last is None else {"Range": f"bytes=-{last}"}
        found = self._get(self.client().get_object, name, **part)
        if found is None:
            return None
        return ObjectStream(found["Body"], lower_case(found.get("Metadata", {})))

    def _get(self, operation: Callable[..., Any], name: str, **part: str) -> Any:
        """Return what S3 answers for an endpoint's object; None if there is none."""
        asked = {"Bucket": self._bucket, "Key": self.key(name), **part}
        try:
            return call(SERVICE, READING, lambda: operation(**asked))
        except AwsError as error:
            if error.code in MISSING:
                return None
            raise


def count_of(metadata: Mapping[str, str], name: str) -> int | None:
    """Return a number that is kept with an object; None if it is missing or no number."""
    text = metadata.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def time_in(text: str) -> datetime | None:
    """Return a time that is kept with an object; None if it is no time with a zone."""
    try:
        # Python 3.10 does not read the Z.
        found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return found if found.tzinfo else None


def lower_case(metadata: Mapping[str, str]) -> Mapping[str, str]:
    """S3 keeps the keys of user metadata in lower case; other stores may not."""
    return {key.lower(): value for key, value in metadata.items()}
