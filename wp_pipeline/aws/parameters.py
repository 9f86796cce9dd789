"""Reads Parameter Store, several parameters at once and decrypted, and stores SecureStrings.

https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from wp_pipeline.aws.errors import AwsRefused, call, member_of, required_in
from wp_pipeline.library_logging import silence

MOST_NAMES = 10  # in one call
SERVICE = "Parameter Store"
ARN = re.compile(r"(?P<place>arn:[\w-]+:ssm:[\w-]*:\d*):parameter/?(?P<name>.+)", re.ASCII)
LABEL = re.compile(r"(:[A-Za-z_][\w.-]*|)$", re.ASCII)  # Labels do not begin with a digit.


@dataclass(frozen=True)
class Parameter:
    """A parameter as AWS describes it.

    `selector` is the `:version` or `:label` in the requested name, empty if there was none. `type`
    and `arn` are empty if a server other than AWS's does not send them.
    """

    name: str
    value: str = field(repr=False)
    type: str
    arn: str
    selector: str
    version: object


@dataclass(frozen=True)
class ParameterPage:
    """One page of the parameters below a path. The last page has no token."""

    parameters: Sequence[Parameter] = field(repr=False)
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
            answer = self._request("get_parameters", "ssm:GetParameters", Names=batch)
            found = parameters_in(answer)
            for name in batch:
                for parameter in found:
                    if is_called(parameter, name):
                        values[name] = parameter.value
                        self.types[name] = parameter.type
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
                parameter.name: parameter.value
                for parameter in page.parameters
                if not is_elsewhere(parameter, path)
            }
            self.types |= {one.name: one.type for one in page.parameters}
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
        next_token = found.get("NextToken") or ""
        if next_token and next_token == token:
            reason = "its answer names itself as the next one"
            raise AwsRefused(reason, "check AWS_ENDPOINT_URL", service=SERVICE)
        return ParameterPage(parameters_in(found), next_token)

    def put(self, name: str, value: str, key: str = "") -> None:
        """Store a SecureString, in place of what the parameter holds.

        `key` is the id, alias or ARN of a KMS key; without it, AWS's own. Raises an AwsError.
        """
        request = put_request(name, value, key)
        call(SERVICE, "ssm:PutParameter", lambda: self._send("put_parameter", request))

    def _request(self, operation: str, action: str, **request: Any) -> Mapping[str, Any]:
        request.setdefault("WithDecryption", True)
        return call(SERVICE, action, lambda: self._send(operation, request))

    def _send(self, operation: str, request: Mapping[str, Any]) -> Mapping[str, Any]:
        with self._building:  # Several threads read names at once.
            self._client = self._client or self._new_client()
        return getattr(self._client, operation)(**request)


def parameters_in(answer: Mapping[str, Any]) -> Sequence[Parameter]:
    """Return the parameters in an answer. Raises an AwsError if any is not as AWS sends it."""
    return [parameter_from(entry) for entry in required_in(answer, "Parameters", SERVICE)]


def parameter_from(entry: Mapping[str, Any]) -> Parameter:
    name, value = (member_of(entry, one, str, SERVICE) for one in ("Name", "Value"))
    told = (entry.get(one) for one in ("Type", "ARN", "Selector"))
    kind, arn, selector = (text if isinstance(text, str) else "" for text in told)
    return Parameter(name, value, kind, arn, selector, entry.get("Version"))


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


def is_elsewhere(parameter: Parameter, name: str) -> bool:
    """Whether a parameter is in another account or region than the ARN by which it was asked for.

    Not every server tells the ARN of a parameter.
    """
    asked, told = ARN.fullmatch(name), ARN.fullmatch(parameter.arn)
    return asked is not None and told is not None and asked["place"] != told["place"]


def is_called(parameter: Parameter, name: str) -> bool:
    """Whether an answer is about the parameter that was asked for by this name.

    Asked by an ARN, AWS answers with the bare name, and with the ARN in a member of its own.
    https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Parameter.html
    """
    called, asked = bare(parameter.name), bare(name)
    selectors = {parameter.selector, f":{parameter.version}"}
    if not parameter.selector:  # Not every server tells by which label it was asked.
        selectors |= set(LABEL.findall(asked))
    names = {f"{called.removeprefix('/')}{one}" for one in selectors}
    return asked.removeprefix("/") in names and not is_elsewhere(parameter, name)
