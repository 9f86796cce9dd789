"""A fake AWS in memory: S3 and Parameter Store, as far as the candidates use them.

S3 puts (in one piece or in parts, with If-Match and If-None-Match), gets, heads, lists and deletes
objects. Signatures, checksums and permissions are not checked. Parameter Store answers
GetParameters with the values on the command line. /__stats counts the requests, /__reset sets the
counts to 0, /__wipe deletes the objects too. What no candidate asks for is answered with 501.
"""

import argparse
import json
from collections import Counter
from collections.abc import Callable

from benchmarks.servers.http_server import Reply, Request, Response, port_argument, serve
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
