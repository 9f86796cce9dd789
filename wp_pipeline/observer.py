"""Reports what happens while an extraction runs: requests, waiting, rows read, outcomes.

Dagster, the Lambda function and the commands use `LoggingObserver`; a terminal shows progress with
an observer of its own (commands/terminal.py). Another one is as short as this:

    class Printer(Observer):
        def waiting(self, endpoint: str, reason: str) -> None:
            print(f"{endpoint}: {reason}")

    extract(endpoints, options, lake, settings, observer=Printer())

It stands at the root because every layer may report to it. No argument ever holds a URL.
"""

import logging
import threading
import time
from collections import Counter

SECONDS_BETWEEN_LINES = 5.0


class Observer:
    """Does nothing: override what you need. Methods are called from several threads."""

    def requested(self, endpoint: str) -> None:
        """A request is about to be sent; each retry counts."""

    def waiting(self, endpoint: str, reason: str) -> None:
        """A request failed for this reason, and will be retried."""

    def noticed(self, endpoint: str, note: str) -> None:
        """Something the user should know, though the extraction goes on; `note` is one line.

        `endpoint` is empty if it concerns the whole site.
        """

    def rows_read(self, endpoint: str, rows: int, total: int | None = None) -> None:
        """So far, `rows` rows of the endpoint have been read, of `total` if the site tells it."""

    def looked_at(self, route: str, number: int, routes: int) -> None:
        """A discovery has looked at this route of a site: `number` of `routes` so far."""

    def finished(self, endpoint: str, summary: str, *, refused: bool) -> None:
        """The endpoint was published, left unchanged or refused; `summary` is one line."""


class LoggingObserver(Observer):
    """Writes a line for each event to a log; rows at most every 5 seconds for each endpoint."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._last_line: dict[str, float] = {}
        self._lock = threading.Lock()

    def waiting(self, endpoint: str, reason: str) -> None:
        self._log.info(f"{endpoint or 'the login'}: {reason}")

    def noticed(self, endpoint: str, note: str) -> None:
        self._log.warning(f"{endpoint}: {note}" if endpoint else note)

    def rows_read(self, endpoint: str, rows: int, total: int | None = None) -> None:
        if self._is_due(endpoint):
            of_total = "" if total is None else f" of {total:,}"
            self._log.info(f"{endpoint}: {rows:,}{of_total} rows so far")

    def looked_at(self, route: str, number: int, routes: int) -> None:
        if self._is_due(""):
            self._log.info(f"{number} of {routes} routes looked at")

    def _is_due(self, endpoint: str) -> bool:
        """Whether the last line about an endpoint was written long enough ago."""
        now = time.monotonic()
        with self._lock:
            if now - self._last_line.setdefault(endpoint, now) < SECONDS_BETWEEN_LINES:
                return False
            self._last_line[endpoint] = now
        return True

    def finished(self, endpoint: str, summary: str, *, refused: bool) -> None:
        self._log.log(logging.ERROR if refused else logging.INFO, summary)


class ForwardingObserver(Observer):
    """Passes all on to another observer: override what you need besides."""

    def __init__(self, observer: Observer | None = None) -> None:
        self._observer = observer or Observer()

    def requested(self, endpoint: str) -> None:
        self._observer.requested(endpoint)

    def waiting(self, endpoint: str, reason: str) -> None:
        self._observer.waiting(endpoint, reason)

    def noticed(self, endpoint: str, note: str) -> None:
        self._observer.noticed(endpoint, note)

    def rows_read(self, endpoint: str, rows: int, total: int | None = None) -> None:
        self._observer.rows_read(endpoint, rows, total)

    def looked_at(self, route: str, number: int, routes: int) -> None:
        self._observer.looked_at(route, number, routes)

    def finished(self, endpoint: str, summary: str, *, refused: bool) -> None:
        self._observer.finished(endpoint, summary, refused=refused)


class RequestCounter(ForwardingObserver):
    """Counts requests and retries of each endpoint."""

    def __init__(self, observer: Observer | None = None) -> None:
        super().__init__(observer)
        self._requests: Counter[str] = Counter()
        self._retries: Counter[str] = Counter()
        self._lock = threading.Lock()

    def requests_for(self, endpoint: str) -> int:
        return self._requests[endpoint]

    def retries_for(self, endpoint: str) -> int:
        return self._retries[endpoint]

    def requested(self, endpoint: str) -> None:
        with self._lock:
            self._requests[endpoint] += 1
        super().requested(endpoint)

    def waiting(self, endpoint: str, reason: str) -> None:
        with self._lock:
            self._retries[endpoint] += 1
        super().waiting(endpoint, reason)


class NoteCollector(ForwardingObserver):
    """Keeps the notes, such as that a site does not tell whether it knows a login."""

    def __init__(self, observer: Observer | None = None) -> None:
        super().__init__(observer)
        self.notes: list[str] = []

    def noticed(self, endpoint: str, note: str) -> None:
        self.notes.append(note)
        super().noticed(endpoint, note)
