"""A queue that is subscribed to the topic of the alerts, in a local AWS."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from wp_pipeline.settings import Settings

TOPIC = "my-topic"  # As in docs/iam.


class Subscriber:
    """Reads what was published to a new topic, whose ARN is put into Parameter Store."""

    def __init__(self, client: Callable[[str], Any]) -> None:
        """`client` returns the client of a service, such as that of `FakeAws`."""
        self._sqs = client("sqs")
        sns, ssm = client("sns"), client("ssm")
        arn = sns.create_topic(Name=TOPIC)["TopicArn"]
        self._queue = self._sqs.create_queue(QueueName="subscriber")["QueueUrl"]
        found = self._sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])
        sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=found["Attributes"]["QueueArn"])
        ssm.put_parameter(Name=Settings().alerts_parameter, Value=arn, Type="String")

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
