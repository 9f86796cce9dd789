"""How hard a site is asked: many things at once while it copes, less as soon as it does not."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Protocol

from wp_pipeline.wordpress.errors import SiteUnavailable
from wp_pipeline.wordpress.http.client import Answer, Deadline, HttpClient

TRIES = 5
OVERLOADED = frozenset({429, 503})
ANSWERS_BEFORE_MORE = 20
SLOWER = 4.0  # times the usual
LONGEST_SLEEP = 0.2  # seconds until we look whether somebody ended the extraction
A_CENTURY = 3e9  # seconds
NOTICEABLE = 1.0  # seconds; below it, slower is noise


class Watcher(Protocol):
    """Is told of each try, and of each wait before another one."""

    def asks(self) -> None: ...

    def waits(self, why: str) -> None: ...


class RetryingClient:
    """A client with manners, one for each site and shared by all its endpoints.

    At most `at_once` requests are under way. 429, 503 and answers that get slow lower that, for
    everybody, and good answers raise it again, one by one. `Retry-After` (seconds or a date, RFC
    9110, 10.2.3) is obeyed up to `longest_wait` seconds. `first_wait` is the pause before the
    second try; it doubles with each further one, and chance moves it by half.
    """

    def __init__(
        self,
        client: HttpClient,
        at_once: int = 4,
        longest_wait: float = 120.0,
        first_wait: float = 1.0,
    ) -> None:
        self.client = client
        self.at_once = at_once
        self._longest_wait = longest_wait
        self._first_wait = first_wait
        self._pace = ConcurrencyLimit(at_once)

    def get(
        self,
        url: str,
        deadline: Deadline,
        tries: int = TRIES,
        watcher: Watcher | None = None,
    ) -> Answer:
        """Return the answer to a GET, after up to `tries` tries where the site is unavailable.

        Raises the last try's SiteError.
        """
        for attempt in range(1, tries + 1):
            try:
                with self._pace.turn(deadline, self.client.check_open):
                    if watcher:
                        watcher.asks()
                    answer = self.client.get(url, deadline)
            except SiteUnavailable as failure:
                wait = self._wait_after(failure, attempt)
                if failure.status in OVERLOADED:
                    self._pace.slow_down(wait)
                if attempt == tries or wait > deadline.left:
                    raise
                if watcher:
                    watcher.waits(f"{failure}; try {attempt + 1} of {tries} in {wait:.0f} s")
                self.client.pause(wait)
            else:
                self._pace.answered(answer.seconds)
                return answer
        raise AssertionError("there is always a last try")

    def _wait_after(self, failure: SiteUnavailable, attempt: int) -> float:
        """Return how many seconds to wait. Raises SiteUnavailable if that is too long."""
        own = self._first_wait * 2 ** (attempt - 1) * random.uniform(0.5, 1.5)  # noqa: S311 (chance, no secret)
        asked = seconds_asked_for(failure.retry_after)
        if asked is None:
            return own
        if asked > self._longest_wait:
            back = datetime.now(timezone.utc) + timedelta(seconds=min(asked, A_CENTURY))
            raise SiteUnavailable(
                f"HTTP {failure.status}: the site wants us back at {back:%Y-%m-%d %H:%M:%S} UTC,"
                f" later than the {self._longest_wait:g} s we wait; run again then",
                failure.status,
            ) from None
        return max(asked, own)


class ConcurrencyLimit:
    """Lets so many at a time pass, and fewer when told to slow down."""

    def __init__(self, at_once: int) -> None:
        self._most = self._limit = at_once
        self._under_way = 0
        self._not_before = 0.0
        self._good_answers = 0
        self._usual_seconds: float | None = None
        self._changed = threading.Condition()

    @contextmanager
    def turn(self, deadline: Deadline, check_open: Callable[[], None]) -> Iterator[None]:
        """Wait for a turn, and hold it. Raises DeadlineExceeded, or what `check_open` raises."""
        with self._changed:
            while (wait := self._wait()) > 0:
                self._changed.wait(min(wait, LONGEST_SLEEP))
                check_open()
                deadline.check()
            self._under_way += 1
        try:
            yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify()

    def slow_down(self, pause: float = 0.0) -> None:
        """Ask half as much at once from now on, and nothing at all for `pause` seconds."""
        with self._changed:
            self._limit = max(1, self._limit // 2)
            self._good_answers = 0
            self._not_before = max(self._not_before, time.monotonic() + pause)

    def answered(self, seconds: float) -> None:
        """Learn from a good answer, whose headers came after so many seconds."""
        with self._changed:
            usual = self._usual_seconds
            self._usual_seconds = seconds if usual is None else 0.9 * usual + 0.1 * seconds
            if usual is not None and seconds > max(NOTICEABLE, SLOWER * usual):
                self._limit = max(1, self._limit - 1)
                self._good_answers = 0
                return
            self._good_answers += 1
            if self._good_answers >= ANSWERS_BEFORE_MORE and self._limit < self._most:
                self._limit += 1
                self._good_answers = 0
                self._changed.notify()

    def _wait(self) -> float:
        """Return for how many seconds, at the most, nobody else may pass."""
        pause = self._not_before - time.monotonic()
        if pause > 0:
            return pause
        return 1.0 if self._under_way >= self._limit else 0.0


def seconds_asked_for(retry_after: str | None) -> float | None:
    """Read a Retry-After header: seconds, or a date; None where there is none to read."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:  # The obsolete date forms are in GMT too.
        moment = moment.replace(tzinfo=timezone.utc)
    return max(0.0, (moment - datetime.now(timezone.utc)).total_seconds())
