"""A full disk: the refusal says what to do, and the stored objects do not change."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from typing import IO

import pytest

from wp_pipeline.extraction.outcomes import Refused, Stored, totals
from wp_pipeline_tests.fakes.world import World
from wp_pipeline_tests.support.interruptions import (
    EXTRACT,
    LONG_ENOUGH,
    SINGLE,
    on_a_full_device,
    outcomes,
    rows,
)

PUBLISHED_LATER = {"total": 3, "published": 3, "unchanged": 0, "refused": 0}
LARGER_THAN_MEMORY_TAKES = 18_000  # rows of a kilobyte; up to 16 MiB of a body are kept in memory.

# Runs a module with a kernel limit of one megabyte for each file.
SMALL_FILES_ONLY = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
os.execv(sys.executable, [sys.executable, "-m", *sys.argv[1:]])
"""

BUFFERED_OR_NOT = [on_a_full_device, partial(on_a_full_device, buffering=0)]
NewFile = Callable[[], IO[bytes]]


@pytest.fixture
def new_files(monkeypatch: pytest.MonkeyPatch) -> Callable[[Sequence[NewFile]], None]:
    """Sets where the next temporary files are opened; later ones are opened as usual."""
    usual = tempfile.TemporaryFile

    def placing(places: Sequence[NewFile]) -> None:
        waiting = iter(places)
        monkeypatch.setattr(tempfile, "TemporaryFile", lambda: next(waiting, usual)())

    return placing


@pytest.fixture
def changed(world) -> World:
    """A world that was extracted before, and in which everything has changed since."""
    world.extract_these("posts", "tags", also=world.url(SINGLE))
    world.respond(SINGLE, b'[{"id": "former"}]')
    outcomes()
    world.site.publish("posts")
    world.site.publish("tags")
    world.respond(SINGLE, rows(3))
    return world


@pytest.mark.parametrize("place", BUFFERED_OR_NOT)
def test_a_full_disk_refuses_every_endpoint_and_the_next_run_publishes_them(
    changed, new_files, place
):
    before = changed.aws.objects()
    changed.aws.operations.clear()
    new_files([place] * 3)

    found = outcomes()
    assert {one.reason for one in found.values()} == {
        f"{name}: the disk does not accept the payload (No space left on device);"
        " free some space or set TMPDIR"
        for name in ("posts", "tags", "other")
    }
    assert changed.uploads() == []
    assert changed.aws.objects() == before
    assert totals(outcomes().values()) == PUBLISHED_LATER


@pytest.mark.parametrize("place", BUFFERED_OR_NOT)
def test_a_payload_without_space_refuses_only_its_endpoint(changed, new_files, place):
    before = changed.aws.objects()
    new_files([place])

    found = outcomes()
    assert totals(found.values()) == {"total": 3, "published": 2, "unchanged": 0, "refused": 1}
    [refused] = [name for name, one in found.items() if isinstance(one, Refused)]
    key = f"wordpress-api/{refused}.json"
    assert changed.aws.objects()[key] == before[key]


@pytest.mark.parametrize("place", BUFFERED_OR_NOT)
def test_an_answer_without_space_is_refused_and_not_requested_again(world, new_files, place):
    world.respond(SINGLE, rows(LARGER_THAN_MEMORY_TAKES))
    world.put_endpoints(world.url(SINGLE))
    new_files([tempfile.TemporaryFile, place])  # The first file is the payload's.

    found = outcomes()["other"]
    assert isinstance(found, Refused)
    assert found.reason == (
        "other: the disk does not accept the answer (No space left on device);"
        " free some space or set TMPDIR"
    )
    assert found.stats.requests == 1
    assert world.aws.keys() == []


def test_a_missing_temporary_folder_refuses_every_endpoint(changed, monkeypatch):
    before = changed.aws.objects()
    with monkeypatch.context() as missing:
        missing.setattr(tempfile, "tempdir", "/nowhere")
        found = outcomes()

    assert {one.reason for one in found.values()} == {
        f"{name}: the disk does not accept the payload (No such file or directory);"
        " free some space or set TMPDIR"
        for name in ("posts", "tags", "other")
    }
    assert changed.aws.objects() == before
    assert totals(outcomes().values()) == PUBLISHED_LATER


@pytest.mark.processes
@pytest.mark.parametrize(
    ("count", "what"), [(2_000, "payload"), (LARGER_THAN_MEMORY_TAKES, "answer")]
)
def test_a_file_above_the_system_limit_refuses_only_its_endpoint(changed, count, what):
    before = changed.aws.objects()
    changed.respond(SINGLE, rows(count))

    done = subprocess.run(
        [sys.executable, "-c", SMALL_FILES_ONLY, *EXTRACT],
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=LONG_ENOUGH,
    )
    assert done.returncode == 1, done.stderr
    assert (
        f"[ERROR]: other: the disk does not accept the {what} (File too large);"
        " free some space or set TMPDIR\n"
    ) in done.stderr
    assert "total 3, published 2, unchanged 0, refused 1\n" in done.stderr
    assert "Traceback" not in done.stderr
    assert changed.aws.objects()["wordpress-api/other.json"] == before["wordpress-api/other.json"]
    assert isinstance(outcomes()["other"], Stored)
