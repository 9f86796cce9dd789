"""`wp-pipeline extract`: one extraction without Dagster."""

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, replace
from shlex import quote
from typing import Any

import click

from wp_pipeline.aws.errors import AwsError
from wp_pipeline.commands.options import setting_options
from wp_pipeline.commands.terminal import (
    import_rich,
    log_to_terminal,
    print_outcomes,
    terminal_observer,
)
from wp_pipeline.extraction.configuration import ConfigurationError
from wp_pipeline.extraction.outcomes import Outcome, refusals, totals_line
from wp_pipeline.extraction.run import run
from wp_pipeline.extraction.run_options import ACCEPT_DROP_HELP, FULL, MODE_HELP, MODES, RunOptions
from wp_pipeline.setting_variables import unknown_variables
from wp_pipeline.settings import DECLARED, Settings, SettingsError
from wp_pipeline.tables.errors import ExtraMissing

PUBLISHED, REFUSED, BAD_CONFIGURATION = 0, 1, 2

log = logging.getLogger("wp_pipeline")


@click.command(short_help="Extract a site into the lake, without Dagster.")
@click.option(
    "--mode",
    type=click.Choice(MODES),
    default=FULL,
    show_default=True,
    help=MODE_HELP,
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
    help=f"{ACCEPT_DROP_HELP} Repeatable.",
)
@click.option("--dry-run", is_flag=True, help="Read and verify everything, and store nothing.")
@click.option("--quiet", is_flag=True, help="Show only warnings and errors, and no table.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcomes as JSON, not as a table.")
@setting_options(*DECLARED)
def extract(
    mode: str,
    only: tuple[str, ...],
    accept_drop: tuple[str, ...],
    dry_run: bool,
    quiet: bool,
    as_json: bool,
    **given: Any,
) -> int:
    """Extract a site into the lake, without Dagster.

    Settings come from these options, or else from the WP_PIPELINE_* variables; AWS is found by the
    AWS_* variables and profiles.

    Exit status: 0 all endpoints published or unchanged, 1 an endpoint was refused or a table was
    not built, 2 settings or parameters are wrong.

    \b
    Examples:
      wp-pipeline extract
      wp-pipeline extract --mode changes --quiet
      wp-pipeline extract --only posts --only comments --accept-drop comments
      wp-pipeline extract --dry-run --json
    """
    level = logging.WARNING if quiet else logging.INFO
    log_to_terminal(level)
    if unknown := unknown_variables():
        log.warning("; ".join(map(str, unknown)))
    try:
        with terminal_observer(level) as observer:
            settings = Settings.from_environment(**given)
            options = replace(RunOptions.of(accept_drop, mode, only=only), dry_run=dry_run)
            outcomes: list[Outcome] = []
            for outcome in run(settings, observer, options):
                outcomes.append(outcome)
                if not quiet and not as_json:
                    import_rich()  # While the other endpoints are read.
    except (SettingsError, ConfigurationError) as error:
        log.error(error)
        return BAD_CONFIGURATION
    log.info(totals_line(outcomes))
    if as_json:
        print(json.dumps([as_record(one) for one in outcomes], indent=1, ensure_ascii=False))
    elif not quiet:
        print_outcomes(outcomes)
    refused = bool(refusals(outcomes))
    are = "would be" if dry_run else "are"
    command = f"wp-pipeline extract --mode {mode}{' --dry-run' if dry_run else ''}"
    line = verdict(outcomes, f"{are} up to date", command)
    log.log(logging.ERROR if refused else logging.INFO, line)
    are_built = dry_run or not settings.tables or build_tables_of(settings)
    return PUBLISHED if are_built and not refused else REFUSED


def build_tables_of(settings: Settings) -> bool:
    """Build the tables of what is stored now; return whether none failed."""
    from wp_pipeline.commands.tables import build_tables  # Only for those who want tables.

    try:
        return build_tables(settings)
    except (ConfigurationError, ExtraMissing, AwsError) as error:
        log.error(error)
        return False


def as_record(outcome: Outcome) -> dict[str, Any]:
    """Return what --json prints of an outcome; the schema was not asked for."""
    return {name: value for name, value in asdict(outcome).items() if name != "schema"}


def verdict(outcomes: Sequence[Outcome], state: str, command: str) -> str:
    """Return the result in one line, and what to do next."""
    refused = [outcome.name for outcome in refusals(outcomes)]
    counts = f"{len(outcomes) - len(refused)} of {len(outcomes)} endpoints {state}"
    if not refused:
        return f"{counts}."
    again = " ".join([command, *(f"--only {quote(name)}" for name in refused)])
    return f"{counts}, {len(refused)} refused: see above. Again: {again}"
