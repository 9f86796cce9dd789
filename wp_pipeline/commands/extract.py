"""`wp-pipeline extract`: one extraction without Dagster."""

import logging
from typing import Any

import click

from wp_pipeline.commands.options import setting_options
from wp_pipeline.commands.terminal import log_to_terminal, print_outcomes, terminal_observer
from wp_pipeline.extraction.configuration import ConfigurationError
from wp_pipeline.extraction.outcomes import refusals, totals_line
from wp_pipeline.extraction.run import run
from wp_pipeline.extraction.run_options import FULL, MODES, RunOptions
from wp_pipeline.settings import Settings, SettingsError

PUBLISHED, REFUSED, BAD_CONFIGURATION = 0, 1, 2

log = logging.getLogger("wp_pipeline")


@click.command(short_help="Extract a site into the lake, without Dagster.")
@click.option(
    "--mode",
    type=click.Choice(MODES),
    default=FULL,
    show_default=True,
    help="full reads every endpoint in full; changes reads what changed since then.",
)
@click.option(
    "--accept-drop",
    multiple=True,
    metavar="NAME",
    help="Endpoint of which far fewer rows than are stored may be stored this time; repeatable.",
)
@setting_options(*Settings.model_fields)
def extract(mode: str, accept_drop: tuple[str, ...], **given: Any) -> int:
    """Extract a site into the lake, without Dagster.

    Settings come from these options, or else from the WP_PIPELINE_* variables; AWS is found by the
    AWS_* variables and profiles.

    Exit status: 0 all endpoints published or unchanged, 1 an endpoint was refused, 2 settings or
    parameters are wrong.
    """
    log_to_terminal()
    try:
        with terminal_observer() as observer:
            settings = Settings.from_environment(**given)
            outcomes = list(run(settings, observer, RunOptions.of(accept_drop, mode)))
    except (SettingsError, ConfigurationError) as error:
        log.error(error)
        return BAD_CONFIGURATION
    log.info(totals_line(outcomes))
    print_outcomes(outcomes)
    return REFUSED if refusals(outcomes) else PUBLISHED
