"""The same extraction as an AWS Lambda function, without Dagster.

Set the handler to `wp_pipeline.lambda_function.lambda_handler`, the `WP_PIPELINE_*` variables as
needed, and enough time and ephemeral storage (/tmp) for the largest endpoints.

If endpoints were refused, or a parameter is wrong, each invocation sends one message to the topic
that `WP_PIPELINE_ALERTS_PARAMETER` leads to. Nothing is kept between invocations, so the message is
sent again as long as they fail, and no message says that they recovered.
"""

import logging
from typing import Any

from wp_pipeline.aws.errors import AwsError
from wp_pipeline.extraction.alerts import WHOLE, Alert, publish
from wp_pipeline.extraction.configuration import ConfigurationError
from wp_pipeline.extraction.outcomes import refusals, totals, totals_line
from wp_pipeline.extraction.run import run
from wp_pipeline.extraction.run_options import RunOptions
from wp_pipeline.observer import LoggingObserver
from wp_pipeline.settings import Settings

log = logging.getLogger("wp_pipeline")


class ExtractionIncomplete(Exception):
    """An endpoint was refused. The message has a line for each; the others are published."""


def lambda_handler(event: Any, context: Any) -> dict[str, int]:
    """Extract the site, and return the counts: total, published, unchanged and refused.

    `event` may choose for this run:
    `{"mode": "changes", "only": ["posts"], "accept_drop": ["posts"]}`. Raises SettingsError,
    ConfigurationError, or ExtractionIncomplete, so that AWS counts the invocation as failed.
    """
    log.setLevel(logging.INFO)  # Lambda's runtime has a handler on the root logger.
    settings = Settings.from_environment()
    invocation = f"invocation {getattr(context, 'aws_request_id', 'without id')}"
    try:
        outcomes = list(run(settings, LoggingObserver(log), options_of(event)))
    except ConfigurationError as error:
        tell(Alert(settings.site, invocation, {WHOLE: f"{WHOLE}: {error}"}), settings)
        raise
    log.info(totals_line(outcomes))
    if refused := refusals(outcomes):
        reasons = {outcome.name: outcome.reason for outcome in refused}
        tell(Alert(settings.site, invocation, reasons), settings)
        raise ExtractionIncomplete("\n".join(reasons.values()))
    return totals(outcomes)


def tell(alert: Alert, settings: Settings) -> None:
    """Publish an alert. It must not change how the invocation ends."""
    try:
        publish(alert, settings)
    except AwsError as error:
        log.warning(f"no message was sent: {error}")


def options_of(event: Any) -> RunOptions:
    """Return the choices in an event, which may come from a schedule. Raises ConfigurationError."""
    if not isinstance(event, dict):
        return RunOptions()
    return RunOptions.of(event.get("accept_drop"), event.get("mode"), only=event.get("only"))
