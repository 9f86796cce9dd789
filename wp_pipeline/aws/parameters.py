"""Reads Parameter Store: several parameters at once, decrypted.

https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from wp_pipeline.aws.errors import AwsUnavailable, call
from wp_pipeline.library_logging import silence

MOST_NAMES = 10  # in one call
SERVICE = "Parameter Store"


class ParameterStore:
    """Returns values of parameters, through the boto3 client that `new_client` builds."""

    def __init__(self, new_client: Callable[[], Any]) -> None:
        silence()
        self._new_client = new_client
        self._client: Any = None

    def values(self, names: Iterable[str]) -> Mapping[str, str]:
        """Return the decrypted values of those parameters that exist, by name.

        Raises an AwsError if Parameter Store can't be read.
        """
        wanted = list(dict.fromkeys(names))
        values: dict[str, str] = {}
        for start in range(0, len(wanted), MOST_NAMES):
            batch = wanted[start : start + MOST_NAMES]
            found = self._request("get_parameters", "ssm:GetParameters", Names=batch)
            for parameter in found["Parameters"]:
                name = parameter["Name"] + parameter.get("Selector", "")
                values[name] = parameter["Value"]
        return values

    def values_below(self, path: str) -> Mapping[str, str]:
        """Return the decrypted values of all parameters below a path, by name.

        Raises an AwsError if Parameter Store can't be read.
        """
        values: dict[str, str] = {}
        token: dict[str, str] = {}
        while True:
            found = self._request(
                "get_parameters_by_path",
                "ssm:GetParametersByPath",
                Path=path.rstrip("/") or "/",
                Recursive=True,
                **token,
            )
            values |= {parameter["Name"]: parameter["Value"] for parameter in found["Parameters"]}
            if not found.get("NextToken"):
                return values
            token = {"NextToken": found["NextToken"]}

    def _request(self, operation: str, action: str, **request: Any) -> Mapping[str, Any]:
        found = call(SERVICE, action, lambda: self._send(operation, request))
        if "Parameters" not in found:  # botocore takes half an answer for an empty one.
            raise AwsUnavailable(f"{SERVICE}: its answer was cut off; run again")
        return found

    def _send(self, operation: str, request: Mapping[str, Any]) -> Mapping[str, Any]:
        self._client = self._client or self._new_client()
        return getattr(self._client, operation)(WithDecryption=True, **request)
