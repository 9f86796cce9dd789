"""An ear for all that is told while a site is read, and for how long it takes."""

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


class Ear(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(f"{record.name}: {self.format(record)}")


@contextmanager
def overhearing() -> Iterator[None]:
    """Let everybody speak at DEBUG, and find no URL in what is logged, printed or warned of."""
    ear, printed = Ear(), io.StringIO()
    before = {name: logging.getLogger(name).level for name in LOUD}
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.DEBUG)
    logging.getLogger().addHandler(ear)
    try:
        with (
            warnings.catch_warnings(record=True) as warned,
            redirect_stdout(printed),
            redirect_stderr(printed),
        ):
            warnings.simplefilter("always")
            yield
    finally:
        logging.getLogger().removeHandler(ear)
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)
    said = [*ear.heard, printed.getvalue(), *(str(warning.message) for warning in warned)]
    assert [line for line in said if MARK in line] == []


def within(seconds: float, work: Callable[[], Value]) -> Value:
    """Do something in a thread, so that a hang is a failure, and not a hang of the tests."""
    future: Future[Value] = Future()

    def working() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    thread = threading.Thread(target=working, daemon=True)
    thread.start()
    thread.join(seconds)
    assert future.done(), f"it is still under way after {seconds} s"
    return future.result()


def assert_is_a_reason(text: str, name: str) -> None:
    """One line that begins with the name, and quotes nothing but WordPress's own error code."""
    assert text.startswith(f"{name}: ")
    assert_is_discreet(text)


def assert_is_discreet(text: str) -> None:
    assert text.isprintable()
    assert len(text) < 300
    assert "a bug in wp_pipeline" not in text
    own_words = WITH_A_CODE.sub(r"\1:", text).lower()
    for forbidden in ("://", MARK, PLANTED.lower(), "127.0.0.1"):
        assert forbidden not in own_words
