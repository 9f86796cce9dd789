"""Records what requests to AWS need, and compares it with the policies in docs/iam.

A need is an IAM action on a resource. Hooks of botocore record the needs of every request; they
can also answer as AWS does where an action is denied.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from botocore import handlers

from wp_pipeline_tests.fakes.aws import BUCKET

Need = tuple[str, str, str]  # IAM action, ARN, and the prefix that a listing asks for
DOCS = Path(__file__).parents[2] / "docs"
GLUE_DATABASE = "lake"
POLICIES = {file.stem: file.read_text() for file in sorted((DOCS / "iam").glob("*.json"))}
STATEMENTS = {
    name: json.loads(text.replace("my-bucket", BUCKET).replace("my-database", GLUE_DATABASE))[
        "Statement"
    ]
    for name, text in POLICIES.items()
}
GLUE = "arn:aws:glue:eu-west-1:111122223333"
PARAMETER, S3 = "arn:aws:ssm:eu-west-1:111122223333:parameter", "arn:aws:s3:::"
DENIED = {
    "ssm": "AccessDeniedException",
    "s3": "AccessDenied",
    "sns": "AuthorizationError",
    "sts": "AccessDenied",
    "glue": "AccessDeniedException",
}
# For a PUT with If-Match and a missing object S3 checks a second action: see docs/iam/README.md.
# Actions on the whole bucket.
OF_A_BUCKET = {
    "HeadBucket": "s3:ListBucket",
    "GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "GetBucketPolicyStatus": "s3:GetBucketPolicyStatus",
    "GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
}
ACTIONS = {"PutObject": "s3:PutObject", "GetObject": "s3:GetObject", "HeadObject": "s3:GetObject"}


def needs_of(operation: str, asked: Mapping[str, Any]) -> set[Need]:
    if operation in ("GetParameters", "GetParametersByPath"):
        names = asked.get("Names") or [asked["Path"]]
        return {(f"ssm:{operation}", f"{PARAMETER}{name}", "") for name in names}
    if operation in ("Publish", "ListSubscriptionsByTopic"):
        return {(f"sns:{operation}", asked["TopicArn"], "")}
    if operation == "GetCallerIdentity":  # Allowed to everybody, unless a policy denies it.
        return set()
    if operation in OF_A_BUCKET:
        return {(OF_A_BUCKET[operation], f"{S3}{asked['Bucket']}", "")}
    if operation in ("GetTable", "CreateTable", "UpdateTable"):
        name = asked.get("Name") or asked["TableInput"]["Name"]
        database = asked["DatabaseName"]
        places = ("catalog", f"database/{database}", f"table/{database}/{name}")
        return {(f"glue:{operation}", f"{GLUE}:{place}", "") for place in places}
    if operation == "ListObjectsV2":
        return {("s3:ListBucket", f"{S3}{asked['Bucket']}", asked.get("Prefix", ""))}
    actions = {ACTIONS[operation], *(["s3:GetObject"] if "IfMatch" in asked else [])}
    return {(action, f"{S3}{asked['Bucket']}/{asked['Key']}", "") for action in actions}


@contextmanager
def recorded(denied: str = "") -> Iterator[set[Need]]:
    """Record what every request needs, and answer those that need the denied action as AWS does."""
    needs: set[Need] = set()

    def before(params: Any, model: Any, context: Any, **_: Any) -> None:
        context["asked"], context["needs"] = dict(params), needs_of(model.name, params)

    def after(http_response: Any, parsed: Any, model: Any, context: Any, **_: Any) -> None:
        if http_response.status_code == 404:
            context["needs"].add(("s3:ListBucket", f"{S3}{context['asked']['Bucket']}", ""))
        needs.update(context["needs"])
        if denied in {action for action, *_ in context["needs"]}:
            http_response.status_code = 403
            parsed["Error"] = {"Code": DENIED[model.service_model.service_name]}

    hooks = [("before-parameter-build", before), ("after-call", after)]
    with pytest.MonkeyPatch.context() as patch:  # Each new botocore session takes them over.
        patch.setattr(handlers, "BUILTIN_HANDLERS", [*handlers.BUILTIN_HANDLERS, *hooks])
        yield needs


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def allows(statement: Mapping[str, Any], need: Need) -> bool:
    action, resource, prefix = need
    prefixes = statement.get("Condition", {}).get("StringLike", {}).get("s3:prefix", "*")
    return (
        action in listed(statement["Action"])
        and any(fnmatchcase(resource, arn) for arn in listed(statement["Resource"]))
        and any(fnmatchcase(prefix, one) for one in listed(prefixes))
    )


def not_allowed(needs: set[Need], policy: str) -> set[Need]:
    return {need for need in needs if not any(allows(one, need) for one in STATEMENTS[policy])}
