"""What Parameter Store answers, for the fake AWS of this folder.

https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
"""

from collections.abc import Mapping
from typing import Any

PAGE = 10  # parameters in a call, at most, as in AWS


class ParameterStore:
    """Answers GetParameters and GetParametersByPath; every other operation is unknown."""

    def __init__(self, strings: Mapping[str, str], secure_strings: Mapping[str, str]) -> None:
        self._values = {**strings, **secure_strings}
        self._secure = secure_strings.keys()

    def answer(self, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        """Return the answer; an error has the member `__type`."""
        if operation == "GetParameters":
            return self._by_name(asked["Names"])
        if operation == "GetParametersByPath":
            return self._below(asked["Path"].rstrip("/") + "/", int(asked.get("NextToken") or 0))
        return {"__type": "UnknownOperationException"}

    def _by_name(self, names: list[str]) -> dict[str, Any]:
        if len(names) > PAGE:
            return {"__type": "ValidationException"}
        missing = [name for name in names if name not in self._values]
        found = [self._described(name) for name in names if name in self._values]
        return {"Parameters": found, "InvalidParameters": missing}

    def _below(self, path: str, first: int) -> dict[str, Any]:
        names = sorted(name for name in self._values if name.startswith(path))
        found: dict[str, Any] = {
            "Parameters": [self._described(name) for name in names[first : first + PAGE]]
        }
        if first + PAGE < len(names):
            found["NextToken"] = str(first + PAGE)
        return found

    def _described(self, name: str) -> dict[str, Any]:
        kind = "SecureString" if name in self._secure else "String"
        return {"Name": name, "Type": kind, "Value": self._values[name], "Version": 1}
