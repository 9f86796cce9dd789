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
def test_otherwise_the_attempted_action_is_named(message):
    error = error_from(denied(message), "S3", "s3:GetObject")

    assert str(error) == "S3: access denied; allow s3:GetObject"
