"""What may befall an extraction: it is held up somewhere, and killed there, or overtaken."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Lock
from typing import IO

from sample_site.messages import Answer, Request
from wp_pipeline.extraction.outcomes import Outcome
from wp_pipeline.extraction.run import run
from wp_pipeline.settings import Settings
from wp_pipeline_tests.fakes.aws import BUCKET
from wp_pipeline_tests.fakes.world import World

LONG_ENOUGH = 30.0  # seconds, to know that something never happens
EXTRACT = ("wp_pipeline.commands", "extract")
SINGLE = "mo/v1/other_7"  # A plugin's route, which the sample site does not have.


class Gate:
    """Holds the first who comes by, until it is opened; all others pass."""

    def __init__(self) -> None:
        self._first = Lock()
        self._reached = Event()
        self._opened = Event()

    def __enter__(self) -> "Gate":
        return self

    def __exit__(self, *exception: object) -> None:
        self.open()

    def pass_by(self) -> None:
        if self._first.acquire(blocking=False):
            self._reached.set()
            self._opened.wait(LONG_ENOUGH)

    def wait_for_somebody(self) -> None:
        assert self._reached.wait(LONG_ENOUGH), "nobody came by"

    def open(self) -> None:
        self._opened.set()


def hold_answer(world: World, gate: Gate, asked: Callable[[Request], bool]) -> None:
    """Hold the first answer to such a request; what it says is settled by then."""
    others = world.server.answers

    def answers(request: Request) -> Answer:
        answer = others(request)
        if asked(request):
            gate.pass_by()
        return answer

    world.server.answers = answers


def hold_upload(world: World, gate: Gate, name: str) -> None:
    """Hold the first upload of an endpoint when S3 has half of it."""

    def midway(operation: str) -> None:
        if operation == put_of(name):
            gate.pass_by()

    world.aws.midway = midway


def put_of(name: str) -> str:
    """What FakeAws calls the upload of an endpoint."""
    return f"PUT /{BUCKET}/wordpress-api/{name}.json"


def outcomes(**settings: object) -> Mapping[str, Outcome]:
    """Run one whole extraction, and tell how each endpoint ended."""
    return {outcome.name: outcome for outcome in run(Settings.from_environment(**settings))}


@contextmanager
def process(*module: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a module as a process of its own, which does not outlive the context."""
    with subprocess.Popen([sys.executable, "-m", *module]) as started:
        try:
            yield started
        finally:
            started.kill()


def kill(victim: subprocess.Popen[bytes]) -> None:
    """kill -9: no code of ours runs any more."""
    assert victim.poll() is None
    victim.kill()
    assert victim.wait(LONG_ENOUGH) == -signal.SIGKILL


def rows(count: int, mark: str = "") -> bytes:
    """Rows as a plugin sends them, about a kilobyte each."""
    text = "The tide comes in. " * 50
    return b"[%b]" % b",\n".join(
        b'{"id": %d, "mark": "%b", "text": "%b"}' % (number, mark.encode(), text.encode())
        for number in range(count)
    )


def on_a_full_device(buffering: int = -1) -> IO[bytes]:
    """Open a file to which the kernel says that there is no space: when it is flushed, at last."""
    return Path("/dev/full").open("w+b", buffering)
