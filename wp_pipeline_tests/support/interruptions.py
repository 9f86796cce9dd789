"""Interrupts extractions: holds them at a request, kills their processes, fills their disk."""

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

LONG_ENOUGH = 30.0  # seconds; after this time it will not happen any more
EXTRACT = ("wp_pipeline.commands", "extract")
SINGLE = "mo/v1/other_7"  # A plugin's route that the sample site does not have.


class Gate:
    """Blocks the first thread that enters until the gate is opened; other threads pass."""

    def __init__(self) -> None:
        self._first = Lock()
        self._reached = Event()
        self._opened = Event()

    def __enter__(self) -> "Gate":
        return self

    def __exit__(self, *exception: object) -> None:
        self.open()

    def enter(self) -> None:
        if self._first.acquire(blocking=False):
            self._reached.set()
            self._opened.wait(LONG_ENOUGH)

    def wait_until_entered(self) -> None:
        assert self._reached.wait(LONG_ENOUGH), "no thread entered the gate"

    def open(self) -> None:
        self._opened.set()


def hold_answer(world: World, gate: Gate, asked: Callable[[Request], bool]) -> None:
    """Hold the first answer to such a request. Its content is already computed."""
    others = world.server.answers

    def answers(request: Request) -> Answer:
        answer = others(request)
        if asked(request):
            gate.enter()
        return answer

    world.server.answers = answers


def hold_upload(world: World, gate: Gate, name: str) -> None:
    """Hold the first upload of an endpoint when S3 has received half of it."""

    def midway(operation: str) -> None:
        if operation == put_of(name):
            gate.enter()

    world.aws.midway = midway


def put_of(name: str) -> str:
    """Return the name of an endpoint's upload in `FakeAws.operations`."""
    return f"PUT /{BUCKET}/wordpress-api/{name}.json"


def outcomes(**settings: object) -> Mapping[str, Outcome]:
    """Run one extraction, and return the outcome of each endpoint."""
    return {outcome.name: outcome for outcome in run(Settings.from_environment(**settings))}


@contextmanager
def process(*module: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a module as a process that ends with the context."""
    with subprocess.Popen([sys.executable, "-m", *module]) as started:
        try:
            yield started
        finally:
            started.kill()


def accept_sigint() -> None:
    """For a new process: a shell that runs the tests in the background makes them ignore SIGINT."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def kill(victim: subprocess.Popen[bytes]) -> None:
    """Kill a process with SIGKILL, so that none of its code runs any more."""
    assert victim.poll() is None
    victim.kill()
    assert victim.wait(LONG_ENOUGH) == -signal.SIGKILL


def rows(count: int, mark: str = "") -> bytes:
    """Return rows like a plugin's, about a kilobyte each."""
    text = "The tide comes in. " * 50
    return b"[%b]" % b",\n".join(
        b'{"id": %d, "mark": "%b", "text": "%b"}' % (number, mark.encode(), text.encode())
        for number in range(count)
    )


def on_a_full_device(buffering: int = -1) -> IO[bytes]:
    """Open a file that has no space; with a buffer, the error comes when it is flushed."""
    return Path("/dev/full").open("w+b", buffering)


def ignore_sigint() -> None:
    """Run in a child: a shell's background job ignores SIGINT, and its children inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
