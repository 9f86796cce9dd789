"""`wp-pipeline doctor`: checks what a run needs, and says what to do about each fault."""

import json
import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import click

from wp_pipeline.commands.options import setting_options
from wp_pipeline.commands.terminal import log_to_terminal, print_state
from wp_pipeline.extraction.doctor.examination import Examination
from wp_pipeline.extraction.doctor.finding import LOOK_AT, MEND, OK, Finding, mend
from wp_pipeline.extraction.doctor.registry import examine
from wp_pipeline.observer import LoggingObserver
from wp_pipeline.settings import DECLARED, Settings, SettingsError, environment_name

WELL, FAULTY, BAD_SETTINGS = 0, 1, 2

log = logging.getLogger("wp_pipeline")


@click.command(short_help="Check everything that a run needs, and say what to do.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@setting_options(*DECLARED)
def doctor(as_json: bool, **given: Any) -> int:
    """Check everything that a run needs, and say what to do about each fault.

    Nothing is stored, and nothing is changed. A line is `ok`, `look at` (a run works, but somebody
    should look at it) or `mend` (a run fails, or would not run at all).

    Exit status: 0 nothing to mend, 1 something to mend, 2 settings are not valid.

    \b
    Examples:
      wp-pipeline doctor
      wp-pipeline doctor --site magazine --json
    """
    log_to_terminal()
    findings = list(shown(found(given), as_json))
    if as_json:
        print(
            json.dumps([finding.as_record() for finding in findings], indent=1, ensure_ascii=False)
        )
    else:
        print(summary(findings))
    if any(finding.check == "settings" and finding.state == MEND for finding in findings):
        return BAD_SETTINGS
    return FAULTY if any(finding.state == MEND for finding in findings) else WELL


def found(given: dict[str, Any]) -> Iterator[Finding]:
    """Yield what is wrong with the settings, or else what all checks find."""
    try:
        settings = Settings.from_environment(**given)
    except SettingsError as error:
        for fault in error.faults:
            command = f"export {environment_name(fault.setting)}=…"
            yield mend("settings", fault.found, "correct it", command)
        return
    yield from examine(Examination(settings, given, observer=LoggingObserver(log)))


def shown(findings: Iterable[Finding], as_json: bool) -> Iterator[Finding]:
    """Print each finding as soon as it is there, unless all are printed as JSON."""
    for finding in findings:
        if not as_json:
            print_state(finding.state, finding.check, finding.text, finding.command)
        yield finding


def summary(findings: Iterable[Finding]) -> str:
    counts = Counter(finding.state for finding in findings)
    if not counts[MEND] and not counts[LOOK_AT]:
        return f"all well: {counts[OK]} ok"
    return f"{counts[MEND]} to mend, {counts[LOOK_AT]} to look at, {counts[OK]} ok"
