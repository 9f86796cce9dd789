import io
import logging
import re
import sys
import threading
from dataclasses import replace

import pytest
from rich.console import Console

from wp_pipeline import observer
from wp_pipeline.commands.terminal import (
    ProgressObserver,
    live_progress,
    log_to_terminal,
    print_outcomes,
    print_state,
    print_table,
)
from wp_pipeline.extraction.outcomes import (
    Changes,
    ReadStats,
    Refused,
    Stored,
    readable_size,
    totals_line,
)
from wp_pipeline.observer import LoggingObserver


def stored(name: str, rows: int = 1_234, unchanged: bool = False, **changes: int) -> Stored:
    uri = f"s3://lake/{name}.json"
    counted = Changes(**changes) if changes else None
    return Stored(name, uri, rows, 56_789, "abc", unchanged, ReadStats(1.5, 3), changes=counted)


def refused(name: str) -> Refused:
    return Refused(name, f"{name}: HTTP 404: no such route", ReadStats(0.25, 1))


@pytest.mark.parametrize(
    ("outcome", "line"),
    [
        (stored("posts"), "posts: published, 1,234 rows, 56.8 kB"),
        (stored("posts", unchanged=True), "posts: unchanged, 1,234 rows, 56.8 kB"),
        (
            stored("posts", added=12, removed=3, changed=5),
            "posts: published, 1,234 rows (+12 -3, 5 changed), 56.8 kB",
        ),
        (
            replace(stored("posts"), total=1_244),
            "posts: published, 1,234 rows, 56.8 kB, 10 more not shown to this reader",
        ),
        (replace(stored("posts"), total=1_230), "posts: published, 1,234 rows, 56.8 kB"),
        (refused("posts"), "posts: HTTP 404: no such route"),
    ],
)
def test_an_outcome_is_one_line(outcome, line):
    assert outcome.summary == line


def test_totals_count_every_kind_of_outcome():
    outcomes = [stored("a"), stored("b"), stored("c", unchanged=True), refused("d")]

    assert totals_line(outcomes) == "total 4, published 2, unchanged 1, refused 1"
    assert totals_line([]) == "total 0, published 0, unchanged 0, refused 0"


def test_the_table_is_sorted_by_name_with_numbers_right_aligned(capsys):
    print_outcomes([stored("posts", added=1, removed=30), refused("b"), stored("tags", rows=7)])

    assert capsys.readouterr().out.splitlines() == [
        "endpoint   rows  changes     size  seconds  where it is",
        "b             -  -              -     0.25  refused, see above; the stored object is kept",
        "posts     1,234  +1 -30   56.8 kB     1.50  s3://lake/posts.json",
        "tags          7  -        56.8 kB     1.50  s3://lake/tags.json",
    ]


def test_an_empty_table_has_only_its_head(capsys):
    print_table(("endpoint", "rows", "where"), [])

    assert capsys.readouterr().out == "endpoint  rows  where\n"


def test_text_like_markup_is_shown_unchanged_and_not_wrapped(capsys):
    print_table(("endpoint", "where"), [("[red]posts[/red]", "x" * 500)])

    assert capsys.readouterr().out.splitlines()[1] == f"[red]posts[/red]  {'x' * 500}"


def test_a_state_is_one_line_with_its_command(capsys):
    print_state("mend", "bucket", "[red] gone -> create it", "aws s3api create-bucket")

    assert capsys.readouterr().out == (
        "mend     bucket         [red] gone -> create it: aws s3api create-bucket\n"
    )


def test_at_a_terminal_a_state_is_wrapped_and_its_command_is_not(capsys, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("NO_COLOR", "1")
    print_state("mend", "bucket", "[red] gone " * 8, "aws " * 40)

    shown = re.sub(r"\x1b\[[\d;]*m", "", capsys.readouterr().out)
    *lines, command = shown.splitlines()
    assert len(lines) > 2
    assert all(len(line) <= 60 for line in lines)
    assert command.strip() == ("aws " * 40).strip()


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (18_665, "18.7 kB"),
        (2_500_000, "2.5 MB"), (5 << 30, "5.4 GB"), (7e15, "7000.0 TB"),
    ],
)  # fmt: skip
def test_sizes_are_readable(size, text):
    assert readable_size(size) == text


@pytest.fixture
def our_log():
    log = logging.getLogger("wp_pipeline")
    before = log.handlers, log.level, log.propagate
    yield log
    log.handlers, log.level, log.propagate = before


def test_log_lines_have_a_time_a_level_and_a_message(our_log, capsys):
    log_to_terminal()
    log_to_terminal()
    our_log.info("total %s", 3)
    logging.getLogger("wp_pipeline.deeper").error("posts: no")
    our_log.debug("not shown")

    first, second = capsys.readouterr().err.splitlines()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \[INFO\]: total 3", first)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \[ERROR\]: posts: no", second)


def test_logs_of_other_libraries_are_not_shown(our_log, caplog, capsys):
    log_to_terminal()
    with caplog.at_level(logging.DEBUG):  # Adds a handler to the root logger.
        logging.getLogger("library").warning("http://127.0.0.1/s3cr3t")
        our_log.info("ours")

    assert [record.getMessage() for record in caplog.records] == ["http://127.0.0.1/s3cr3t"]
    assert capsys.readouterr().err.endswith(" [INFO]: ours\n")


@pytest.fixture
def logged() -> list[str]:
    return []


@pytest.fixture
def logging_observer(logged) -> LoggingObserver:
    """An observer whose log lines are collected."""
    log = logging.Logger("of this test")
    handler = logging.Handler()
    handler.emit = lambda record: logged.append(record.getMessage())
    log.addHandler(handler)
    return LoggingObserver(log)


def test_rows_are_logged_at_intervals_for_each_endpoint(monkeypatch, logged, logging_observer):
    monkeypatch.setattr(observer, "SECONDS_BETWEEN_LINES", 0.0)
    logging_observer.rows_read("posts", 1_200)
    logging_observer.rows_read("tags", 7, 1_010)
    assert logged == ["posts: 1,200 rows so far", "tags: 7 of 1,010 rows so far"]

    monkeypatch.setattr(observer, "SECONDS_BETWEEN_LINES", 60.0)
    logging_observer.rows_read("posts", 1_300)
    logging_observer.rows_read("pages", 1)
    assert len(logged) == 2


def test_a_long_discovery_reports_its_progress(monkeypatch, logged, logging_observer):
    logging_observer.looked_at("wp/v2/posts", 1, 12)
    assert logged == []

    monkeypatch.setattr(observer, "SECONDS_BETWEEN_LINES", 0.0)
    logging_observer.looked_at("wp/v2/tags", 2, 12)
    assert logged == ["2 of 12 routes looked at"]


def test_rows_may_be_reported_from_many_threads(monkeypatch, logged, logging_observer):
    monkeypatch.setattr(observer, "SECONDS_BETWEEN_LINES", 0.0)
    threads = [
        threading.Thread(
            target=lambda n=n: [logging_observer.rows_read(f"e{n}", rows) for rows in range(200)]
        )
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(logged) == 8 * 200


def test_waiting_and_the_outcome_are_logged_in_a_line_each(logged, logging_observer):
    logging_observer.waiting("posts", "HTTP 503: overloaded; try 2 of 5 in 1 s")
    logging_observer.finished("posts", "posts: published, 7 rows, 1.0 kB", refused=False)

    assert logged == [
        "posts: HTTP 503: overloaded; try 2 of 5 in 1 s",
        "posts: published, 7 rows, 1.0 kB",
    ]


def test_at_a_terminal_each_running_endpoint_has_a_line_with_its_rows():
    screen = io.StringIO()
    progress = live_progress(Console(file=screen, force_terminal=True, width=80))
    progress.live.auto_refresh = False
    shown = ProgressObserver(progress)
    with progress:
        shown.requested("posts")
        shown.rows_read("posts", 1_200, 1_210)
        shown.requested("[tags]")
        progress.refresh()
        under_way = screen.getvalue()
        shown.finished("posts", "posts: published, 1,200 rows, 1.0 kB", refused=False)
        screen.seek(0)
        screen.truncate()
        progress.refresh()
        afterwards = screen.getvalue()

    assert re.search(r"posts.* 1,200 of 1,210 rows", under_way)
    assert "[tags]" in under_way
    assert "[tags]" in afterwards
    assert "posts" not in afterwards
