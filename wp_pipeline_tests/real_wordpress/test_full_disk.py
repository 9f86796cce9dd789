"""A real file system that is too small for a payload. Needs root, like all tests of this folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from wp_pipeline_tests.fakes.world import World
from wp_pipeline_tests.support.interruptions import (
    EXTRACT,
    LONG_ENOUGH,
    SINGLE,
    Gate,
    hold_answer,
    outcomes,
    rows,
)

# Runs a command with a private file system of a megabyte at $TMPDIR, which ends with it. At the end
# it prints how many bytes are still in use; 0 is expected.
WITH_A_SMALL_DISK = """
mount -t tmpfs -o size=1m tmpfs "$TMPDIR" || exit 70
"$@"
status=$?
df --output=used "$TMPDIR" | tail -1 >&2
exit $status
"""


@pytest.fixture
def small_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The prefix of a command."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return ["unshare", "--mount", "sh", "-c", WITH_A_SMALL_DISK, "sh"]


def answer_last(world: World, others: int) -> None:
    """Let the site answer the large endpoint after this number of others have been uploaded."""
    gate = Gate()
    hold_answer(world, gate, lambda request: request.path == f"/wp-json/{SINGLE}")
    uploads: list[str] = []

    def midway(operation: str) -> None:
        if operation.startswith("PUT "):
            uploads.append(operation)
        if len(uploads) == others:
            gate.open()

    world.aws.midway = midway


def extract(small_disk: list[str]) -> subprocess.CompletedProcess[str]:
    """Run our command as a process."""
    command = [*small_disk, sys.executable, "-m", *EXTRACT]
    return subprocess.run(
        command, env=os.environ, capture_output=True, text=True, timeout=LONG_ENOUGH
    )


@pytest.mark.parametrize(("count", "what"), [(2_000, "payload"), (18_000, "answer")])
def test_a_payload_without_space_refuses_only_its_endpoint(world, small_disk, count, what):
    world.respond(SINGLE, rows(count))
    world.extract_these("posts", "tags", also=world.url(SINGLE))
    world.aws.put_object("wordpress-api/other.json", b"former", Metadata={"row-count": "1"})
    before = world.aws.objects()
    answer_last(world, others=2)

    done = extract(small_disk)

    assert done.returncode == 1, done.stderr
    *lines, verdict, used = done.stderr.splitlines()
    reason = f"the disk does not accept the {what} (No space left on device)"
    [refused] = [line for line in lines if "[ERROR]: " in line]
    assert refused.endswith(f"[ERROR]: other: {reason}; free some space or set TMPDIR")
    assert lines[-1].endswith("[INFO]: total 3, published 2, unchanged 0, refused 1")
    assert "2 of 3 endpoints are up to date, 1 refused" in verdict
    assert "Traceback" not in done.stderr
    assert used.strip() == "0"
    assert world.aws.objects().items() >= before.items()
    assert len(world.rows("posts")) == 7

    assert not outcomes()["other"].unchanged
    assert world.stored("other") == rows(count)
