"""What a person at a terminal sees of an extraction: lines while it works, a table at the end."""

import logging
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence

from wp_pipeline.extraction.outcomes import Outcome, Refused, totals

SECONDS_BETWEEN_LINES = 5.0
UNITS = ("B", "kB", "MB", "GB", "TB")


def log_to_terminal() -> None:
    """Send our log, and nobody else's, to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        logging.Formatter("%(asctime)s [%(levelname)s]: %(message)s", "%Y-%m-%d %H:%M:%S")
    )
    log = logging.getLogger("wp_pipeline")
    log.handlers = [handler]
    log.setLevel(logging.INFO)
    log.propagate = False


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


def table_of(outcomes: Iterable[Outcome]) -> str:
    head = ("endpoint", "rows", "size", "seconds", "where it is")
    return table([head, *(cells_of(o) for o in sorted(outcomes, key=lambda o: o.name))])


def table(lines: Sequence[Sequence[str]]) -> str:
    """Align the columns; those in the middle are numbers."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(aligned(line, widths)).rstrip() for line in lines)


def aligned(line: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    for column, (cell, width) in enumerate(zip(line, widths, strict=True)):
        is_number = 0 < column < len(line) - 1
        yield cell.rjust(width) if is_number else cell.ljust(width)


def cells_of(outcome: Outcome) -> tuple[str, str, str, str, str]:
    seconds = f"{outcome.effort.seconds:.2f}"
    if isinstance(outcome, Refused):
        return outcome.name, "-", "-", seconds, "refused, see above; what was stored stays"
    size = readable_size(outcome.size)
    return outcome.name, f"{outcome.rows:,}", size, seconds, outcome.uri


def readable_size(size: float) -> str:
    for unit in UNITS[:-1]:
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} {UNITS[-1]}"
