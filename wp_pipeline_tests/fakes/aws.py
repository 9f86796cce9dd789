"""AWS on a loopback port: moto with fault injection and a list of operations."""

import json
import logging
import socket
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from io import BytesIO
from typing import Any, NoReturn
from urllib.parse import parse_qs

import boto3
import requests
from botocore.config import Config
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server
from werkzeug.test import run_wsgi_app

REGION = "eu-west-1"
BUCKET = "test-lake"
KEY = "testing"
DEAD_END = "http://127.0.0.1:9"  # The port of `discard`: nothing listens there.

# An environment in which boto3 finds no real account, whatever the machine has.
NOBODY = {
    "AWS_ACCESS_KEY_ID": KEY,
    "AWS_SECRET_ACCESS_KEY": KEY,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_CONFIG_FILE": "/nowhere/aws/config",
    "AWS_SHARED_CREDENTIALS_FILE": "/nowhere/aws/credentials",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_ENDPOINT_URL": DEAD_END,
}

# HTTP status and AWS's error code, or also its message; status 0 closes the connection.
Fault = tuple[int, str] | tuple[int, str, str]
HANG_UP: Fault = (0, "")


class Handler(MotoRequestHandler):
    def date_time_string(self, timestamp: float | None = None) -> str:
        now = time.time() if timestamp is None else timestamp
        return super().date_time_string(now + self.server.fake.seconds_ahead)  # type: ignore

    def connection_dropped(
        self, error: BaseException, environ: dict[str, Any] | None = None
    ) -> None:
        self.close_connection = (
            True  # Otherwise the rest of a body would be read as the next request.
        )


class FakeAws:
    """Parameter Store, S3, SNS and SQS while the context is open.

    Three functions of an operation, such as `GetParameters`, `Publish` or
    `PUT /test-lake/wordpress-api/posts.json`, inject faults. `faults` returns the answer to give
    instead of moto's. `midway` does so when half of a request's body has arrived, and may block:
    the other half waits. `cuts` tells whether to close the connection in the middle of an answer.
    `operations` lists the operations so far. `seconds_ahead` sets its clock. Beyond moto, checksums
    of objects are verified, and objects are replaced atomically.

    Three things make it another store: `refuses` sees the headers of a request to S3, in lower
    case, and returns the answer to give instead; `ignores` names headers that are not looked at;
    `hides` changes the headers of an answer to HEAD.
    """

    def __init__(self) -> None:
        self.operations: list[str] = []
        self._behave()
        self._one_at_a_time = threading.Lock()
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._server: Any = None
        self._clients: dict[str, Any] = {}

    def __enter__(self) -> "FakeAws":
        logging.getLogger("werkzeug").setLevel(logging.ERROR)  # Otherwise it logs every request.
        self._server = make_server(
            "127.0.0.1", 0, self._answer, threaded=True, request_handler=Handler
        )
        self._server.fake = self
        # A small buffer: most of an upload that is held midway stays with the sender.
        self._server.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 18)
        threading.Thread(target=self._server.serve_forever, args=[0.02], daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def forget(self) -> None:
        """Start again with an empty bucket and no parameter."""
        self._behave()
        requests.post(f"{self.url}/moto-api/reset", timeout=10).close()
        self.client("s3").create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        self.operations.clear()

    def _behave(self) -> None:
        self.faults: Callable[[str], Fault | None] = lambda operation: None
        self.midway: Callable[[str], Fault | None] = lambda operation: None
        self.cuts: Callable[[str], bool] = lambda operation: False
        self.refuses: Callable[[str, Mapping[str, str]], Fault | None] = lambda operation, sent: (
            None
        )
        self.ignores: frozenset[str] = frozenset()
        self.seconds_ahead = 0.0
        self.hides: Callable[[dict[str, str]], object] = lambda headers: None

    def client(self, service: str) -> Any:
        """Return a client that does not retry."""
        if service not in self._clients:
            self._clients[service] = boto3.client(
                service,
                endpoint_url=self.url,
                region_name=REGION,
                aws_access_key_id=KEY,
                aws_secret_access_key=KEY,
                config=Config(retries={"total_max_attempts": 1, "mode": "standard"}),
            )
        return self._clients[service]

    def put_parameters(self, values: Mapping[str, str], kind: str = "SecureString") -> None:
        ssm = self.client("ssm")
        for name, value in values.items():
            ssm.put_parameter(Name=name, Value=value, Type=kind, Overwrite=True)

    def put_object(self, key: str, body: bytes, **more: Any) -> None:
        self.client("s3").put_object(Bucket=BUCKET, Key=key, Body=body, **more)

    def object(self, key: str) -> bytes:
        return self.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()

    def head(self, key: str) -> Mapping[str, Any]:
        return self.client("s3").head_object(Bucket=BUCKET, Key=key)

    def keys(self) -> list[str]:
        listed = self.client("s3").list_objects_v2(Bucket=BUCKET)
        return [entry["Key"] for entry in listed.get("Contents", [])]

    def objects(self) -> Mapping[str, tuple[bytes, Mapping[str, str]]]:
        """Every object of the bucket: its bytes and its metadata."""
        return {key: (self.object(key), self.head(key)["Metadata"]) for key in self.keys()}

    def unfinished_uploads(self) -> list[Any]:
        """The multipart uploads that are neither completed nor aborted."""
        return self.client("s3").list_multipart_uploads(Bucket=BUCKET).get("Uploads", [])

    def _answer(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        target = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
        operation = (
            target or action_in(environ) or f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
        )
        self.operations.append(operation)
        for header in self.ignores:
            environ.pop(f"HTTP_{header.replace('-', '_').upper()}", None)
        fault = (
            self.faults(operation)
            or self._receive(environ, operation)
            or self.refuses(operation, headers_of(environ))
            or checksum_fault(environ)
        )
        if fault is not None:
            return refusal(fault, environ, start_response, is_json=bool(target))
        with self._one_at_a_time:
            chunks, status, headers = run_wsgi_app(self._moto, environ, buffered=True)
        answered = dict(headers)
        if environ["REQUEST_METHOD"] == "HEAD":
            self.hides(answered)
        start_response(status, list(answered.items()))
        return half_of(b"".join(chunks), environ) if self.cuts(operation) else chunks

    def _receive(self, environ: dict[str, Any], operation: str) -> Fault | None:
        """Read a request's body in two halves. An incomplete body is dropped."""
        size = int(environ.get("CONTENT_LENGTH") or 0)
        if size == 0:
            return None
        body = environ["wsgi.input"].read(size // 2)
        fault = self.midway(operation)
        if fault is not None:
            return fault
        body += environ["wsgi.input"].read(size - len(body))
        environ["wsgi.input"] = BytesIO(body)
        return HANG_UP if len(body) < size else None


def refusal(
    fault: Fault, environ: dict[str, Any], start_response: Any, *, is_json: bool
) -> Iterable[bytes]:
    """Answer in the format of AWS: Parameter Store in JSON, S3 and SNS in XML."""
    status, code, *message = fault
    text = message[0] if message else "made up"
    if status == 0:
        hang_up(environ)
    start_response(f"{status} {code}", [("Content-Type", "text/plain")])
    if environ["REQUEST_METHOD"] == "HEAD":
        return []
    if is_json:
        return [json.dumps({"__type": code, "message": text}).encode()]
    error = f"<Error><Code>{code}</Code><Message>{text}</Message></Error>"
    return [(f"<ErrorResponse>{error}</ErrorResponse>" if is_form(environ) else error).encode()]


def is_form(environ: dict[str, Any]) -> bool:
    return environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded")


def action_in(environ: dict[str, Any]) -> str:
    """Return the operation that a form asks for, as SNS is asked; empty for other requests."""
    if not is_form(environ):
        return ""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = BytesIO(body)
    return parse_qs(body.decode()).get("Action", [""])[0]


def headers_of(environ: dict[str, Any]) -> Mapping[str, str]:
    prefix = "HTTP_"
    return {
        name.removeprefix(prefix).replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith(prefix)
    }


def half_of(answer: bytes, environ: dict[str, Any]) -> Iterable[bytes]:
    """Send the first half of an answer, if it has a body, and close the connection."""
    if answer:
        yield answer[: len(answer) // 2]
    hang_up(environ)


def hang_up(environ: dict[str, Any]) -> NoReturn:
    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError


def checksum_fault(environ: dict[str, Any]) -> Fault | None:
    """Refuse a body that does not match its checksum, as S3 does."""
    expected = environ.get("HTTP_X_AMZ_CHECKSUM_SHA256")
    if not expected:
        return None
    body = environ["wsgi.input"].read()
    environ["wsgi.input"] = BytesIO(body)
    same = b64encode(sha256(body).digest()).decode() == expected
    return None if same else (400, "BadDigest")
