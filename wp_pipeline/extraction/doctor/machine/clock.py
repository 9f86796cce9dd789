"""Whether this machine's clock agrees with that of AWS and of the site.

AWS refuses requests that are more than 15 minutes off:
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
"""

from collections.abc import Iterator

from wp_pipeline.extraction.doctor.check import Check
from wp_pipeline.extraction.doctor.examination import Examination
from wp_pipeline.extraction.doctor.finding import LOOK_AT, MEND, Finding, ok

NOTICEABLE, TOO_MUCH = 30.0, 300.0  # seconds
AWS, SITE = "AWS", "the site"  # The keys of Examination.clocks.
OWN = "set this machine's clock"
COMMAND = "timedatectl set-ntp true"


def run(examination: Examination) -> Iterator[Finding]:
    clocks = examination.clocks
    off = {whose: seconds for whose, seconds in clocks.items() if abs(seconds) > NOTICEABLE}
    if not clocks:
        yield ok("clock", "not compared: neither AWS nor the site told the time")
        return
    if not off:
        worst = max(abs(seconds) for seconds in clocks.values())
        yield ok("clock", f"agrees with that of {' and of '.join(clocks)} within {worst + 1:.0f} s")
    for whose, seconds in off.items():
        direction = "ahead of" if seconds > 0 else "behind"
        is_ours = whose == AWS or AWS not in clocks
        yield Finding(
            "clock",
            MEND if is_ours and abs(seconds) > TOO_MUCH else LOOK_AT,
            f"{abs(seconds):,.0f} s {direction} that of {whose}",
            OWN if is_ours else "set the clock of the site's server",
            COMMAND if is_ours else "",
        )


CHECK = Check("clock", 60, run)
