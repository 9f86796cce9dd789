"""The same extraction as an AWS Lambda function, without Dagster.

Set the handler to `wp_pipeline.lambda_function.lambda_handler`, the `WP_PIPELINE_*` variables as
needed, and enough time and ephemeral storage (/tmp) for the largest endpoints: docs/lambda.md.

If endpoints were refused, or a parameter is wrong, each invocation sends one message to the topic
that `WP_PIPELINE_ALERTS_PARAMETER` leads to. Nothing is kept between invocations, so the message is
sent again as long as they fail, and no message says that they recovered.
"""

import json
import logging
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from wp_pipeline.aws.errors import AwsError
from wp_pipeline.extraction.alerts import SECONDS, WHOLE, Alert, publish
from wp_pipeline.extraction.configuration import ConfigurationError
from wp_pipeline.extraction.outcomes import Refused, refusals, totals, totals_line
from wp_pipeline.extraction.run import run
from wp_pipeline.extraction.run_options import RunOptions
from wp_pipeline.observer import LoggingObserver
from wp_pipeline.settings import Settings

# Reserved at the end of an invocation. Reading and uploading end within a second, calls that hang
# are waited for `extract.GRACE`, and the alert's two calls have the rest: `seconds_for_an_alert`.
MARGIN = 10.0  # seconds
CHOICES = ("mode", "only", "accept_drop")
CLOSE = 0.7  # `modes` and `onyl` are close enough to be meant

log = logging.getLogger("wp_pipeline")


class ExtractionIncomplete(Exception):
    """Endpoints were refused, or not finished in time; the others are published.

    The message has a line for each. `unfinished` names those for which the time was too short; a
    last line says how to extract them.
    """

    def __init__(self, refused: Sequence[Refused]) -> None:
        lines = [one.reason for one in refused]
        self.unfinished = tuple(one.name for one in refused if one.is_unfinished)
        if self.unfinished:
            again = json.dumps({"only": self.unfinished}, ensure_ascii=False)
            lines.append(f"invoke again with {again}, or allow more time")
        super().__init__("\n".join(lines))


def lambda_handler(event: Any, context: Any) -> dict[str, int]:
    """Extract the site, and return the counts: total, published, unchanged and refused.

    `event` may choose for this run:
    `{"mode": "changes", "only": ["posts"], "accept_drop": ["posts"]}`. Raises SettingsError,
    ConfigurationError, or ExtractionIncomplete, so that AWS counts the invocation as failed.

    It ends `MARGIN` seconds before the time of the invocation is over:
    https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
    """
    log.setLevel(logging.INFO)  # Lambda's runtime has a handler on the root logger.
    settings = Settings.from_environment()
    invocation = f"invocation {getattr(context, 'aws_request_id', 'without id')}"
    try:
        options = options_of(event)
        require_time(context)
        observer = LoggingObserver(log)
        outcomes = list(run(settings, observer, options, lambda: seconds_left(context) - MARGIN))
    except ConfigurationError as error:
        tell(Alert(settings.site, invocation, {WHOLE: f"{WHOLE}: {error}"}), settings, context)
        raise
    log.info(totals_line(outcomes))
    if refused := refusals(outcomes):
        reasons = {outcome.name: outcome.reason for outcome in refused}
        tell(Alert(settings.site, invocation, reasons), settings, context)
        raise ExtractionIncomplete(refused)
    return totals(outcomes)


def tell(alert: Alert, settings: Settings, context: Any) -> None:
    """Publish an alert. It must not change how the invocation ends."""
    try:
        publish(alert, settings, seconds_for_an_alert(seconds_left(context)))
    except AwsError as error:
        log.warning(f"no message was sent: {error}")


def seconds_left(context: Any) -> float:
    """Return the seconds until Lambda ends the invocation; without its context there is no end."""
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    return remaining() / 1000 if remaining else float("inf")


def require_time(context: Any) -> None:
    """Raises ConfigurationError if the time is over before anything can be extracted."""
    if seconds_left(context) <= MARGIN:
        raise ConfigurationError(
            f"the function's timeout is too short: the last {MARGIN:g} s are for ending; raise it"
        )


def seconds_for_an_alert(left: float) -> float:
    """Return the timeout of an alert's calls: two, each with a connection and a read."""
    return min(SECONDS, max(1.0, left / 5))


def options_of(event: Any) -> RunOptions:
    """Return the choices in an event. Raises ConfigurationError.

    An event that chooses nothing may have any members: schedules and other services send their own.
    """
    if not isinstance(event, dict):
        return RunOptions()
    unknown = [str(name) for name in event if name not in CHOICES]
    is_misspelt = any(get_close_matches(name, CHOICES, 1, CLOSE) for name in unknown)
    if is_misspelt or 0 < len(unknown) < len(event):
        raise ConfigurationError(
            f"an event that chooses has nothing but {', '.join(CHOICES[:-1])} and {CHOICES[-1]}"
        )
    return RunOptions.of(event.get("accept_drop"), event.get("mode"), only=event.get("only"))
