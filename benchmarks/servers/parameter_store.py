"""A stand-in for AWS Systems Manager Parameter Store: it reads out what it was started with.

moto would do as well, and distort the times: it takes longer to answer than we to extract.
The protocol is AWS JSON 1.1: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
"""

import argparse
import json
from collections import Counter

from benchmarks.servers.fast_http import Reply, Request, Response, port_argument, serve


class ParameterStore:
    """Answers the three operations that read parameters, whoever asks."""

    def __init__(self, values: dict[str, str]) -> None:
        self._values = values
        self._requests: Counter[str] = Counter()

    def handle(self, request: Request, reply: Reply) -> None:
        if request.path.startswith("/__"):
            reply(Response.of_json(self._administer(request.path)))
            return
        operation = request.headers.get("x-amz-target", "").removeprefix("AmazonSSM.")
        self._requests[operation] += 1
        reply(self._response_to(operation, json.loads(request.body)))

    def _administer(self, path: str) -> dict:
        if path == "/__reset":
            self._requests.clear()
        return {"requests": self._requests.total(), "requests_by_operation": self._requests}

    def _response_to(self, operation: str, asked: dict) -> Response:
        match operation:
            case "GetParameters":
                return Response.of_json(self._named(asked["Names"]))
            case "GetParameter" if asked["Name"] in self._values:
                return Response.of_json({"Parameter": self._parameter(asked["Name"])})
            case "GetParameter":
                return Response.of_json({"__type": "ParameterNotFound"}, 400)
            case "GetParametersByPath":
                return Response.of_json({"Parameters": self._below(asked)})
        return Response.of_json({"__type": "UnknownOperationException"}, 400)

    def _named(self, names: list[str]) -> dict:
        return {
            "Parameters": [self._parameter(name) for name in names if name in self._values],
            "InvalidParameters": [name for name in names if name not in self._values],
        }

    def _below(self, asked: dict) -> list[dict]:
        path = asked["Path"].rstrip("/") + "/"
        below = [name for name in self._values if name.startswith(path)]
        if not asked.get("Recursive"):
            below = [name for name in below if "/" not in name.removeprefix(path)]
        return [self._parameter(name) for name in below]

    def _parameter(self, name: str) -> dict:
        return {
            "Name": name,
            "Type": "String",
            "Value": self._values[name],
            "Version": 1,
            "DataType": "text",
            "ARN": f"arn:aws:ssm:us-east-1:000000000000:parameter{name}",
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, parents=[port_argument()])
    parser.add_argument("parameters", nargs="*", metavar="NAME=VALUE")
    arguments = parser.parse_args()
    values = dict(parameter.split("=", 1) for parameter in arguments.parameters)
    serve(ParameterStore(values).handle, arguments.port)


if __name__ == "__main__":
    main()
