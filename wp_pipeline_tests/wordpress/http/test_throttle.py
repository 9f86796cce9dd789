"""Retries, Retry-After, and the limit on concurrent requests."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from itertools import pairwise

import pytest

from sample_site.messages import Answer
from wp_pipeline.wordpress.endpoints.address import Address
from wp_pipeline.wordpress.errors import (
    Cancelled,
    DeadlineExceeded,
    SiteError,
    SiteUnavailable,
)
from wp_pipeline.wordpress.http.cancellation import Cancellation
from wp_pipeline.wordpress.http.retries import RetryingClient, parse_retry_after
from wp_pipeline_tests.fakes.in_process_site import URL, InProcessSite, always, one_after_another
from wp_pipeline_tests.fakes.raw_server import http_answer

GOOD = Answer(200, {}, b"[]")


def unavailable(status: int = 503, retry_after: str | None = None) -> Answer:
    return Answer(status, {"Retry-After": retry_after} if retry_after is not None else {}, b"")


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504, 520, 522, 524])
def test_a_temporary_failure_is_retried(deadline, status):
    site = InProcessSite(one_after_another(unavailable(status), unavailable(status), GOOD))
    answer = site.retrying_client().get(Address(f"{URL}/x"), deadline)

    assert bytes(answer.body) == b"[]"
    assert site.requests == ["/x"] * 3


def test_a_broken_connection_is_retried(start, deadline, client):
    server = start(http_answer(length=10), b"", http_answer(b"[]"))
    answer = RetryingClient(client, 4, 120.0, 0.001).get(Address(server.url), deadline)

    assert bytes(answer.body) == b"[]"


@pytest.mark.parametrize("status", [202, 304, 400, 401, 403, 404, 410])
def test_a_permanent_failure_is_not_retried(deadline, status):
    site = InProcessSite(always(status))

    with pytest.raises(SiteError, match=f"HTTP {status}"):
        site.retrying_client().get(Address(f"{URL}/x"), deadline)

    assert len(site.requests) == 1


def test_after_five_tries_the_last_failure_is_raised(deadline):
    site = InProcessSite(one_after_another(*[unavailable(500)] * 4, unavailable(502), GOOD))

    with pytest.raises(SiteUnavailable, match="HTTP 502"):
        site.retrying_client().get(Address(f"{URL}/x"), deadline)

    assert len(site.requests) == 5


def test_a_caller_may_allow_fewer_tries(deadline):
    site = InProcessSite(always(500))

    with pytest.raises(SiteUnavailable):
        site.retrying_client().get(Address(f"{URL}/x"), deadline, tries=2)

    assert len(site.requests) == 2


def test_the_backoff_doubles_with_each_retry(deadline):
    site, times = InProcessSite(), []
    site.adapter.answers = lambda request: times.append(time.monotonic()) or unavailable(500)

    with pytest.raises(SiteUnavailable):
        RetryingClient(site.client(), 4, 120.0, 0.02).get(Address(f"{URL}/x"), deadline)

    pauses = [later - earlier for earlier, later in pairwise(times)]
    for number, pause in enumerate(pauses):
        assert pause >= 0.01 * 2**number


def in_seconds(seconds: float) -> str:
    return format_datetime(datetime.now(timezone.utc) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize("retry_after", [lambda: "1", lambda: in_seconds(2)], ids=["s", "date"])
@pytest.mark.parametrize("status", [429, 503])
def test_no_thread_sends_a_request_before_retry_after_has_passed(deadline, retry_after, status):
    site, times = InProcessSite(), []
    answers = one_after_another(unavailable(status, retry_after()), GOOD)
    site.adapter.answers = lambda request: times.append(time.monotonic()) or answers(request)
    client = site.retrying_client()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(client.get, Address(f"{URL}/x"), deadline)
        while not times:
            time.sleep(0.005)
        time.sleep(0.05)  # The first request has its answer, and waits.
        pool.submit(client.get, Address(f"{URL}/y"), deadline).result()
        first.result()

    assert len(times) == 3
    assert all(0.95 <= later - times[0] < 3 for later in times[1:])


@pytest.mark.parametrize("retry_after", ["121", "86400", "99999999999999999999"])
def test_a_retry_after_beyond_the_longest_wait_is_refused_at_once_with_the_time(
    deadline, retry_after
):
    site, began = InProcessSite(one_after_another(unavailable(429, retry_after), GOOD)), time.time()

    with pytest.raises(SiteUnavailable, match="HTTP 429") as refusal:
        site.retrying_client(longest_wait=120).get(Address(f"{URL}/x"), deadline)

    assert len(site.requests) == 1
    assert time.time() - began < 1
    assert "120 s" in str(refusal.value)


IN_MAINTENANCE = unavailable(503, "600")


def test_a_short_maintenance_is_waited_for(deadline):
    site = InProcessSite(one_after_another(IN_MAINTENANCE, GOOD))
    site.retrying_client().get(Address(f"{URL}/x"), deadline)

    assert len(site.requests) == 2


def test_a_maintenance_that_begins_between_two_tries_is_waited_for(deadline):
    site = InProcessSite(one_after_another(unavailable(502, "0"), IN_MAINTENANCE, GOOD))
    site.retrying_client().get(Address(f"{URL}/x"), deadline)

    assert len(site.requests) == 3


def test_a_long_maintenance_is_refused_after_the_second_try_with_the_time(deadline):
    site = InProcessSite(lambda request: IN_MAINTENANCE)

    with pytest.raises(SiteUnavailable, match=r"HTTP 503: the site asks to wait until .* UTC"):
        site.retrying_client().get(Address(f"{URL}/x"), deadline)

    assert len(site.requests) == 2


def test_all_requests_wait_for_a_maintenance_together_and_once():
    site = InProcessSite(lambda request: IN_MAINTENANCE)
    client = RetryingClient(site.client(), 4, 120.0, 0.001, None, maintenance_wait=0.2)
    began = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        futures = [pool.submit(client.get, Address(f"{URL}/x"), Cancellation(20)) for _ in range(8)]
    assert all(isinstance(future.exception(), SiteUnavailable) for future in futures)
    assert time.monotonic() - began < 1


def test_each_maintenance_is_waited_for(deadline):
    answers = one_after_another(IN_MAINTENANCE, GOOD, IN_MAINTENANCE, GOOD)
    site = InProcessSite(answers)
    client = site.retrying_client()
    for _ in range(2):
        client.get(Address(f"{URL}/x"), deadline)

    assert len(site.requests) == 4


def test_a_maintenance_is_not_waited_for_past_the_deadline():
    site, began = InProcessSite(lambda request: IN_MAINTENANCE), time.monotonic()
    client = RetryingClient(site.client(), 4, 120.0, 0.001)

    with pytest.raises(SiteUnavailable, match="asks to wait until"):
        client.get(Address(f"{URL}/x"), Cancellation(5))

    assert len(site.requests) == 1
    assert time.monotonic() - began < 1


def test_the_time_in_the_message_is_utc(deadline):
    site = InProcessSite(always(503, headers={"Retry-After": in_seconds(7200)}))

    with pytest.raises(SiteUnavailable) as refusal:
        site.retrying_client().get(Address(f"{URL}/x"), deadline)

    back = datetime.now(timezone.utc) + timedelta(seconds=7200)
    assert any(
        f"{back + timedelta(seconds=off):%Y-%m-%d %H:%M:%S} UTC" in str(refusal.value)
        for off in (-2, -1, 0, 1)
    )


@pytest.mark.parametrize(
    "retry_after",
    ["", "soon", "-1", "1.5", "\xb2", "Mon, 32 Foo 2026", "Mon, 01 Jan 2024 00:00:00 +" + "9" * 30],
)
def test_an_invalid_retry_after_is_ignored(deadline, retry_after):
    site = InProcessSite(one_after_another(unavailable(503, retry_after), GOOD))
    site.retrying_client().get(Address(f"{URL}/x"), deadline)

    assert len(site.requests) == 2


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0),
        (" 17 ", 17),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 0),
        ("Sun Nov  6 08:49:37 1994", 0),
        (None, 0),
        ("", 0),
        ("soon", 0),
    ],
)
def test_retry_after_is_read_in_every_form_that_http_allows(header, seconds):
    assert parse_retry_after(header) == seconds


def test_a_future_date_becomes_seconds():
    assert 58 <= parse_retry_after(in_seconds(60)) <= 60


def test_no_retry_waits_past_the_deadline():
    site, began = InProcessSite(always(503, headers={"Retry-After": "5"})), time.monotonic()

    with pytest.raises(SiteUnavailable, match="HTTP 503"):
        site.retrying_client().get(Address(f"{URL}/x"), Cancellation(0.5))

    assert len(site.requests) == 1
    assert time.monotonic() - began < 0.5


class ConcurrentClients:
    """Sends requests from eight threads, and records the concurrency at each."""

    def __init__(self, client_of: Callable[[InProcessSite], RetryingClient]) -> None:
        self.site = InProcessSite(self._answer)
        self.client = client_of(self.site)
        self.seen: list[int] = []
        self._under_way = 0
        self._lock = threading.Lock()

    def ask(self, times: int) -> list[int]:
        self.seen.clear()
        with ThreadPoolExecutor(8) as pool:
            futures = [
                pool.submit(self.client.get, Address(f"{URL}/x"), Cancellation(20))
                for _ in range(times)
            ]
        for future in futures:
            future.result()
        return self.seen

    def fail(self, status: int) -> None:
        self.site.adapter.answers = always(status)
        with pytest.raises(SiteUnavailable):
            self.client.get(Address(f"{URL}/x"), Cancellation(20), tries=1)
        self.site.adapter.answers = self._answer

    def be_slow(self, seconds: float) -> None:
        self.site.adapter.answers = lambda request: time.sleep(seconds) or GOOD
        self.client.get(Address(f"{URL}/x"), Cancellation(20))
        self.site.adapter.answers = self._answer

    def _answer(self, request) -> Answer:
        with self._lock:
            self._under_way += 1
            self.seen.append(self._under_way)
        time.sleep(0.01)
        with self._lock:
            self._under_way -= 1
        return GOOD


@pytest.fixture
def clients():
    return ConcurrentClients(lambda site: site.retrying_client(at_once=4))


def test_the_concurrency_limit_is_never_exceeded(clients):
    assert max(clients.ask(40)) == 4


@pytest.mark.parametrize("status", [429, 503])
def test_an_overloaded_site_halves_the_limit_for_all_threads(clients, status):
    clients.fail(status)

    assert max(clients.ask(19)) == 2


def test_a_site_that_stays_overloaded_gets_one_request_at_a_time(clients):
    for _ in range(4):
        clients.fail(503)

    assert max(clients.ask(15)) == 1


@pytest.mark.parametrize("status", [408, 500, 502])
def test_other_failures_do_not_lower_the_limit(clients, status):
    clients.fail(status)

    assert max(clients.ask(19)) == 4


def test_the_limit_recovers_step_by_step(clients):
    clients.fail(503)
    seen = clients.ask(80)

    assert max(seen[:20]) == 2
    assert max(seen[:38]) == 3
    assert max(seen) == 4


def test_a_slow_answer_lowers_the_limit(clients):
    clients.ask(8)
    clients.be_slow(1.05)

    assert max(clients.ask(19)) == 3


def test_no_thread_waits_for_the_limit_past_its_deadline():
    site, busy = InProcessSite(), threading.Event()
    site.adapter.answers = lambda request: busy.set() or time.sleep(0.5) or GOOD
    client = site.retrying_client(at_once=1)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(client.get, Address(f"{URL}/x"), Cancellation(5))
        busy.wait(5)
        began = time.monotonic()
        with pytest.raises(DeadlineExceeded):
            client.get(Address(f"{URL}/y"), Cancellation(0.1))
        assert time.monotonic() - began < 0.4
        first.result()

    assert site.requests == ["/x"]


def test_a_cancellation_ends_every_wait():
    site = InProcessSite(always(503, headers={"Retry-After": "4"}))
    client, deadline = site.retrying_client(), Cancellation(20)
    with ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(client.get, Address(f"{URL}/x"), deadline)]
        while not site.requests:
            time.sleep(0.005)
        time.sleep(0.05)  # The first request has its answer, and waits.
        waiting += [pool.submit(client.get, Address(f"{URL}/y"), deadline) for _ in range(2)]
        time.sleep(0.05)
        began = time.monotonic()
        deadline.cancel()
        for future in waiting:
            with pytest.raises(Cancelled):
                future.result()

        assert time.monotonic() - began < 1.5
