"""What a person at a terminal sees of an extraction: lines while it works, a table at the end."""

import logging
import sys
from collections.abc import Iterable, Iterator, Sequence

from wp_pipeline.extraction.observer import readable_size
from wp_pipeline.extraction.outcomes import Outcome, Refused


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
    seconds = f"{outcome.stats.seconds:.2f}"
    if isinstance(outcome, Refused):
        return outcome.name, "-", "-", seconds, "refused, see above; what was stored stays"
    size = readable_size(outcome.size)
    return outcome.name, f"{outcome.rows:,}", size, seconds, outcome.uri
