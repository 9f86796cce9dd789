"""Whether somebody is told of failures: the topic, and its subscribers."""

from collections.abc import Iterator

from wp_pipeline.aws.errors import AwsError
from wp_pipeline.aws.inspection.answers import is_denied
from wp_pipeline.extraction.alerts import SECONDS, load_topic
from wp_pipeline.extraction.configuration import ALERTS, subject_of
from wp_pipeline.extraction.doctor.check import Check
from wp_pipeline.extraction.doctor.examination import Examination
from wp_pipeline.extraction.doctor.finding import Finding, because_of_aws, look_at, not_allowed, ok

ACTION = "sns:ListSubscriptionsByTopic"


def run(examination: Examination) -> Iterator[Finding]:
    name = examination.settings.alerts_parameter
    try:
        topic = load_topic(examination.settings, examination.store, SECONDS)
        if topic is None:
            parameter = subject_of(ALERTS, examination.settings)
            yield ok("topic", f"nobody is told of failures: {parameter} does not exist")
            return
        subscriptions = topic.subscriptions()
    except AwsError as error:
        is_optional = is_denied(error) and error.action == ACTION
        yield not_allowed("topic", ACTION) if is_optional else because_of_aws("topic", error)
        return
    if subscriptions:
        plural = "" if subscriptions == 1 else "s"
        yield ok("topic", f"tells {subscriptions} confirmed subscription{plural} of failures")
        return
    yield look_at(
        "topic",
        "nobody has subscribed to the topic, or confirmed it",
        "subscribe, and open the link in the mail",
        "aws sns subscribe --protocol email --notification-endpoint you@example.org --topic-arn"
        f' "$(aws ssm get-parameter --name {name} --query Parameter.Value --output text)"',
    )


CHECK = Check("topic", 40, run)
