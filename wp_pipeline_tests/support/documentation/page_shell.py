"""Runs the commands of a page, with a fake AWS and sites in the place of the user's."""

import io
import logging
import os
import re
import shlex
import subprocess
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from wp_pipeline.commands.__main__ import main
from wp_pipeline_tests.fakes.aws import FakeAws
from wp_pipeline_tests.support.cures import carry_out

OURS = re.compile(r"(\.venv/bin/)?wp-pipeline ")
PIPED = re.compile(r"echo (?P<text>\S+|\"[^\"]*\"|'[^']*') \| (?P<command>.*)")
LAST_STATUS = "echo $?"
IN_PROCESS = ("aws ", "export ")
MAKE = re.compile("make ")
INSTALLED = "make -o .venv/.installed -o .venv/.sandbox "  # What it would install is installed.
SECONDS = 120


def is_in_process(command: str) -> bool:
    """Whether a command takes no process of its own."""
    piped = PIPED.fullmatch(command)
    command = piped["command"] if piped else command
    return command == LAST_STATUS or bool(OURS.match(command)) or command.startswith(IN_PROCESS)


class Person(io.StringIO):
    """A standard input at which a person agrees; the screen shows the answer."""

    def __init__(self, screen: io.StringIO) -> None:
        super().__init__("y\n")
        self._screen = screen

    def isatty(self) -> bool:
        return True

    def readline(self, size: int | None = -1, /) -> str:
        answer = super().readline(-1 if size is None else size)
        self._screen.write(answer)
        return answer


class Shell:
    """Runs `wp-pipeline` in this process, `aws` against the fake AWS, all else as processes.

    `instead` maps what stands for the user's own in a command to what is used; the output is mapped
    back. `typed` is what a person answers where a login is asked for. `status` is the exit status
    of the last command.
    """

    def __init__(self, aws: FakeAws, environment: pytest.MonkeyPatch, folder: Path) -> None:
        self.status = 0
        self.typed = ""
        self.instead: dict[str, str] = {}
        self._aws = aws
        self._environment = environment
        self.change_to(folder)

    def change_to(self, folder: Path) -> None:
        """Run commands in this folder from now on."""
        self._folder = folder
        self._environment.chdir(folder)

    def run(self, command: str) -> str:
        """Run a command and return what it prints, on both streams."""
        if command == LAST_STATUS:
            return f"{self.status}\n"
        printed = self._run(self._real(command))
        for placeholder, value in self.instead.items():
            printed = printed.replace(value, placeholder)
        return printed

    def _real(self, command: str) -> str:
        for placeholder, value in self.instead.items():
            command = command.replace(placeholder, value)
        return command

    def _run(self, command: str) -> str:
        piped = PIPED.fullmatch(command)
        text = os.path.expandvars(shlex.split(piped["text"])[0]) if piped else None
        command = piped["command"] if piped else command
        if OURS.match(command):
            return self._ours(shlex.split(os.path.expandvars(OURS.sub("", command))), text)
        if command.startswith(IN_PROCESS):
            here = {"file://endpoints": f"file://{self._folder}/endpoints"}
            carry_out(os.path.expandvars(command), self._aws, self._environment, here)
            self.status = 0
            return ""
        return self._process(command, text)

    def _ours(self, arguments: list[str], text: str | None) -> str:
        screen = io.StringIO()
        log = logging.getLogger("wp_pipeline")
        before = log.handlers, log.level, log.propagate
        if text is None and arguments[0] == "login":
            text = self.typed
        typed = Person(screen) if text is None else io.StringIO(f"{text}\n")
        with self._environment.context() as patch, redirect_stdout(screen), redirect_stderr(screen):
            patch.setattr("sys.stdin", typed)
            self.status = main(arguments)
        log.handlers, log.level, log.propagate = before
        return screen.getvalue()

    def _process(self, command: str, text: str | None) -> str:
        done = subprocess.run(
            ["/bin/sh", "-c", MAKE.sub(INSTALLED, command)],
            cwd=self._folder, env={**os.environ, "PYTHONPATH": str(self._folder)}, text=True,
            input=text or "", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=SECONDS,
            check=False,
        )  # fmt: skip
        self.status = done.returncode
        return done.stdout
