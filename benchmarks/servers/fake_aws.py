"""A fake AWS in memory: S3 and Parameter Store, as far as the candidates use them.

S3 puts (in one piece or in parts, with If-Match and If-None-Match), gets, heads, lists and deletes
objects. Signatures, checksums and permissions are not checked. Parameter Store has the values on
the command line, and SecureStrings of a JSON file; each of its answers may wait. /__stats counts
the requests for S3, /__reset sets the counts to 0, /__wipe deletes the objects too. What no
candidate asks for is answered with 501.
"""

import argparse
import asyncio
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from benchmarks.servers.http_server import Reply, Request, Response, port_argument, serve
from benchmarks.servers.parameters import ParameterStore
from benchmarks.servers.s3_messages import Call, S3Error, error
from benchmarks.servers.s3_store import Store

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

    def __init__(self, parameters: ParameterStore, latency: float = 0.0) -> None:
        """`latency` is how many seconds Parameter Store takes to answer."""
        self._parameters = parameters
        self._latency = latency
        self._store = Store()
        self._requests: Counter[str] = Counter()

    def handle(self, request: Request, reply: Reply) -> None:
        if request.path.startswith("/__"):
            reply(Response.of_json(self._administer(request.path)))
        elif "x-amz-target" in request.headers:
            response = self._parameter_store(request)
            asyncio.get_running_loop().call_later(self._latency, reply, response)
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
        operation = request.headers["x-amz-target"].rpartition(".")[2]
        answer = self._parameters.answer(operation, json.loads(request.body))
        return Response.of_json(answer, 400 if "__type" in answer else 200)

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
    parser.add_argument("--secure-strings", type=Path, help="a JSON object of names and values")
    parser.add_argument("--latency-ms", type=float, default=0.0, help="of Parameter Store")
    arguments = parser.parse_args()
    strings = dict(parameter.split("=", 1) for parameter in arguments.parameters)
    file = arguments.secure_strings
    parameters = ParameterStore(strings, json.loads(file.read_text()) if file else {})
    serve(FakeAws(parameters, arguments.latency_ms / 1000).handle, arguments.port)


if __name__ == "__main__":
    main()
