"""Captures logs, output and warnings while a site is read, and limits its time."""

import io
import logging
import re
import threading
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import TypeVar

from wp_pipeline_tests.fuzzing.bodies import MARK, PLANTED

Value = TypeVar("Value")
LOUD = ("", "urllib3", "urllib3.connectionpool", "urllib3.response", "botocore", "requests")
WITH_A_CODE = re.compile(r"^(\w+: HTTP \d{3}) [a-z0-9_]{1,60}:")


class LogCollector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name}: {self.format(record)}")


@contextmanager
def capturing() -> Iterator[None]:
    """Log everything at DEBUG, and assert that no log, output or warning holds a URL."""
    collector, printed = LogCollector(), io.StringIO()
    before = {name: logging.getLogger(name).level for name in LOUD}
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.DEBUG)
    logging.getLogger().addHandler(collector)
    try:
        with (
            warnings.catch_warnings(record=True) as warned,
            redirect_stdout(printed),
            redirect_stderr(printed),
        ):
            warnings.simplefilter("always")
            yield
    finally:
        logging.getLogger().removeHandler(collector)
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)
    captured = [*collector.lines, printed.getvalue(), *(str(warning.message) for warning in warned)]
    assert [line for line in captured if MARK in line] == []


def within(seconds: float, work: Callable[[], Value]) -> Value:
    """Run work in a thread with a time limit, so that a hang fails the test."""
    future: Future[Value] = Future()

    def working() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    thread = threading.Thread(target=working, daemon=True)
    thread.start()
    thread.join(seconds)
    assert future.done(), f"still running after {seconds} s"
    return future.result()


def assert_is_a_reason(text: str, name: str) -> None:
    """Assert that a reason begins with the name and quotes nothing but an error code."""
    assert text.startswith(f"{name}: ")
    assert_quotes_nothing(text)


def assert_quotes_nothing(text: str) -> None:
    assert text.isprintable()
    assert len(text) < 300
    assert "a bug in wp_pipeline" not in text
    own_words = WITH_A_CODE.sub(r"\1:", text).lower()
    for forbidden in ("://", MARK, PLANTED.lower(), "127.0.0.1"):
        assert forbidden not in own_words
