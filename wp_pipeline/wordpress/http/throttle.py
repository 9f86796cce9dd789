"""Adaptive limit on concurrent requests to one site.

It uses TCP's additive increase and multiplicative decrease (RFC 5681): 429 and 503 halve the limit,
a series of good answers raises it by one.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from wp_pipeline.wordpress.http.cancellation import Cancellation

GOOD_ANSWERS_BEFORE_RAISING = 20
SLOW_FACTOR = 4.0  # An answer that took this many times the average is slow.
SHORTEST_SLOW_ANSWER = 1.0  # seconds; differences below it are noise
CHECK_INTERVAL = 0.2  # seconds


class ConcurrencyLimit:
    """Admits at most `maximum` requests at once, and fewer while the site is overloaded."""

    def __init__(self, maximum: int) -> None:
        self._maximum = self._limit = maximum
        self._active = 0
        self._paused_until = 0.0
        self._good_answers = 0
        self._average_seconds: float | None = None
        self._changed = threading.Condition()

    @contextmanager
    def slot(self, cancellation: Cancellation) -> Iterator[None]:
        """Wait for a free slot, and hold it. Raises DeadlineExceeded or Cancelled."""
        with self._changed:
            while (wait := self._seconds_to_wait()) > 0:
                self._changed.wait(min(wait, CHECK_INTERVAL))
                cancellation.check()
            self._active += 1
        try:
            yield
        finally:
            with self._changed:
                self._active -= 1
                self._changed.notify()

    def slow_down(self, pause: float = 0.0) -> None:
        """Halve the limit, and admit nothing for `pause` seconds."""
        with self._changed:
            self._limit = max(1, self._limit // 2)
            self._good_answers = 0
            self._paused_until = max(self._paused_until, time.monotonic() + pause)

    def record_answer(self, seconds: float) -> None:
        """Adapt the limit to a good answer, whose headers arrived after so many seconds."""
        with self._changed:
            average = self._average_seconds
            self._average_seconds = seconds if average is None else 0.9 * average + 0.1 * seconds
            if average is not None and seconds > max(SHORTEST_SLOW_ANSWER, SLOW_FACTOR * average):
                self._limit = max(1, self._limit - 1)
                self._good_answers = 0
                return
            self._good_answers += 1
            if self._good_answers >= GOOD_ANSWERS_BEFORE_RAISING and self._limit < self._maximum:
                self._limit += 1
                self._good_answers = 0
                self._changed.notify()

    def _seconds_to_wait(self) -> float:
        """Return for how many seconds, at most, no further request is admitted."""
        pause = self._paused_until - time.monotonic()
        if pause > 0:
            return pause
        return 1.0 if self._active >= self._limit else 0.0
