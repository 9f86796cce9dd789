"""A site that says what was made up, next to a good one and a stranger, and a bucket."""

import os
import socket
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from hypothesis import HealthCheck, settings

from sample_site.server import SampleSiteServer
from wp_pipeline.aws.lake import Lake
from wp_pipeline.extraction.extract import extract
from wp_pipeline.extraction.outcomes import Outcome, Refused, Stored
from wp_pipeline.observer import Observer
from wp_pipeline.settings import Settings
from wp_pipeline.wordpress.endpoints import parse_endpoint
from wp_pipeline.wordpress.http.client import HttpClient
from wp_pipeline.wordpress.http.retries import RetryingClient
from wp_pipeline.wordpress.site.site import SiteOptions
from wp_pipeline_tests.fakes.aws import BUCKET, FakeAws
from wp_pipeline_tests.fakes.raw_server import RawServer
from wp_pipeline_tests.fuzzing.answers import KEEP, RESET, Answer
from wp_pipeline_tests.fuzzing.bodies import MARK
from wp_pipeline_tests.support.captured_output import assert_is_a_reason, capturing, within

MARGIN = 4.0  # seconds for all that is around an endpoint, on a machine that has other work too
SETTINGS = Settings(deadline=3.0, timeout=0.3, longest_wait=0.2, largest_body=8 << 20)
SINGLE = f"/wp-json/mo/v1/other_{MARK}"
FORMER = (b"former", {"sha256": "former"})
HANG_UP_AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: sends a reset.

# The servers stay for all examples; what they hold is set anew for each.
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))


def fuzzing(examples: int) -> settings:
    """Try so many examples, the same each time; with FUZZ_EXAMPLES so many others, by chance.

    What chance finds is put among what is known, and mended; it should not stop another change.
    """
    return settings(
        max_examples=EXAMPLES or examples,
        derandomize=not EXAMPLES,
        deadline=None,
        print_blob=bool(EXAMPLES),
        suppress_health_check=list(HealthCheck),
    )


Answers = Callable[[bytes, int], Answer]


class MadeUpServer(RawServer):
    """Says made-up answers; `answers` tells which, by the head of a request and its number.

    `given` are those that were said. A connection may be kept, and an answer may have no end.
    """

    def __init__(self, stranger: str) -> None:
        self.given: list[Answer] = []
        self._answers: Answers
        self._stranger = stranger
        self._open: set[socket.socket] = set()
        super().__init__()

    def say(self, answers: Answers) -> None:
        """Begin anew, on new connections."""
        self.hang_up()
        self.heads.clear()
        self.given.clear()
        self._answers = answers

    def hang_up(self) -> None:
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def stop(self) -> None:
        self.hang_up()
        super().stop()

    def _converse(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            self._open.add(connection)
            connection.settimeout(5)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            ends = KEEP
            while ends == KEEP and (head := head_of_a_request(connection)):
                self.heads.append(head)
                answer = self._answers(head, len(self.heads))
                self.given.append(answer)
                self._send(connection, answer)
                ends = answer.ends
            if ends == RESET:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, HANG_UP_AT_ONCE)
        self._open.discard(connection)

    def _send(self, connection: socket.socket, answer: Answer) -> None:
        own = self.url.removeprefix("http://")
        for piece in answer.pieces_for(own, self._stranger):
            if self._stopped.is_set():
                return
            if isinstance(piece, bytes):
                connection.sendall(piece)
            else:
                self._stopped.wait(piece)


def head_of_a_request(connection: socket.socket) -> bytes:
    """Return what is asked, or nothing from a client that has hung up."""
    head = b""
    while b"\r\n\r\n" not in head:
        received = connection.recv(65536)
        if not received:
            return b""
        head += received
    return head


def one_after_another(answers: Sequence[Answer]) -> Answers:
    """The n-th request gets the n-th answer, any further one the last."""
    return lambda head, number: answers[min(number, len(answers)) - 1]


class Listener(Observer):
    """Collects the reasons for waiting."""

    def __init__(self, reasons: list[str]) -> None:
        self._reasons = reasons

    def waiting(self, endpoint: str, reason: str) -> None:
        self._reasons.append(f"{endpoint}: {reason}")


def options(concurrency: int) -> SiteOptions:
    """Return how the made-up site is read: like a real one, with short pauses."""
    return SiteOptions(
        "tests",
        concurrency=concurrency,
        timeout=SETTINGS.timeout,
        deadline=SETTINGS.deadline,
        longest_wait=SETTINGS.longest_wait,
        largest_body=SETTINGS.largest_body,
        backoff=0.001,
    )


def retrying_client(at_once: int = 4) -> RetryingClient:
    client = HttpClient("tests", SETTINGS.timeout, SETTINGS.largest_body)
    return RetryingClient(client, at_once, SETTINGS.longest_wait, backoff=0.001)


@dataclass
class FuzzedWorld:
    aws: FakeAws
    made_up: MadeUpServer
    good: SampleSiteServer
    stranger: RawServer

    def extract(self, at_once: int = 4, **routes: str) -> Mapping[str, Outcome]:
        """Extract these routes of the made-up site and the tags of the good one.

        However it ends: in time, in silence, without a stranger being asked, with the tags, and
        with a reason for each object that is not replaced.
        """
        urls = {name: f"{self.made_up.url}{route}" for name, route in routes.items()}
        urls["tags"] = f"{self.good.url}/wp-json/wp/v2/tags"
        endpoints = [parse_endpoint(f"{name}={url}") for name, url in urls.items()]
        self.prepare(routes)
        told: list[str] = []
        with capturing():
            lake = Lake(lambda: self.aws.client("s3"), BUCKET, SETTINGS.prefix)
            running = extract(endpoints, options(at_once), lake, SETTINGS, Listener(told))
            found = within(SETTINGS.deadline + MARGIN, lambda: {one.name: one for one in running})
        assert self.stranger.heads == []
        assert set(found) == set(urls)
        assert isinstance(found["tags"], Stored)
        for line in told:
            assert_is_a_reason(line, line.partition(":")[0])
        for name in routes:
            self.assert_kept_if_refused(found[name])
        return found

    def prepare(self, names: Iterable[str]) -> None:
        """Store a former object for each name, and forget who was asked."""
        self.stranger.heads.clear()
        body, metadata = FORMER
        for name in names:
            self.aws.put_object(key(name), body, Metadata=metadata)

    def stored(self, name: str) -> tuple[bytes, Mapping[str, str]]:
        """What is stored for an endpoint, and what is said of it."""
        found = self.aws.client("s3").get_object(Bucket=BUCKET, Key=key(name))
        return found["Body"].read(), found["Metadata"]

    def assert_kept_if_refused(self, outcome: Outcome) -> None:
        is_refused = isinstance(outcome, Refused)
        if is_refused:
            assert_is_a_reason(outcome.reason, outcome.name)
        else:
            shown = "".join([*outcome.columns, outcome.preview]).encode()  # As Dagster stores it.
            assert b"\0" not in shown
        assert (self.stored(outcome.name) == FORMER) == is_refused


def key(name: str) -> str:
    return f"{SETTINGS.prefix}/{name}.json"
