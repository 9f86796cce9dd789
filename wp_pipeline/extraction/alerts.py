"""Sends alerts to an SNS topic: what failed in a run, and what recovered.

    alert = Alert("magazine", "run 4f1c", failed={"posts": "posts: HTTP 403: …"})
    publish(alert, settings)

The caller decides which failures are new: a sensor of Dagster, or the Lambda function.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.errors import AwsRefused
from wp_pipeline.aws.parameters import ParameterStore
from wp_pipeline.aws.topic import Topic
from wp_pipeline.settings import Settings

WHOLE = "the extraction"  # In the place of an endpoint's name, if a run failed as a whole.
# SNS takes less than 100 characters: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
LONGEST_SUBJECT = 99
# 256 KiB is the most that SNS takes; a character has up to 4 bytes.
LONGEST_LINE = 500  # characters
MOST_LINES = 100  # of failures
SECONDS = 20.0  # for each read of Parameter Store and of SNS


@dataclass(frozen=True)
class Alert:
    """The message about one run.

    `failed` holds a line for each endpoint with a new reason, `still_failing` the names of those
    whose reason was sent before, `recovered` the names of those that succeeded again.
    """

    site: str
    run: str
    failed: Mapping[str, str] = field(default_factory=dict)
    still_failing: Sequence[str] = ()
    recovered: Sequence[str] = ()

    @property
    def subject(self) -> str:
        """One line in ASCII: names if they fit, otherwise how many there are."""
        kinds = {"failed": list(self.failed), "recovered": list(self.recovered)}
        told = {kind: names for kind, names in kinds.items() if names}
        named = "; ".join(f"{kind}: {', '.join(names)}" for kind, names in told.items())
        subject = f"{self.site}: {named}"
        if len(subject) <= LONGEST_SUBJECT and subject.isascii() and subject.isprintable():
            return subject
        counted = ", ".join(f"{len(names)} {kind}" for kind, names in told.items())
        return f"{self.site[: LONGEST_SUBJECT // 2]}: {counted}"

    @property
    def text(self) -> str:
        """The body: a line for each failure, then what still fails, and what recovered."""
        lines = [shortened(reason) for reason in self.failed.values()]
        if len(lines) > MOST_LINES:
            lines[MOST_LINES:] = [f"and {len(lines) - MOST_LINES} more"]
        if lines:
            lines.insert(0, f"Failed in {self.run}:")
        if self.still_failing:
            lines.append(
                shortened(f"Still failing as told before: {', '.join(self.still_failing)}")
            )
        if self.recovered:
            lines.append(shortened(f"Recovered in {self.run}: {', '.join(self.recovered)}"))
        return "\n".join(lines)


def shortened(line: str) -> str:
    """Return one printable line of limited length."""
    cut = line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 1]}…"
    return "".join(one if one.isprintable() else " " for one in cut)


def publish(alert: Alert, settings: Settings, seconds: float = SECONDS) -> bool:
    """Publish to the topic of the site. Returns whether there is one. Raises an AwsError."""
    topic = load_topic(settings, ParameterStore(lambda: build_client("ssm", seconds)), seconds)
    if topic is None:
        return False
    topic.publish(alert.subject, alert.text)
    return True


def load_topic(settings: Settings, store: ParameterStore, seconds: float) -> Topic | None:
    """Return the topic whose ARN is in Parameter Store, if it is. Raises an AwsError."""
    name = settings.alerts_parameter
    arn = store.values([name] if name else []).get(name, "").strip()
    if not arn:
        return None
    try:
        return Topic(arn, lambda region: build_client("sns", seconds, region))
    except AwsRefused as error:
        fault = AwsRefused(f"parameter {name} {error.found}", error.cure)
    raise fault
