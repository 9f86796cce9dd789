"""Debian's PostgreSQL and Redis on loopback ports, with their data in a folder of their own."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from wp_pipeline.sandbox.local_aws import free_port, stop, wait_for

POSTGRES_USER = "postgres"  # Of the system: PostgreSQL does not run as root.
CARELESS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
)  # The data is thrown away.


@contextmanager
def postgres() -> Iterator[str]:
    """Serve an empty database; yield its URL."""
    programs = newest_postgres()
    port = free_port()
    with TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        run_as_postgres([str(programs / "initdb"), "-D", str(data), "-A", "trust"], folder)
        options = [f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories="]
        settings = [part for one in (*options, *CARELESS) for part in ("-c", one)]
        command = as_postgres([str(programs / "postgres"), "-D", str(data), *settings])
        with served(command, port, Path(folder) / "log"):
            yield f"postgresql+psycopg2://{POSTGRES_USER}@127.0.0.1:{port}/postgres"


@contextmanager
def redis() -> Iterator[str]:
    """Serve Redis; yield its URL without the number of a database."""
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    with (
        TemporaryDirectory() as folder,
        served([*command, "--dir", folder], port, Path(folder) / "log"),
    ):
        yield f"redis://127.0.0.1:{port}"


@contextmanager
def served(command: Sequence[str], port: int, log: Path) -> Iterator[None]:
    with log.open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
        try:
            wait_for(port, process)
            yield
        finally:
            stop(process)


def newest_postgres() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: int(one.parent.name))
    assert found, "apt-get install postgresql"
    return found[-1]


def run_as_postgres(command: Sequence[str], folder: str) -> None:
    """Run a program of PostgreSQL; the folder is its user's from then on."""
    if os.geteuid() == 0:
        shutil.chown(folder, POSTGRES_USER, POSTGRES_USER)
        Path(folder).chmod(0o755)
    subprocess.run(as_postgres(command), check=True, capture_output=True, cwd=folder)


def as_postgres(command: Sequence[str]) -> list[str]:
    if os.geteuid() != 0:
        return list(command)
    user = f"--reuid={POSTGRES_USER}", f"--regid={POSTGRES_USER}", "--clear-groups"
    return ["setpriv", *user, *command]
