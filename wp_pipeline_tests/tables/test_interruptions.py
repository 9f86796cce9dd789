"""kill -9 and a full disk: the stored table stays, and nothing is left behind."""

import fcntl
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from wp_pipeline.tables.parquet.database import database
from wp_pipeline.tables.workspace import LOCK, PREFIX, workspace
from wp_pipeline_tests.support.interruptions import LONG_ENOUGH, Gate
from wp_pipeline_tests.support.tables.declared_schemas import POSTS, post

# Builds the table of posts, with a kernel limit for each file in bytes (0: none).
BUILD = """
import resource, sys
limit = int(sys.argv[1]) or resource.RLIM_INFINITY
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.lake import Lake
from wp_pipeline.tables.build import build_table
from wp_pipeline.tables.errors import TableError
try:
    build_table("posts", Lake(lambda: build_client("s3"), "test-lake", "wordpress-api"), {})
except TableError as error:
    print(error)
"""
MB = 1 << 20


def noise(number: int) -> str:
    """Return a text of 4 KB that can't be compressed much."""
    return random.Random(number).randbytes(2000).hex()


@pytest.fixture
def replaced(bucket):
    """A bucket whose table of posts is of an object that 12 MB of other posts have replaced."""
    bucket.store("posts", [post(1)])
    bucket.build("posts", POSTS)
    bucket.store("posts", [post(number, slug=noise(number)) for number in range(1, 3000)])
    return bucket


@contextmanager
def building(limit: int = 0) -> Iterator[subprocess.Popen[bytes]]:
    environment = {"TMPDIR": tempfile.gettempdir()}
    command = [sys.executable, "-c", BUILD, str(limit)]
    with subprocess.Popen(
        ["/usr/bin/env", *(f"{name}={value}" for name, value in environment.items()), *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        yield process
        process.kill()


def left_behind() -> list[Path]:
    return list(Path(tempfile.gettempdir()).iterdir())


def wait_for(pattern: str) -> None:
    until = time.monotonic() + LONG_ENOUGH
    while time.monotonic() < until:
        if any(Path(tempfile.gettempdir()).glob(pattern)):
            return
        time.sleep(0.002)
    raise AssertionError(f"no {pattern} was written")


@pytest.mark.processes
@pytest.mark.parametrize("place", ["part-000000.json", "table.parquet"])
def test_the_next_build_removes_the_files_of_a_killed_one(replaced, place):
    before = replaced.aws.object(replaced.key("posts"))
    with building() as process:
        wait_for(f"{PREFIX}*/{place}")
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL

    assert replaced.aws.object(replaced.key("posts")) == before
    assert left_behind() != []
    assert replaced.build("posts", POSTS).rows == 2999
    assert left_behind() == []


@pytest.mark.processes
def test_a_kill_during_the_upload_keeps_the_table(replaced):
    before = replaced.aws.object(replaced.key("posts"))
    with Gate() as gate:
        replaced.aws.midway = lambda operation: gate.enter() if "PUT" in operation else None
        with building() as process:
            gate.wait_until_entered()
            process.send_signal(signal.SIGKILL)
            process.wait()

    assert replaced.aws.object(replaced.key("posts")) == before
    replaced.aws.midway = lambda operation: None
    assert replaced.build("posts", POSTS).rows == 2999
    assert left_behind() == []


@pytest.mark.processes
@pytest.mark.parametrize("limit", [MB, 3 * MB], ids=["the parts", "the table"])
def test_a_full_disk_keeps_the_table_and_says_what_to_do(replaced, limit):
    before = replaced.aws.object(replaced.key("posts"))
    with building(limit) as process:
        printed, errors = process.communicate(timeout=LONG_ENOUGH)

    assert (process.returncode, errors) == (0, b"")
    assert printed.decode() == (
        "posts: the disk does not accept the table; free some space or set TMPDIR\n"
    )
    assert replaced.aws.object(replaced.key("posts")) == before
    assert left_behind() == []


@pytest.fixture
def ctrl_c_is_noticed():
    """Python ignores SIGINT in processes that were started in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c_is_noticed")
def test_ctrl_c_while_duckdb_writes_is_a_keyboard_interrupt(tmp_path):
    pressed = threading.Timer(0.2, lambda: signal.raise_signal(signal.SIGINT))

    def ask() -> None:
        with database("posts", tmp_path) as connection:
            pressed.start()
            connection.execute("SELECT count(*) FROM range(1000000000000)")

    with pytest.raises(KeyboardInterrupt):
        ask()


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def test_a_folder_is_removed_also_by_a_failure(temporary):
    def fail() -> None:
        with workspace() as folder:
            (folder / "part").touch()
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert list(temporary.iterdir()) == []


def test_the_folder_of_a_running_build_is_kept(temporary):
    with workspace() as first, workspace() as second:
        assert first != second
        assert first.exists()


def test_the_folder_of_an_ended_build_is_removed(temporary):
    abandoned = temporary / f"{PREFIX}gone"
    abandoned.mkdir()
    (abandoned / "part").touch()
    abandoned.with_suffix(LOCK).touch()
    others = temporary / "other"
    others.mkdir()

    with workspace():
        assert not abandoned.exists()
        assert others.exists()
    assert list(temporary.iterdir()) == [others]


def test_a_lock_that_is_held_keeps_its_folder(temporary):
    held = temporary / f"{PREFIX}held"
    held.mkdir()
    with held.with_suffix(LOCK).open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with workspace():
            assert held.exists()
