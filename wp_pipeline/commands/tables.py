"""`wp-pipeline tables`: builds the tables of the stored objects."""

import logging
from typing import Any

import click

from wp_pipeline.aws.errors import AwsError
from wp_pipeline.commands.options import setting_options
from wp_pipeline.commands.terminal import log_to_terminal
from wp_pipeline.extraction.configuration import ConfigurationError
from wp_pipeline.settings import DECLARED, Settings, SettingsError
from wp_pipeline.tables.errors import ExtraMissing
from wp_pipeline.tables.parquet.database import load_duckdb
from wp_pipeline.tables.run import Failed, run

BUILT, FAILED, BAD_CONFIGURATION = 0, 1, 2

log = logging.getLogger("wp_pipeline")


@click.command(short_help="Build typed Parquet tables of what is stored.")
@click.option(
    "--rebuild", is_flag=True, help="Build all tables anew, and forget their former columns."
)
@setting_options(*DECLARED)
def tables(rebuild: bool, **given: Any) -> int:
    """Build the table of each stored object, and the joined tables, without Dagster.

    Tables whose objects did not change are left as they are. `wp-pipeline extract` does the same at
    its end if WP_PIPELINE_TABLES is true.

    Exit status: 0 all tables are up to date, 1 a table was not built or AWS failed, 2 settings or
    parameters are wrong, or DuckDB is not installed.

    \b
    Examples:
      wp-pipeline tables
      wp-pipeline tables --rebuild
    """
    log_to_terminal()
    try:
        are_built = build_tables(Settings.from_environment(**given), rebuild)
    except (SettingsError, ConfigurationError, ExtraMissing) as error:
        log.error(error)
        return BAD_CONFIGURATION
    except AwsError as error:
        log.error(error)
        return FAILED
    return BUILT if are_built else FAILED


def build_tables(settings: Settings, rebuild: bool = False) -> bool:
    """Build the tables and log a line for each; return whether none failed.

    Raises ConfigurationError, ExtraMissing or an AwsError.
    """
    load_duckdb()
    are_built = True
    for built in run(settings, rebuild):
        if isinstance(built, Failed):
            are_built = False
            log.error(built.reason)
        else:
            log.info(built.summary)
    return are_built
