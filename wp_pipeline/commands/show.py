"""`wp-pipeline show`: what is stored of a site, and from when."""

import json
import logging
from dataclasses import asdict
from datetime import datetime, timezone
from typing import Any

import click

from wp_pipeline.aws.errors import AwsError
from wp_pipeline.commands.options import setting_options
from wp_pipeline.commands.terminal import log_to_terminal, print_table
from wp_pipeline.extraction.configuration import ConfigurationError
from wp_pipeline.extraction.contents import StoredEntry, contents
from wp_pipeline.extraction.outcomes import readable_age, readable_size
from wp_pipeline.settings import DECLARED, Settings, SettingsError

SHOWN, FAILED, BAD_CONFIGURATION = 0, 1, 2
HEAD = ("endpoint", "rows", "size", "age", "completeness", "verified", "last full read", "note")
TEXTS = ("completeness", "verified")
ABSENT = "-"

log = logging.getLogger("wp_pipeline")


@click.command(short_help="Show what is stored, and from when.")
@click.option("--json", "as_json", is_flag=True, help="Print the table as JSON.")
@setting_options(*DECLARED)
def show(as_json: bool, **given: Any) -> int:
    """Show what is stored of each endpoint, and from when.

    Only the objects' metadata are read, and nothing is asked of the site. Objects below the prefix
    that no endpoint names are listed too.

    Exit status: 0, 1 AWS can't be read, 2 settings or parameters are wrong.

    \b
    Examples:
      wp-pipeline show
      wp-pipeline show --json
    """
    log_to_terminal()
    try:
        entries = contents(Settings.from_environment(**given))
    except (SettingsError, ConfigurationError) as error:
        log.error(error)
        return BAD_CONFIGURATION
    except AwsError as error:
        log.error(error)
        return FAILED
    if as_json:
        print(json.dumps([asdict(entry) for entry in entries], indent=1, ensure_ascii=False))
    else:
        print_table(HEAD, map(cells_of, entries), TEXTS)
    return SHOWN


def cells_of(entry: StoredEntry) -> tuple[str, ...]:
    if not entry.is_stored:
        return (entry.name, *[ABSENT] * 6, entry.note)
    return (
        entry.name,
        ABSENT if entry.rows is None else f"{entry.rows:,}",
        ABSENT if entry.size is None else readable_size(entry.size),
        age_of(entry.extracted_at),
        entry.completeness or ABSENT,
        entry.verified or ABSENT,
        age_of(entry.last_full_read),
        entry.note,
    )


def age_of(time: str | None) -> str:
    if time is None:
        return ABSENT
    return readable_age((datetime.now(timezone.utc) - datetime.fromisoformat(time)).total_seconds())
