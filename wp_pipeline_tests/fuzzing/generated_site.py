"""A site with generated answers, beside a good site, a server of another origin, and a bucket."""

import os
import socket
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from hypothesis import HealthCheck, settings

from sample_site.server import SampleSiteServer
from wp_pipeline.aws.lake import Lake
from wp_pipeline.extraction.extract import extract, reading_options
from wp_pipeline.extraction.outcomes import Outcome, Refused, Stored
from wp_pipeline.observer import Observer
from wp_pipeline.settings import Settings
from wp_pipeline.wordpress.endpoints.endpoint import parse_endpoint
from wp_pipeline.wordpress.http.client import HttpClient
from wp_pipeline.wordpress.http.retries import RetryingClient
from wp_pipeline.wordpress.site.site import SiteOptions
from wp_pipeline_tests.fakes.aws import BUCKET, FakeAws
from wp_pipeline_tests.fakes.raw_server import RawServer
from wp_pipeline_tests.fuzzing.bodies import MARK
from wp_pipeline_tests.fuzzing.generated_answers import KEEP, RESET, Answer
from wp_pipeline_tests.support.captured_output import assert_is_a_reason, capturing, within

MARGIN = 4.0  # seconds for everything around an endpoint, also on a busy machine
SETTINGS = Settings(deadline=3.0, timeout=0.3, longest_wait=0.2, largest_body=8 << 20)
SINGLE = f"/wp-json/mo/v1/other_{MARK}"
FORMER = (b"former", {"sha256": "former"})
RESET_AT_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER: sends a reset.

# The servers are shared by all examples; their answers are set for each.
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))


def fuzzing(examples: int) -> settings:
    """Try a fixed set of examples; with FUZZ_EXAMPLES, this number of random ones.

    Random findings are fixed and added to regressions.py; they should not block other changes.
    """
    return settings(
        max_examples=EXAMPLES or examples,
        derandomize=not EXAMPLES,
        deadline=None,
        print_blob=bool(EXAMPLES),
        suppress_health_check=list(HealthCheck),
    )


Answers = Callable[[bytes, int], Answer]


class GeneratedSite(RawServer):
    """Sends generated answers; `answers` selects one by the head and the number of a request.

    `given` lists the sent answers. A connection may stay open, and an answer may be endless.
    """

    def __init__(self, other_server: str) -> None:
        self.given: list[Answer] = []
        self._answers: Answers
        self._other_server = other_server
        self._open: set[socket.socket] = set()
        super().__init__()

    def respond_with(self, answers: Answers) -> None:
        """Close all connections and start again with these answers."""
        self.close_connections()
        self.heads.clear()
        self.given.clear()
        self._answers = answers

    def close_connections(self) -> None:
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def stop(self) -> None:
        self.close_connections()
        super().stop()

    def _converse(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            self._open.add(connection)
            connection.settimeout(5)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            ends = KEEP
            while ends == KEEP and (head := request_head(connection)):
                self.heads.append(head)
                answer = self._answers(head, len(self.heads))
                self.given.append(answer)
                self._send(connection, answer)
                ends = answer.ends
            if ends == RESET:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_CLOSE)
        self._open.discard(connection)

    def _send(self, connection: socket.socket, answer: Answer) -> None:
        own = self.url.removeprefix("http://")
        for piece in answer.pieces_for(own, self._other_server):
            if self._stopped.is_set():
                return
            if isinstance(piece, bytes):
                connection.sendall(piece)
            else:
                self._stopped.wait(piece)


def request_head(connection: socket.socket) -> bytes:
    """Return the head of a request, or b"" if the client has closed the connection."""
    head = b""
    while b"\r\n\r\n" not in head:
        received = connection.recv(65536)
        if not received:
            return b""
        head += received
    return head


def one_after_another(answers: Sequence[Answer]) -> Answers:
    """Answer the n-th request with the n-th answer, further ones with the last."""
    return lambda head, number: answers[min(number, len(answers)) - 1]


class Listener(Observer):
    """Collects the reasons for waiting."""

    def __init__(self, reasons: list[str]) -> None:
        self._reasons = reasons

    def waiting(self, endpoint: str, reason: str) -> None:
        self._reasons.append(f"{endpoint}: {reason}")


def options(concurrency: int) -> SiteOptions:
    """Return options to read the generated site like a real one, with short pauses."""
    return replace(reading_options(SETTINGS), concurrency=concurrency, backoff=0.001)


def retrying_client(at_once: int = 4) -> RetryingClient:
    client = HttpClient("tests", SETTINGS.timeout, SETTINGS.largest_body)
    return RetryingClient(client, at_once, SETTINGS.longest_wait, backoff=0.001)


@dataclass
class FuzzedWorld:
    aws: FakeAws
    generated: GeneratedSite
    good: SampleSiteServer
    other_server: RawServer

    def extract(self, at_once: int = 4, **routes: str) -> Mapping[str, Outcome]:
        """Extract these routes of the generated site and the tags of the good one.

        Asserts that this ends in time, that nothing leaks, that the other server gets no request,
        that the tags are stored, and that each object that is not replaced has a reason.
        """
        urls = {name: f"{self.generated.url}{route}" for name, route in routes.items()}
        urls["tags"] = f"{self.good.url}/wp-json/wp/v2/tags"
        endpoints = [parse_endpoint(f"{name}={url}") for name, url in urls.items()]
        self.prepare(routes)
        reasons_seen: list[str] = []
        with capturing():
            lake = Lake(lambda: self.aws.client("s3"), BUCKET, SETTINGS.prefix)
            running = extract(endpoints, options(at_once), lake, SETTINGS, Listener(reasons_seen))
            found = within(SETTINGS.deadline + MARGIN, lambda: {one.name: one for one in running})
        assert self.other_server.heads == []
        assert set(found) == set(urls)
        assert isinstance(found["tags"], Stored)
        for line in reasons_seen:
            assert_is_a_reason(line, line.partition(":")[0])
        for name in routes:
            self.assert_kept_if_refused(found[name])
        return found

    def prepare(self, names: Iterable[str]) -> None:
        """Store a previous object for each name, and clear the list of requests."""
        self.other_server.heads.clear()
        body, metadata = FORMER
        for name in names:
            self.aws.put_object(key(name), body, Metadata=metadata)

    def stored(self, name: str) -> tuple[bytes, Mapping[str, str]]:
        """Return the stored object of an endpoint and its metadata."""
        found = self.aws.client("s3").get_object(Bucket=BUCKET, Key=key(name))
        return found["Body"].read(), found["Metadata"]

    def assert_kept_if_refused(self, outcome: Outcome) -> None:
        is_refused = isinstance(outcome, Refused)
        if is_refused:
            assert_is_a_reason(outcome.reason, outcome.name)
        else:
            shown = "".join(
                [*outcome.columns, outcome.preview]
            ).encode()  # In the encoding in which Dagster stores it.
            assert b"\0" not in shown
        assert (self.stored(outcome.name) == FORMER) == is_refused


def key(name: str) -> str:
    return f"{SETTINGS.prefix}/{name}.json"
