"""What happens while an extraction runs, in words."""

import threading
import time
from collections.abc import Callable, Iterable

from wp_pipeline.extraction.outcomes import Outcome, Refused, totals

SECONDS_BETWEEN_LINES = 5.0
UNITS = ("B", "kB", "MB", "GB", "TB")


class RowsSoFar:
    """Tells, every few seconds, how far each endpoint has come. May be called from any thread."""

    def __init__(self, tell: Callable[[str], object]) -> None:
        self._tell = tell
        self._told: dict[str, float] = {}
        self._lock = threading.Lock()

    def __call__(self, name: str, rows: int) -> None:
        now = time.monotonic()
        with self._lock:
            if now - self._told.setdefault(name, now) < SECONDS_BETWEEN_LINES:
                return
            self._told[name] = now
        self._tell(f"{name}: {rows:,} rows so far")


def line_of(outcome: Outcome) -> str:
    """Say in a line how an endpoint ended."""
    if isinstance(outcome, Refused):
        return outcome.reason
    state = "unchanged" if outcome.unchanged else "published"
    return f"{outcome.name}: {state}, {outcome.rows:,} rows, {readable_size(outcome.size)}"


def totals_of(outcomes: Iterable[Outcome]) -> str:
    return ", ".join(f"{kind} {count}" for kind, count in totals(outcomes).items())


def readable_size(size: float) -> str:
    for unit in UNITS[:-1]:
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} {UNITS[-1]}"
