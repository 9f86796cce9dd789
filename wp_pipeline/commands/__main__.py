"""wp-pipeline: the commands of the README."""

import argparse
import gc
import logging
import sys
from collections.abc import Sequence

from wp_pipeline import __version__
from wp_pipeline.commands.terminal import log_to_terminal, table_of
from wp_pipeline.extraction.configuration import ConfigurationError
from wp_pipeline.extraction.observer import RowsSoFar, line_of, totals_of
from wp_pipeline.extraction.outcomes import Refused
from wp_pipeline.extraction.run import run
from wp_pipeline.settings import Settings, SettingsError

PUBLISHED, REFUSED, BAD_CONFIGURATION, INTERRUPTED = 0, 1, 2, 130

log = logging.getLogger("wp_pipeline")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser("wp-pipeline", description=__doc__)
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(metavar="command", required=True)
    command = commands.add_parser(
        "extract",
        help="extract a site into the lake, without Dagster",
        description="One extraction, set by the WP_PIPELINE_… and AWS_… variables."
        " Exit status: 0 all published or unchanged, 1 an endpoint was refused, 2 bad settings.",
    )
    command.set_defaults(run=extract)
    log_to_terminal()
    try:
        return parser.parse_args(arguments).run()
    except KeyboardInterrupt:
        log.error("stopped; what was not finished is as it was")
        return INTERRUPTED
    finally:
        gc.freeze()  # else Python looks for garbage in all of botocore on its way out: 0.1 s


def extract() -> int:
    """Extract, with a line for each endpoint as it ends, and a table. Returns the exit status."""
    outcomes = []
    try:
        for outcome in run(Settings.from_environment(), RowsSoFar(log.info), log.info):
            is_refused = isinstance(outcome, Refused)
            log.log(logging.ERROR if is_refused else logging.INFO, line_of(outcome))
            outcomes.append(outcome)
    except (SettingsError, ConfigurationError) as error:
        log.error(error)
        return BAD_CONFIGURATION
    log.info(totals_of(outcomes))
    print(table_of(outcomes))
    return REFUSED if any(isinstance(outcome, Refused) for outcome in outcomes) else PUBLISHED


if __name__ == "__main__":
    sys.exit(main())
