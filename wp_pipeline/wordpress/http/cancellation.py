"""One object that every wait and every socket read observes: a deadline, and cancellation.

    extraction = Cancellation()                 # one for a run
    endpoint = extraction.with_deadline(3600)   # one for each endpoint
    endpoint.check()                            # raises DeadlineExceeded or Cancelled
    endpoint.wait(2.0)                          # sleeps, and raises the same
    extraction.cancel()                         # Ctrl-C, Dagster's termination, an error

The earlier of the two deadlines counts for the endpoint.
"""

import threading
import time

from wp_pipeline.wordpress.errors import Cancelled, DeadlineExceeded

FOREVER = float("inf")
RAISE_DEADLINE = "raise WP_PIPELINE_DEADLINE to allow it"


class Cancellation:
    """A deadline that can be cancelled. Thread-safe. `advice` says how to allow more seconds."""

    def __init__(self, seconds: float = FOREVER, advice: str = RAISE_DEADLINE) -> None:
        self._reason = f"took longer than {seconds:g} s; {advice}"
        self._end = time.monotonic() + seconds
        self._cancelled = threading.Event()

    def with_deadline(self, seconds: float) -> "Cancellation":
        """Return one that ends after these seconds, or with this one if that is earlier."""
        limited = Cancellation(seconds)
        limited._cancelled = self._cancelled
        if self._end < limited._end:
            limited._end, limited._reason = self._end, self._reason
        return limited

    @property
    def seconds_left(self) -> float:
        return self._end - time.monotonic()

    def cancel(self) -> None:
        """Let every wait and read under way end soon, with Cancelled."""
        self._cancelled.set()

    def check(self) -> None:
        """Raises Cancelled or DeadlineExceeded."""
        if self._cancelled.is_set():
            raise Cancelled("the extraction was cancelled before this was read")
        if time.monotonic() >= self._end:
            raise DeadlineExceeded(self._reason)

    def wait(self, seconds: float) -> None:
        """Sleep, at most until the deadline. Raises Cancelled or DeadlineExceeded."""
        self._cancelled.wait(max(0.0, min(seconds, self.seconds_left)))
        self.check()
