"""Reads requests to S3, and writes its answers."""

from dataclasses import dataclass
from urllib.parse import unquote
from xml.sax.saxutils import escape

from benchmarks.servers.http_server import Request, Response

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
REMEMBERED_HEADERS = ("content-type",)

Piece = bytes | bytearray | memoryview


class S3Error(Exception):
    """An answer that is an error: status, and code as S3 names it."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


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
