"""Servers with the faults of the table, each at a URL whose random part is a secret."""

import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Literal

from sample_site.server import SampleSiteServer
from sample_site.site import SampleSite
from wp_pipeline.settings import Settings
from wp_pipeline_tests.fakes.aws import DEAD_END
from wp_pipeline_tests.fakes.in_process_site import Answers
from wp_pipeline_tests.fakes.raw_server import RawServer, Reply, http_answer

MARK = "q7hzv3nk"  # The random part of each URL.
RAW = f"/wp-json/mo/v1/rows_{MARK}"
ROWS = b'[{"ID":"1"},{"ID":"2"}]'
GOOD = http_answer(ROWS, Content_Type="application/json")

PATIENT = Settings(largest_body=1 << 20)
HASTY = Settings(largest_body=1 << 20, timeout=0.2)
BUSY_DAY = Settings(largest_body=1 << 20, deadline=2.0)

Serve = Callable[[ExitStack], str]


@dataclass(frozen=True)
class Fault:
    """A behaviour of a site, its outcome, and the message for it.

    `message` follows the endpoint's name in the reason; `stored` is what the lake holds of what was
    published. `serve` gives the URL; `heals` that of a site that does it only once.
    """

    name: str
    what: str
    outcome: Literal["published", "retried", "refused"]
    serve: Serve
    message: str = ""
    stored: bytes = b""
    heals: Serve | None = None
    settings: Settings = PATIENT


def raw(*replies: Reply | Callable[[str], Reply], context: ssl.SSLContext | None = None) -> Serve:
    """Serve a plugin's route with these replies; the last one is repeated.

    A reply may depend on the server's host and port.
    """

    def serve(stack: ExitStack) -> str:
        server = RawServer(context=context)
        stack.callback(server.stop)
        host = server.url.partition("//")[2]
        server.replies = [reply(host) if callable(reply) else reply for reply in replies]
        return server.url + RAW

    return serve


def collection(count: int, misbehave: Callable[[SampleSite], Answers]) -> Serve:
    """Serve a number of posts with a fault."""

    def serve(stack: ExitStack) -> str:
        server = stack.enter_context(SampleSiteServer(SampleSite({"posts": count}, volatile=False)))
        server.answers = misbehave(server.site)
        return f"{server.url}/wp-json/wp/v2/posts?lang={MARK}"

    return serve


def nowhere(host: str = DEAD_END) -> Serve:
    return lambda stack: host + RAW


def refused(name: str, what: str, reply: Reply | Serve, message: str) -> Fault:
    return Fault(name, what, "refused", reply if callable(reply) else raw(reply), message)


def retried(name: str, what: str, reply: Reply | Serve, message: str) -> Fault:
    if callable(reply):
        return Fault(name, what, "retried", reply, message)
    return Fault(name, what, "retried", raw(reply), message, heals=raw(reply, GOOD))


def published(name: str, what: str, reply: Reply | Serve, stored: bytes = b"") -> Fault:
    return Fault(name, what, "published", reply if callable(reply) else raw(reply), stored=stored)


def within(settings: Settings, fault: Fault) -> Fault:
    """Return the fault with settings of its own."""
    return replace(fault, settings=settings)


@contextmanager
def misbehaving(faults: Sequence[Fault]) -> Iterator[Mapping[str, str]]:
    """Serve the faults while the context is open; yield their URLs by name."""
    with ExitStack() as stack:
        yield {fault.name: fault.serve(stack) for fault in faults}
