"""Runs commands in this process, as a shell would: status, log, output."""

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from wp_pipeline.commands.__main__ import main

LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \[(INFO|WARNING|ERROR)\]: (.*)")


@dataclass(frozen=True)
class Ended:
    """How a command ended: its status, its log as (level, message), its output and all text."""

    status: int
    log: list[tuple[str, str]]
    out: str
    everything: str

    @property
    def errors(self) -> list[str]:
        return [message for level, message in self.log if level == "ERROR"]

    @property
    def table(self) -> dict[str, list[str]]:
        """The lines of the output, split at two spaces, by their first cell."""
        lines = (re.split(r"  +", line.strip()) for line in self.out.splitlines() if line.strip())
        return {cells[0]: cells[1:] for cells in lines}


Run = Callable[..., Ended]


@pytest.fixture
def our_log() -> Iterator[logging.Logger]:
    """Restores the log, since the commands configure it for their whole process."""
    log = logging.getLogger("wp_pipeline")
    before = log.handlers, log.level, log.propagate
    yield log
    log.handlers, log.level, log.propagate = before


@pytest.fixture
def command(our_log, capsys) -> Run:
    """Runs a command; every line of its standard error must be a line of its log."""

    def running(*arguments: str) -> Ended:
        status = main(list(arguments))
        shown = capsys.readouterr()
        lines = [LINE.fullmatch(line) for line in shown.err.splitlines()]
        assert all(lines), shown.err
        log = [(line[1], line[2]) for line in lines if line]
        return Ended(status, log, shown.out, shown.out + shown.err)

    return running
