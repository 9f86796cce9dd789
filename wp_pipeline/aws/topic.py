"""Publishes messages to an SNS topic.

https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
"""

import re
from collections.abc import Callable
from typing import Any

from wp_pipeline.aws.errors import AwsRefused, call, required_in
from wp_pipeline.library_logging import silence

SERVICE = "SNS"
# Not a FIFO topic: its messages need a group, and it has no subscribers by e-mail.
ARN = re.compile(r"arn:aws[\w-]*:sns:([\w-]+):\d{12}:[\w-]+", re.ASCII)


class Topic:
    """A standard topic. `new_client` builds the boto3 client for its region."""

    def __init__(self, arn: str, new_client: Callable[[str], Any]) -> None:
        """Raises AwsRefused if it is no topic's ARN, which is not quoted."""
        found = ARN.fullmatch(arn)
        if not found:
            raise AwsRefused("is no ARN of a standard SNS topic", "correct it")
        silence()
        self._arn, self._region = arn, found[1]
        self._new_client = new_client

    def publish(self, subject: str, text: str) -> None:
        """Send a message to all subscribers. Raises an AwsError."""
        call(SERVICE, "sns:Publish", lambda: self._send(subject, text))

    def subscriptions(self) -> int:
        """Return how many subscriptions are confirmed, up to 100. Raises an AwsError."""
        found = call(
            SERVICE,
            "sns:ListSubscriptionsByTopic",
            lambda: self._new_client(self._region).list_subscriptions_by_topic(TopicArn=self._arn),
        )
        listed = required_in(found, "Subscriptions", SERVICE)
        arns = [one.get("SubscriptionArn", "") for one in listed]
        return sum(arn.startswith("arn:") for arn in arns)  # Others wait for a confirmation.

    def _send(self, subject: str, text: str) -> None:
        client = self._new_client(self._region)
        client.publish(TopicArn=self._arn, Subject=subject, Message=text)
