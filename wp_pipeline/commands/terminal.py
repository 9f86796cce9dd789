"""What a person at a terminal sees: log lines, progress and tables (rich)."""

import io
import logging
import sys
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from wp_pipeline.extraction.outcomes import Changes, Outcome, Refused, readable_size
from wp_pipeline.observer import LoggingObserver, Observer

if TYPE_CHECKING:  # rich takes 0.05 s to import: only when something is shown.
    from rich.console import Console
    from rich.progress import Progress, TaskID

HEAD = ("endpoint", "rows", "changes", "size", "seconds", "where it is")
TEXTS = ("changes",)
FORMAT = "%(asctime)s [%(levelname)s]: %(message)s"
STYLES = {"ok": "green", "look at": "yellow", "mend": "bold red"}
UNLIMITED = 100_000  # characters: lines are wrapped at a terminal only

log = logging.getLogger("wp_pipeline")


def log_to_terminal(level: int = logging.INFO) -> None:
    """Send our log from this level on, and no other library's, to standard error.

    Characters that the encoding of a terminal lacks are shown as `?`.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter(FORMAT, "%Y-%m-%d %H:%M:%S"))
    log.handlers = [handler]
    log.setLevel(level)
    log.propagate = False


@contextmanager
def terminal_observer(level: int = logging.INFO) -> Iterator[Observer]:
    """Yield an observer with live progress at a terminal, and with log lines anywhere else."""
    if level > logging.INFO or not sys.stderr.isatty():
        yield LoggingObserver(log)
        return
    from rich.console import Console

    # It redirects standard error while it is shown, so that log lines appear above it.
    with live_progress(Console(stderr=True)) as progress:
        log_to_terminal(level)
        try:
            yield ProgressObserver(progress)
        finally:
            progress.stop()
            log_to_terminal(level)


def live_progress(console: "Console") -> "Progress":
    """Return rich's live display of a line for each endpoint under way.

    A bar moves to and fro until the site has told how many rows there are.
    """
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        TextColumn("{task.completed:,.0f}{task.fields[of_total]} rows", justify="right"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )


class ProgressObserver(LoggingObserver):
    """Shows a line for each endpoint under way, with the rows read so far."""

    def __init__(self, progress: "Progress") -> None:
        super().__init__(log)
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}
        self._starting = threading.Lock()

    def requested(self, endpoint: str) -> None:
        self._task(endpoint)

    def rows_read(self, endpoint: str, rows: int, total: int | None = None) -> None:
        of_total = "" if total is None else f" of {total:,}"
        self._progress.update(self._task(endpoint), completed=rows, total=total, of_total=of_total)

    def looked_at(self, route: str, number: int, routes: int) -> None:
        self._progress.update(self._task(route), visible=False)

    def finished(self, endpoint: str, summary: str, *, refused: bool) -> None:
        self._progress.update(self._task(endpoint), visible=False)
        super().finished(endpoint, summary, refused=refused)

    def _task(self, endpoint: str) -> "TaskID":
        with self._starting:
            if endpoint not in self._tasks:
                name = endpoint or "login"
                self._tasks[endpoint] = self._progress.add_task(name, total=None, of_total="")
            return self._tasks[endpoint]


def import_rich() -> None:
    """Import the library of terminal tables early, while there is time: it takes 0.02 s."""
    import rich.console
    import rich.table  # noqa: F401


def print_outcomes(outcomes: Iterable[Outcome]) -> None:
    """Print a table of how each endpoint ended, by name, to standard output."""
    print_table(HEAD, [cells_of(o) for o in sorted(outcomes, key=lambda o: o.name)], TEXTS)


def print_table(
    head: Sequence[str], rows: Iterable[Sequence[str]], texts: Collection[str] = ()
) -> None:
    """Print a table; columns between the first and the last are numbers, unless in `texts`."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    is_terminal = sys.stdout.isatty()
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for place, name in enumerate(head):
        is_number = 0 < place < len(head) - 1 and name not in texts
        table.add_column(
            Text(name),  # A text alone would be read as markup, such as `[red]`.
            justify="right" if is_number else "left",
            no_wrap=is_number,
            overflow="fold",
        )
    for row in rows:
        table.add_row(*map(Text, row))
    console = Console(width=None if is_terminal else UNLIMITED, highlight=False)
    if is_terminal:
        console.print(table)
        return
    with console.capture() as captured:
        console.print(table)
    print("\n".join(line.rstrip() for line in captured.get().splitlines()))


def print_state(state: str, subject: str, text: str, command: str = "") -> None:
    """Print a line that begins with a state, to standard output.

    At a terminal the state has a colour, and the command is on a line of its own, to be copied.
    """
    if not sys.stdout.isatty():
        print(f"{state:<8} {subject:<14} {text}{f': {command}' if command else ''}", flush=True)
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    line = Table.grid(padding=(0, 1, 0, 0))
    for width in (8, 14, None):
        line.add_column(width=width, overflow="fold")
    line.add_row(Text(state, STYLES.get(state, "")), Text(subject), Text(text))
    console = Console(highlight=False)
    console.print(line)
    if command:
        console.print(Text(f"  {command}"), soft_wrap=True)


def cells_of(outcome: Outcome) -> tuple[str, ...]:
    seconds = f"{outcome.stats.seconds:.2f}"
    if isinstance(outcome, Refused):
        return outcome.name, "-", "-", "-", seconds, "refused, see above; the stored object is kept"
    changes = cell_of_changes(outcome.unchanged, outcome.changes)
    size = readable_size(outcome.size)
    return outcome.name, f"{outcome.rows:,}", changes, size, seconds, outcome.uri


def cell_of_changes(unchanged: bool, changes: Changes | None) -> str:
    """Return `unchanged`, what changed, or `-` if that was not counted."""
    return "unchanged" if unchanged else str(changes or "") or "-"
