"""Reads Parameter Store: many parameters at once, decrypted, all or an error."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from wp_pipeline.aws.errors import ParametersUnreadable, attempt, reason_of
from wp_pipeline.library_logging import silence

# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
MOST_NAMES = 10


class ParameterStore:
    """Vends values of parameters, through the boto3 client that `new_client` builds."""

    def __init__(self, new_client: Callable[[], Any]) -> None:
        silence()
        self._new_client = new_client
        self._client: Any = None

    def values(self, names: Iterable[str]) -> Mapping[str, str]:
        """Return the values of those parameters that exist, by name, decrypted.

        Raises ParametersUnreadable if Parameter Store can't be asked.
        """
        wanted = list(dict.fromkeys(names))
        values: dict[str, str] = {}
        for start in range(0, len(wanted), MOST_NAMES):
            batch = wanted[start : start + MOST_NAMES]
            found = self._ask("get_parameters", "ssm:GetParameters", Names=batch)
            for parameter in found["Parameters"]:
                name = parameter["Name"] + parameter.get("Selector", "")
                values[name] = parameter["Value"]
        return values

    def values_below(self, path: str) -> Mapping[str, str]:
        """Return the values of all parameters below a path, by name, decrypted.

        Raises ParametersUnreadable if Parameter Store can't be asked.
        """
        values: dict[str, str] = {}
        token: dict[str, str] = {}
        while True:
            found = self._ask(
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

    def _ask(self, operation: str, action: str, **request: Any) -> Mapping[str, Any]:
        found = attempt(lambda: self._call(operation, request))
        if isinstance(found, Exception):
            raise ParametersUnreadable(f"Parameter Store: {reason_of(found, action)}")
        if "Parameters" not in found:  # botocore takes half an answer for an empty one.
            raise ParametersUnreadable("Parameter Store: its answer was cut off; run again")
        return found

    def _call(self, operation: str, request: Mapping[str, Any]) -> Mapping[str, Any]:
        self._client = self._client or self._new_client()
        return getattr(self._client, operation)(WithDecryption=True, **request)
