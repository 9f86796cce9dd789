"""A temporary folder for one build, removed at its end, or by the next build after a kill."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "wp-pipeline-table-"
LOCK = ".lock"


@contextmanager
def workspace() -> Iterator[Path]:
    """Open an empty folder in TMPDIR. Raises OSError.

    While it is open, the process holds a lock on a file beside it. A folder without such a lock was
    left behind by a killed process. Such folders are removed first.
    """
    remove_abandoned(Path(tempfile.gettempdir()))
    descriptor, name = tempfile.mkstemp(prefix=PREFIX, suffix=LOCK)
    lock = Path(name)
    folder = lock.with_suffix("")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        folder.mkdir(mode=0o700)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.unlink(missing_ok=True)
        os.close(descriptor)


def remove_abandoned(place: Path) -> None:
    """Remove the folders of builds whose process is gone."""
    for lock in place.glob(f"{PREFIX}*{LOCK}"):
        with suppress(OSError), lock.open("rb") as file:  # Of another user, or gone by now.
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if lock.with_suffix("").exists():
                shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
                lock.unlink(missing_ok=True)
