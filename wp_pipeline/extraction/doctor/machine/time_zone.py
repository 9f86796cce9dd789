"""Whether the time zone of the schedule exists. If not, the code location does not load."""

from collections.abc import Iterator
from difflib import get_close_matches
from zoneinfo import available_timezones

from wp_pipeline.extraction.doctor.check import Check
from wp_pipeline.extraction.doctor.examination import Examination
from wp_pipeline.extraction.doctor.finding import Finding, mend, ok


def run(examination: Examination) -> Iterator[Finding]:
    zone, known = examination.settings.timezone, available_timezones()
    if not known or zone in known:
        yield ok("time zone", f"{zone}, for the daily schedule")
        return
    close = get_close_matches(zone, sorted(known), 1)
    name = close[0] if close else "Europe/London"
    cure = f"did you mean {name}?" if close else "set one of the IANA's names"
    command = f"export WP_PIPELINE_TIMEZONE={name}"
    yield mend("time zone", "WP_PIPELINE_TIMEZONE is no time zone", cure, command)


CHECK = Check("time zone", 11, run)
