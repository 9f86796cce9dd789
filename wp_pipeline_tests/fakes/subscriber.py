"""A queue that is subscribed to the topic of the alerts, in the fake AWS."""

import json
from collections.abc import Mapping
from typing import Any

from wp_pipeline.settings import Settings
from wp_pipeline_tests.fakes.aws import FakeAws

TOPIC = "my-topic"  # As in docs/iam.


class Subscriber:
    """Reads what was published to a new topic, whose ARN is put into Parameter Store."""

    def __init__(self, aws: FakeAws) -> None:
        self._sqs: Any = aws.client("sqs")
        sns = aws.client("sns")
        arn = sns.create_topic(Name=TOPIC)["TopicArn"]
        self._queue = self._sqs.create_queue(QueueName="subscriber")["QueueUrl"]
        found = self._sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])
        sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=found["Attributes"]["QueueArn"])
        aws.put_parameters({Settings().alerts_parameter: arn}, "String")

    def messages(self) -> list[Mapping[str, str]]:
        """Return the messages since the last time, each with `Subject` and `Message`."""
        messages: list[Mapping[str, str]] = []
        while True:
            found = self._sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10)
            for one in found.get("Messages", []):
                messages.append(json.loads(one["Body"]))
                self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=one["ReceiptHandle"])
            if "Messages" not in found:
                return messages

    def texts(self) -> list[str]:
        return [f"{one['Subject']}\n{one['Message']}" for one in self.messages()]
