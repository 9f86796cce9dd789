"""The same extraction as an AWS Lambda function, without Dagster.

Set the handler to `wp_pipeline.lambda_function.lambda_handler`, the `WP_PIPELINE_*` variables as
needed, and enough time and ephemeral storage (/tmp) for the largest endpoints.
"""

import logging
from typing import Any

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

    `event` may accept a drop of rows for this run: `{"accept_drop": ["posts"]}`. Raises
    SettingsError, ConfigurationError, or ExtractionIncomplete, so that AWS counts the invocation as
    failed.
    """
    log.setLevel(logging.INFO)  # Lambda's runtime has a handler on the root logger.
    outcomes = list(run(Settings.from_environment(), LoggingObserver(log), options_of(event)))
    log.info(totals_line(outcomes))
    if refused := refusals(outcomes):
        raise ExtractionIncomplete("\n".join(outcome.reason for outcome in refused))
    return totals(outcomes)


def options_of(event: Any) -> RunOptions:
    """Return the choices in an event, which may come from a schedule. Raises ConfigurationError."""
    return RunOptions.of(event.get("accept_drop")) if isinstance(event, dict) else RunOptions()
