"""A fake AWS in memory: S3 and Parameter Store, as far as the candidates use them.

S3 puts (in one piece or in parts, with If-Match and If-None-Match), gets, heads, lists and deletes
objects. Signatures, checksums and permissions are not checked. Parameter Store answers
GetParameters with the values on the command line. /__stats counts the requests, /__reset sets the
counts to 0, /__wipe deletes the objects too. What no candidate asks for is answered with 501.
"""

import argparse
import itertools
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from email.utils import format_datetime
from urllib.parse import quote, unquote
from xml.sax.saxutils import escape

from benchmarks.servers.http_server import Reply, Request, Response, port_argument, serve

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
MIN_PART_BYTES = 5 * 1024 * 1024  # Of every part but the last: S3 answers EntityTooSmall.
REMEMBERED_HEADERS = ("content-type",)

Piece = bytes | bytearray | memoryview


class S3Error(Exception):
    """An answer that is an error: status, and code as S3 names it."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


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


@dataclass(frozen=True)
class Call:
    """One request, with what S3 reads out of its URL."""

    request: Request
    bucket: str
    key: str
    query: dict[str, str]

    @classmethod
    def of(cls, request: Request) -> "Call":
        bucket, _, key = unquote(request.path[1:]).partition("/")
        return cls(request, bucket, key, request.query)

    @property
    def headers(self) -> dict[str, str]:
        return self.request.headers

    @property
    def address(self) -> tuple[str, str]:
        return self.bucket, self.key

    def remembered_headers(self) -> dict[str, str]:
        return {
            name: value
            for name, value in self.headers.items()
            if name.startswith("x-amz-meta-") or name in REMEMBERED_HEADERS
        }

    def content(self) -> Piece:
        if "aws-chunked" in self.headers.get("content-encoding", ""):
            return unchunked(self.request.body)
        return self.request.body


def unchunked(body: bytearray) -> bytes:
    """Take aws-chunked framing off: <hex size>[;signature] CRLF, bytes, CRLF, until size 0.

    https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
    """
    pieces, at = [], 0
    while True:
        end = body.index(b"\r\n", at)
        size = int(body[at:end].split(b";")[0], 16)
        if not size:
            return b"".join(pieces)
        pieces.append(memoryview(body)[end + 2 : end + 2 + size])
        at = end + 2 + size + 2


def xml(root: str, content: str = "") -> Response:
    return document(f'{root} xmlns="{NAMESPACE}"', content, root)


def error(problem: S3Error) -> Response:
    """Return an error; S3 leaves its name outside the namespace, and boto3 looks for it there."""
    response = document("Error", tags(Code=problem.code, Message=problem.code), "Error")
    response.status = problem.status
    return response


def document(opening: str, content: str, closing: str) -> Response:
    text = f'<?xml version="1.0" encoding="UTF-8"?><{opening}>{content}</{closing}>'
    return Response(200, (text.encode(),), {"Content-Type": "application/xml"})


def tags(**values: object) -> str:
    return "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in values.items())


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


# By what the URL names, the method, and the query parameter that makes it another operation.
OPERATIONS = {
    ("object", "PUT", None): Store.put_object,
    ("object", "GET", None): Store.get_object,
    ("object", "HEAD", None): Store.head_object,
    ("object", "DELETE", None): Store.delete_object,
    ("object", "POST", "uploads"): Store.create_multipart_upload,
    ("object", "PUT", "uploadId"): Store.upload_part,
    ("object", "POST", "uploadId"): Store.complete_multipart_upload,
    ("bucket", "GET", None): Store.list_objects,
    ("bucket", "PUT", None): Store.bucket_is_there,
    ("bucket", "HEAD", None): Store.bucket_is_there,
    ("bucket", "GET", "location"): Store.bucket_is_there,
}
SUBRESOURCES = {parameter for _, _, parameter in OPERATIONS} - {None}


def operation_of(call: Call) -> Callable[[Store, Call], Response] | None:
    named = "object" if call.key else "bucket"
    parameter = next((name for name in call.query if name in SUBRESOURCES), None)
    return OPERATIONS.get((named, call.request.method, parameter))


class FakeAws:
    """Answers a request for S3 or Parameter Store, and counts those for S3."""

    def __init__(self, parameters: dict[str, str]) -> None:
        self._parameters = parameters
        self._store = Store()
        self._requests: Counter[str] = Counter()

    def handle(self, request: Request, reply: Reply) -> None:
        if request.path.startswith("/__"):
            reply(Response.of_json(self._administer(request.path)))
        elif "x-amz-target" in request.headers:
            reply(self._parameter_store(request))
        else:
            reply(self._s3(Call.of(request)))

    def _administer(self, path: str) -> dict:
        if path in ("/__reset", "/__wipe"):
            self._requests.clear()
        if path == "/__wipe":
            self._store = Store()
        return {
            "requests": self._requests.total(),
            "requests_by_operation": self._requests,
            "objects": self._store.sizes(),
        }

    def _parameter_store(self, request: Request) -> Response:
        """https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html"""
        if request.headers["x-amz-target"] != "AmazonSSM.GetParameters":
            return Response.of_json({"__type": "UnknownOperationException"}, 400)
        found = [
            {"Name": name, "Type": "String", "Value": self._parameters[name], "Version": 1}
            for name in json.loads(request.body)["Names"]
        ]
        return Response.of_json({"Parameters": found, "InvalidParameters": []})

    def _s3(self, call: Call) -> Response:
        operation = operation_of(call)
        self._requests[operation.__name__ if operation else "not_implemented"] += 1
        try:
            if operation is None:
                raise S3Error(501, "NotImplemented")
            return operation(self._store, call)
        except S3Error as problem:
            return error(problem)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, parents=[port_argument()])
    parser.add_argument("parameters", nargs="*", metavar="NAME=VALUE")
    arguments = parser.parse_args()
    parameters = dict(parameter.split("=", 1) for parameter in arguments.parameters)
    serve(FakeAws(parameters).handle, arguments.port)


if __name__ == "__main__":
    main()
