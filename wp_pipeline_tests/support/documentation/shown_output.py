"""Compares the output that a page shows with that of the command.

A line `…` stands for any number of lines, and `…` within a line for any text. What differs from run
to run, such as times and sizes, is not compared.
"""

import re
from collections.abc import Sequence

ANYTHING = "…"
# What differs from run to run: a pattern, and what is compared in its place.
DIFFERENT = (
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"), "TIME"),
    (re.compile(r"\d+(\.\d+)? (B|kB|MB)\b"), "SIZE"),
    (re.compile(r"\b\d+\.\d\d\b"), "SECONDS"),
    (re.compile(r"\b(now|\d+ (second|minute|hour|day)s?)(?=\s|$)"), "AGE"),
    (re.compile(r"\s+"), " "),
)


def comparable(line: str) -> str:
    for pattern, name in DIFFERENT:
        line = pattern.sub(name, line)
    return line.strip()


def agrees(shown: Sequence[str], real: str) -> bool:
    """Whether what a page shows is what a command printed."""
    lines = [line for line in map(comparable, real.splitlines()) if line]
    text = "".join(f"{line}\n" for line in lines)
    return re.fullmatch("".join(map(pattern_of, filter(str.strip, shown))), text) is not None


def pattern_of(line: str) -> str:
    """Return a regular expression for a line that a page shows."""
    if line.strip() == ANYTHING:
        return r"(?:.*\n)*?"
    return ".*".join(map(re.escape, comparable(line).split(ANYTHING))) + r"\n"
