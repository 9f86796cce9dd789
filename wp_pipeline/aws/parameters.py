"""Reads Parameter Store, several parameters at once and decrypted, and stores SecureStrings.

https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from wp_pipeline.aws.errors import AwsUnavailable, call
from wp_pipeline.library_logging import silence

MOST_NAMES = 10  # in one call
SERVICE = "Parameter Store"
ARN = re.compile(r"(?P<place>arn:[\w-]+:ssm:[\w-]*:\d*):parameter/?(?P<name>.+)", re.ASCII)
LABEL = re.compile(r"(:[A-Za-z_][\w.-]*|)$", re.ASCII)  # Labels do not begin with a digit.


@dataclass(frozen=True)
class ParameterPage:
    """Parameters as AWS describes them; without a token it was the last page."""

    parameters: Sequence[Mapping[str, Any]] = field(repr=False)
    next_token: str = field(repr=False)


class ParameterStore:
    """Returns values of parameters, through the boto3 client that `new_client` builds.

    `types` are those of the parameters that were read, by the names given: `SecureString`.
    """

    def __init__(self, new_client: Callable[[], Any]) -> None:
        silence()
        self.types: dict[str, str] = {}
        self._new_client = new_client
        self._client: Any = None
        self._building = Lock()

    def values(self, names: Iterable[str]) -> Mapping[str, str]:
        """Return the decrypted values of those parameters that exist, by the names given.

        A name may be an ARN, and either may end in `:version` or `:label`.
        Raises an AwsError if Parameter Store can't be read.
        """
        wanted = list(dict.fromkeys(names))
        values: dict[str, str] = {}
        for start in range(0, len(wanted), MOST_NAMES):
            batch = wanted[start : start + MOST_NAMES]
            found = self._request("get_parameters", "ssm:GetParameters", Names=batch)
            for name in batch:
                for parameter in found["Parameters"]:
                    if is_called(parameter, name):
                        values[name] = parameter.get("Value") or ""
                        self.types[name] = parameter.get("Type") or ""
        return values

    def values_below(self, path: str) -> Mapping[str, str]:
        """Return the decrypted values of all parameters below a path, by name.

        The path may be an ARN: what is returned is below it, in its account and region.
        Raises an AwsError if Parameter Store can't be read.
        """
        values: dict[str, str] = {}
        token = ""
        while True:
            page = self.page_below(path, token, decrypted=True)
            values |= {
                parameter["Name"]: parameter.get("Value") or ""
                for parameter in page.parameters
                if not is_elsewhere(parameter, path)
            }
            self.types |= {one["Name"]: one.get("Type") or "" for one in page.parameters}
            token = page.next_token
            if not token:
                return values

    def page_below(self, path: str, token: str, *, decrypted: bool) -> ParameterPage:
        """Return a page of all parameters below a path: the first one, or that of a token.

        SecureStrings that are not decrypted have a ciphertext as their value.
        Raises an AwsError if Parameter Store can't be read.
        """
        found = self._request(
            "get_parameters_by_path",
            "ssm:GetParametersByPath",
            Path=f"/{bare(path).strip('/')}",
            Recursive=True,
            WithDecryption=decrypted,
            **({"NextToken": token} if token else {}),
        )
        return ParameterPage(found["Parameters"], found.get("NextToken") or "")

    def put(self, name: str, value: str, key: str = "") -> None:
        """Store a SecureString, in place of what the parameter holds.

        `key` is the id, alias or ARN of a KMS key; without it, AWS's own. Raises an AwsError.
        """
        request = put_request(name, value, key)
        call(SERVICE, "ssm:PutParameter", lambda: self._send("put_parameter", request))

    def _request(self, operation: str, action: str, **request: Any) -> Mapping[str, Any]:
        request.setdefault("WithDecryption", True)
        found = call(SERVICE, action, lambda: self._send(operation, request))
        if "Parameters" not in found:  # botocore takes half an answer for an empty one.
            raise AwsUnavailable("its answer was cut off", "run again", service=SERVICE)
        return found

    def _send(self, operation: str, request: Mapping[str, Any]) -> Mapping[str, Any]:
        with self._building:  # Several threads read names at once.
            self._client = self._client or self._new_client()
        return getattr(self._client, operation)(**request)


def put_request(name: str, value: str, key: str = "") -> Mapping[str, Any]:
    """Return the request that stores a SecureString, as AWS CLI's --cli-input-json takes it too."""
    request = {"Name": name, "Type": "SecureString", "Value": value, "Overwrite": True}
    return {**request, "KeyId": key} if key else request


def bare(name: str) -> str:
    """Return what an ARN names: `/a/b` for `arn:aws:ssm:eu-west-1:111122223333:parameter/a/b`.

    The ARN of a name without a slash, such as `plain`, ends in `parameter/plain`.
    """
    arn = ARN.fullmatch(name)
    if not arn:
        return name
    return f"/{arn['name']}" if "/" in arn["name"] else arn["name"]


def is_elsewhere(parameter: Mapping[str, Any], name: str) -> bool:
    """Whether a parameter is in another account or region than the ARN by which it was asked for.

    Not every server tells the ARN of a parameter.
    """
    asked, told = ARN.fullmatch(name), ARN.fullmatch(parameter.get("ARN") or "")
    return asked is not None and told is not None and asked["place"] != told["place"]


def is_called(parameter: Mapping[str, Any], name: str) -> bool:
    """Whether an answer is about the parameter that was asked for by this name.

    Asked by an ARN, AWS answers with the bare name, and with the ARN in a member of its own.
    https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Parameter.html
    """
    called, asked = bare(parameter["Name"]), bare(name)
    selectors = {parameter.get("Selector") or "", f":{parameter.get('Version')}"}
    if not parameter.get("Selector"):  # Not every server tells by which label it was asked.
        selectors |= set(LABEL.findall(asked))
    names = {f"{called.removeprefix('/')}{one}" for one in selectors}
    return asked.removeprefix("/") in names and not is_elsewhere(parameter, name)
