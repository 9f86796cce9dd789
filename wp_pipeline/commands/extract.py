"""`wp-pipeline extract`: one extraction without Dagster."""

import logging
from collections.abc import Sequence
from shlex import quote
from typing import Any

import click

from wp_pipeline.commands.options import setting_options
from wp_pipeline.commands.terminal import log_to_terminal, print_outcomes, terminal_observer
from wp_pipeline.extraction.configuration import ConfigurationError
from wp_pipeline.extraction.outcomes import Outcome, refusals, totals_line
from wp_pipeline.extraction.run import run
from wp_pipeline.extraction.run_options import FULL, MODES, RunOptions
from wp_pipeline.settings import Settings, SettingsError, unknown_variables

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
    "--only",
    multiple=True,
    metavar="NAME",
    help="Endpoint to extract, instead of all of them; repeatable.",
)
@click.option(
    "--accept-drop",
    multiple=True,
    metavar="NAME",
    help="Endpoint of which far fewer rows than are stored may be stored this time; repeatable.",
)
@setting_options(*Settings.model_fields)
def extract(mode: str, only: tuple[str, ...], accept_drop: tuple[str, ...], **given: Any) -> int:
    """Extract a site into the lake, without Dagster.

    Settings come from these options, or else from the WP_PIPELINE_* variables; AWS is found by the
    AWS_* variables and profiles.

    Exit status: 0 all endpoints published or unchanged, 1 an endpoint was refused, 2 settings or
    parameters are wrong.
    """
    log_to_terminal()
    if unknown := unknown_variables():
        log.warning("; ".join(unknown))
    try:
        with terminal_observer() as observer:
            settings = Settings.from_environment(**given)
            outcomes = list(run(settings, observer, RunOptions.of(accept_drop, mode, only=only)))
    except (SettingsError, ConfigurationError) as error:
        log.error(error)
        return BAD_CONFIGURATION
    log.info(totals_line(outcomes))
    print_outcomes(outcomes)
    refused = bool(refusals(outcomes))
    log.log(logging.ERROR if refused else logging.INFO, verdict(outcomes))
    return REFUSED if refused else PUBLISHED


def verdict(outcomes: Sequence[Outcome]) -> str:
    """Return the result in one line, and what to do next."""
    refused = [outcome.name for outcome in refusals(outcomes)]
    stored = f"{len(outcomes) - len(refused)} of {len(outcomes)} endpoints are stored"
    if not refused:
        return f"{stored}."
    again = " ".join(f"--only {quote(name)}" for name in refused)
    return f"{stored}, {len(refused)} refused: see above. Again: wp-pipeline extract {again}"
