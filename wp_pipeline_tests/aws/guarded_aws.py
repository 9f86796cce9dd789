"""An AWS in which IAM policies hold, and the policies of docs/iam.

moto holds a policy's actions against a request, and the ARNs of its objects. It knows no ARN of a
parameter and no condition on S3, and tells anybody that an object is missing: what it leaves out
is added here, as AWS documents it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from fnmatch import fnmatchcase
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from moto.core import DEFAULT_ACCOUNT_ID, enable_iam_authentication
from moto.s3.models import s3_backends

from wp_pipeline_tests.fakes.aws import BUCKET, REGION, FakeAws, refusal

DOCUMENTS = Path(__file__).parents[2] / "docs"
GUARDED = ("GET", "HEAD", "PUT")


@dataclass(frozen=True)
class Policy:
    """What somebody may do, by the statements of an IAM policy."""

    statements: tuple[Mapping[str, Any], ...]

    @classmethod
    def documented(cls, name: str, bucket: str = BUCKET) -> "Policy":
        """A policy of docs/iam, with the bucket's name put in as it says."""
        text = (DOCUMENTS / "iam" / f"{name}.json").read_text().replace("my-bucket", bucket)
        return cls(tuple(json.loads(text)["Statement"]))

    @property
    def actions(self) -> list[str]:
        return [action for statement in self.statements for action in listed(statement, "Action")]

    def only(self, actions: Iterable[str]) -> "Policy":
        """The same, for these of its actions."""
        kept = []
        for statement in self.statements:
            left = [action for action in listed(statement, "Action") if action in actions]
            kept += [{**statement, "Action": left}] if left else []
        return Policy(tuple(kept))

    def without(self, action: str) -> "Policy":
        return self.only(set(self.actions) - {action})

    def also(self, action: str, resource: str) -> "Policy":
        return Policy((*self.statements, allow(action, resource)))

    def allows(self, action: str, resource: str, prefix: str = "") -> bool:
        """Whether a statement covers this; `prefix` is that of a listing."""
        return any(
            action in listed(statement, "Action")
            and any(fnmatchcase(resource, arn) for arn in listed(statement, "Resource"))
            and is_met(statement.get("Condition", {}), {"s3:prefix": prefix})
            for statement in self.statements
        )

    def for_moto(self) -> str:
        """The document in moto's terms: no parameter has an ARN, and no condition is ever met."""
        statements = deepcopy(self.statements)
        for statement in statements:
            statement.pop("Condition", None)
            if any(action.startswith("ssm:") for action in listed(statement, "Action")):
                statement["Resource"] = "*"
        return json.dumps({"Version": "2012-10-17", "Statement": statements})


def allow(action: str, resource: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def listed(statement: Mapping[str, Any], element: str) -> list[str]:
    value = statement[element]
    return [value] if isinstance(value, str) else value


def is_met(condition: Mapping[str, Mapping[str, str]], context: Mapping[str, str]) -> bool:
    """Whether what is known of a request meets a condition."""
    assert set(condition) <= {"StringLike"}, "only this operator is known here"
    return all(
        fnmatchcase(context[key], pattern)
        for key, pattern in condition.get("StringLike", {}).items()
    )


def parameter_arn(name: str) -> str:
    return f"arn:aws:ssm:{REGION}:{DEFAULT_ACCOUNT_ID}:parameter/{name.lstrip('/')}"


def object_arn(key: str, bucket: str = BUCKET) -> str:
    return f"arn:aws:s3:::{bucket}/{key}"


def bucket_arn(bucket: str = BUCKET) -> str:
    return f"arn:aws:s3:::{bucket}"


class GuardedAws(FakeAws):
    """An AWS where anybody may do anything, but what is done `by` somebody is held to a policy."""

    def __init__(self) -> None:
        super().__init__()
        self._policy: Policy | None = None

    @contextmanager
    def by(self, policy: Policy) -> Iterator[None]:
        """Let the environment's credentials be somebody's who may do just what the policy says."""
        key = self._new_access_key(policy.for_moto())
        with pytest.MonkeyPatch.context() as environment, enable_iam_authentication():
            environment.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
            environment.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
            self._policy = policy
            try:
                yield
            finally:
                self._policy = None

    def _new_access_key(self, document: str) -> Mapping[str, str]:
        iam = self.client("iam")
        name = f"user-{len(iam.list_users()['Users'])}"
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName="only", PolicyDocument=document)
        return iam.create_access_key(UserName=name)["AccessKey"]

    def _answer(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if self._policy is None or is_permitted(environ, self._policy):
            return super()._answer(environ, start_response)
        if "HTTP_X_AMZ_TARGET" in environ:
            return refusal((400, "AccessDeniedException"), environ, start_response, is_json=True)
        return refusal((403, "AccessDenied"), environ, start_response, is_json=False)


def is_permitted(environ: dict[str, Any], policy: Policy) -> bool:
    """Whether AWS would let through what moto may; what moto refuses anyway is left to it."""
    operation = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
    if operation:
        arns = [parameter_arn(name) for name in parameters_of(environ)]
        action = f"ssm:{operation}"
        return action not in policy.actions or all(policy.allows(action, arn) for arn in arns)
    return is_permitted_on_s3(environ, policy)


def parameters_of(environ: dict[str, Any]) -> list[str]:
    """The names, or else the path, that a request for parameters is authorized against.

    https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParametersByPath.html
    """
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    environ["wsgi.input"] = BytesIO(body)
    request = json.loads(body)
    return request.get("Names") or [request["Path"]]


def is_permitted_on_s3(environ: dict[str, Any], policy: Policy) -> bool:
    _, bucket, key = [*environ["PATH_INFO"].split("/", 2), ""][:3]
    method = environ["REQUEST_METHOD"]
    assert method in GUARDED, f"nobody said what {method} needs"
    if not key:
        prefix = parse_qs(environ["QUERY_STRING"]).get("prefix", [""])[0]
        return policy.allows("s3:ListBucket", bucket_arn(bucket), prefix)
    if method == "PUT":
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
        arn = object_arn(key, bucket)
        return "HTTP_IF_MATCH" not in environ or policy.allows("s3:GetObject", arn)
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
    return is_stored(bucket, key) or policy.allows("s3:ListBucket", bucket_arn(bucket))


def is_stored(bucket: str, key: str) -> bool:
    return key in s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets[bucket].keys
