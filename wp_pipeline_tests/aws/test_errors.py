"""What AWS says in many words, and perhaps with names of our account, is one line."""

import pytest
from botocore.exceptions import ClientError

from wp_pipeline.aws.errors import reason_of

MESSAGE = (
    "User: arn:aws:iam::123456789012:user/silence is not authorized to perform: {} on resource:"
    " arn:aws:kms:eu-west-1:123456789012:key/silence because no identity-based policy allows it"
)


def denied(message: str) -> ClientError:
    return ClientError({"Error": {"Code": "AccessDenied", "Message": message}}, "PutObject")


@pytest.mark.parametrize("action", ["kms:GenerateDataKey", "kms:Decrypt"])
def test_the_action_on_the_key_that_is_denied_is_named(action):
    assert reason_of(denied(MESSAGE.format(action)), "s3:PutObject") == (
        f"access denied; allow {action}"
    )


@pytest.mark.parametrize("message", ["", "Access Denied", MESSAGE.format("s3:PutObject")])
def test_otherwise_it_is_the_action_that_was_tried(message):
    assert reason_of(denied(message), "s3:GetObject") == "access denied; allow s3:GetObject"
