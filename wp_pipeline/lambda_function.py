"""The same extraction as an AWS Lambda function; no Dagster in it.

Set the handler to `wp_pipeline.lambda_function.lambda_handler`, the `WP_PIPELINE_…` variables as
needed, and enough time and ephemeral storage (/tmp) for the largest endpoints.
"""

import logging
from typing import Any

from wp_pipeline.extraction.observer import line_of, totals_of
from wp_pipeline.extraction.outcomes import Refused, totals
from wp_pipeline.extraction.run import run
from wp_pipeline.settings import Settings

log = logging.getLogger("wp_pipeline")


class ExtractionIncomplete(Exception):
    """An endpoint was refused. The message has a line for each; the others are published."""


def lambda_handler(event: Any, context: Any) -> dict[str, int]:
    """Extract the site, and return total, published, unchanged and refused.

    `event` and `context` are what AWS passes, and not used. Raises SettingsError,
    ConfigurationError, or ExtractionIncomplete, so that AWS counts the call as failed.
    """
    log.setLevel(logging.INFO)  # Lambda's runtime has a handler on the root logger.
    outcomes = []
    for outcome in run(Settings.from_environment(), tell=log.info):
        log.log(logging.ERROR if isinstance(outcome, Refused) else logging.INFO, line_of(outcome))
        outcomes.append(outcome)
    log.info(totals_of(outcomes))
    reasons = sorted(outcome.reason for outcome in outcomes if isinstance(outcome, Refused))
    if reasons:
        raise ExtractionIncomplete("\n".join(reasons))
    return totals(outcomes)
