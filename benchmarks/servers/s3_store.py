"""Objects in memory, and the operations of S3 on them."""

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from email.utils import format_datetime
from urllib.parse import quote

from benchmarks.servers.http_server import Response
from benchmarks.servers.s3_messages import Call, Piece, S3Error, tags, xml

MIN_PART_BYTES = 5 * 1024 * 1024  # Of every part but the last: S3 answers EntityTooSmall.


@dataclass(frozen=True)
class StoredObject:
    """What a key holds: its bytes in the pieces they came in, which are never copied."""

    pieces: list[Piece]
    headers: dict[str, str]
    etag: str
    modified: datetime

    @property
    def size(self) -> int:
        return sum(map(len, self.pieces))

    def between(self, start: int, stop: int) -> Iterator[memoryview]:
        """Yield the bytes from start up to, not including, stop."""
        for piece in self.pieces:
            if start < len(piece) and stop > 0:
                yield memoryview(piece)[max(start, 0) : stop]
            start -= len(piece)
            stop -= len(piece)


@dataclass
class Upload:
    """A multipart upload under way: its parts by number."""

    headers: dict[str, str]
    parts: dict[int, Piece] = field(default_factory=dict)


def iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


class Store:
    """The buckets and what is in them; each method is an operation of S3."""

    def __init__(self) -> None:
        self._objects: dict[tuple[str, str], StoredObject] = {}
        self._uploads: dict[str, Upload] = {}
        self._serial = itertools.count(1)

    def sizes(self) -> dict[str, int]:
        return {"/".join(address): held.size for address, held in self._objects.items()}

    def put_object(self, call: Call) -> Response:
        if "x-amz-copy-source" in call.headers:
            raise S3Error(501, "NotImplemented")
        return self._keep(call, [call.content()], call.remembered_headers())

    def _keep(self, call: Call, pieces: list[Piece], headers: dict[str, str]) -> Response:
        held = self._objects.get(call.address)
        if call.headers.get("if-none-match") == "*" and held:
            raise S3Error(412, "PreconditionFailed")
        if call.headers.get("if-match", held and held.etag) != (held and held.etag):
            raise S3Error(412, "PreconditionFailed")
        stored = StoredObject(pieces, headers, self._etag(), datetime.now(timezone.utc))
        self._objects[call.address] = stored
        return Response(headers={"ETag": stored.etag})

    def _etag(self) -> str:
        """Return one that no other object has; S3's own is a digest only sometimes."""
        return f'"{next(self._serial):032x}"'

    def get_object(self, call: Call) -> Response:
        held = self._held(call)
        headers = self._headers_of(held)
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", call.headers.get("range", ""))
        if not wanted:
            return Response(200, held.pieces, headers)
        start, stop = int(wanted[1]), min(int(wanted[2] or held.size) + 1, held.size)
        if start >= held.size:
            raise S3Error(416, "InvalidRange")
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{held.size}"
        return Response(206, list(held.between(start, stop)), headers)

    def head_object(self, call: Call) -> Response:
        held = self._held(call)
        return Response(200, held.pieces, self._headers_of(held))

    def _held(self, call: Call) -> StoredObject:
        if call.address not in self._objects:
            raise S3Error(404, "NoSuchKey")
        return self._objects[call.address]

    @staticmethod
    def _headers_of(held: StoredObject) -> dict[str, str]:
        modified = format_datetime(held.modified, usegmt=True)
        return {"ETag": held.etag, "Last-Modified": modified, "Accept-Ranges": "bytes"} | (
            held.headers
        )

    def delete_object(self, call: Call) -> Response:
        self._objects.pop(call.address, None)
        return Response(204)

    def create_multipart_upload(self, call: Call) -> Response:
        upload_id = f"upload-{next(self._serial)}"
        self._uploads[upload_id] = Upload(call.remembered_headers())
        names = tags(Bucket=call.bucket, Key=call.key, UploadId=upload_id)
        return xml("InitiateMultipartUploadResult", names)

    def upload_part(self, call: Call) -> Response:
        upload = self._upload(call)
        upload.parts[int(call.query["partNumber"])] = call.content()
        return Response(headers={"ETag": self._etag()})

    def complete_multipart_upload(self, call: Call) -> Response:
        upload = self._upload(call)
        listed = re.findall(rb"<PartNumber>(\d+)</PartNumber>", call.content())
        numbers = [int(number) for number in listed]
        if not numbers or not set(numbers) <= set(upload.parts):
            raise S3Error(400, "InvalidPart")
        parts = [upload.parts[number] for number in numbers]
        if any(len(part) < MIN_PART_BYTES for part in parts[:-1]):
            raise S3Error(400, "EntityTooSmall")
        kept = self._keep(call, parts, upload.headers)
        del self._uploads[call.query["uploadId"]]
        names = tags(Bucket=call.bucket, Key=call.key, ETag=kept.headers["ETag"])
        return xml("CompleteMultipartUploadResult", names)

    def _upload(self, call: Call) -> Upload:
        if call.query["uploadId"] not in self._uploads:
            raise S3Error(404, "NoSuchUpload")
        return self._uploads[call.query["uploadId"]]

    def list_objects(self, call: Call) -> Response:
        prefix = call.query.get("prefix", "")
        delimiter = call.query.get("delimiter", "")
        limit = int(call.query.get("max-keys", 1000))
        after = call.query.get("continuation-token") or call.query.get("start-after", "")
        entries = [
            entry for entry in self._entries(call.bucket, prefix, delimiter) if entry > after
        ]
        page, more = entries[:limit], len(entries) > limit
        spelt = quote if call.query.get("encoding-type") == "url" else str
        content = tags(Name=call.bucket, Prefix=prefix, KeyCount=len(page), MaxKeys=limit)
        content += tags(IsTruncated=str(more).lower())
        content += tags(EncodingType="url") if spelt is quote else ""
        content += tags(NextContinuationToken=page[-1]) if more else ""
        content += "".join(self._listed(call.bucket, entry, spelt) for entry in page)
        return xml("ListBucketResult", content)

    def _entries(self, bucket: str, prefix: str, delimiter: str) -> list[str]:
        """Return the keys below the prefix; those with a further delimiter, only up to there."""
        entries = set()
        for in_bucket, key in self._objects:
            if in_bucket == bucket and key.startswith(prefix):
                rest = key.removeprefix(prefix)
                up_to = rest.find(delimiter) + 1 if delimiter else 0
                entries.add(prefix + rest[:up_to] if up_to else key)
        return sorted(entries)

    def _listed(self, bucket: str, entry: str, spelt: Callable[[str], str]) -> str:
        held = self._objects.get((bucket, entry))
        if held is None:
            return f"<CommonPrefixes>{tags(Prefix=spelt(entry))}</CommonPrefixes>"
        modified = iso(held.modified)
        facts = tags(Key=spelt(entry), LastModified=modified, ETag=held.etag, Size=held.size)
        return f"<Contents>{facts}<StorageClass>STANDARD</StorageClass></Contents>"

    def bucket_is_there(self, _call: Call) -> Response:
        """Every bucket is: to create, head or locate one costs a request and does nothing."""
        return xml("LocationConstraint")
