"""An error of AWS becomes one line, without the names of our account."""

import pytest
from botocore.exceptions import ClientError

from wp_pipeline.aws.errors import error_from

MESSAGE = (
    "User: arn:aws:iam::123456789012:user/hush is not authorized to perform: {} on resource:"
    " arn:aws:kms:eu-west-1:123456789012:key/hush because no identity-based policy allows it"
)


def denied(message: str) -> ClientError:
    return ClientError({"Error": {"Code": "AccessDenied", "Message": message}}, "PutObject")


@pytest.mark.parametrize("action", ["kms:GenerateDataKey", "kms:Decrypt"])
def test_the_denied_action_on_a_key_is_named(action):
    error = error_from(denied(MESSAGE.format(action)), "S3", "s3:PutObject")

    assert str(error) == f"S3: access denied; allow {action}"


@pytest.mark.parametrize("message", ["", "Access Denied", MESSAGE.format("s3:PutObject")])
def test_without_a_key_the_attempted_action_is_named(message):
    error = error_from(denied(message), "S3", "s3:GetObject")

    assert str(error) == "S3: access denied; allow s3:GetObject"


@pytest.mark.parametrize(
    ("policy", "named"),
    [
        (" with an explicit deny in a resource-based policy", "a resource-based policy"),
        (" with an explicit deny in an identity-based policy", "an identity-based policy"),
        (" with an explicit deny in a service control policy", "a service control policy"),
        (" with an explicit deny in a VPC endpoint policy", "a VPC endpoint policy"),
        (" with an explicit deny in a permissions boundary", "a permissions boundary"),
        (
            " with an explicit deny in a service control policy: arn:aws:organizations::1:policy/x",
            "a service control policy",
        ),
        (" with an explicit deny", "a policy"),
    ],
)
@pytest.mark.parametrize("action", ["s3:PutObject", "s3:GetObject", "kms:GenerateDataKey"])
def test_an_explicit_deny_and_a_missing_permission_have_different_messages(policy, named, action):
    message = MESSAGE.format(action).partition(" because")[0] + policy

    error = error_from(
        denied(message), "S3", action if action.startswith("s3:") else "s3:PutObject"
    )
    assert str(error).startswith(f"S3: access denied by an explicit deny of {action} in {named}, ")
    assert str(error).endswith("set WP_PIPELINE_ENCRYPTION") == (action == "s3:PutObject")
    assert "hush" not in str(error)
    assert "arn:" not in str(error)
