"""Describes the machine and the versions that were measured."""

import os
import platform
import subprocess
from dataclasses import dataclass
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks import REPOSITORY

PROJECT_PACKAGES = ("dagster", "boto3", "requests", "urllib3")
PEER_PACKAGES = ("dlt", "s3fs", "pycurl", "uvloop")


@dataclass(frozen=True)
class Machine:
    """The state of the machine when measuring began; other work on it makes times longer."""

    began: datetime
    load_average: float
    peers: Path

    @classmethod
    def now(cls, peers: Path) -> "Machine":
        return cls(datetime.now(timezone.utc), os.getloadavg()[0], peers)

    def facts(self) -> list[tuple[str, str]]:
        return [
            ("date", f"{self.began:%Y-%m-%d %H:%M} UTC"),
            ("commit", commit()),
            ("machine", f"{processor()}, {os.cpu_count()} cores, {memory_gb():.0f} GB"),
            ("load average before", f"{self.load_average:.2f}"),
            ("system", platform.platform()),
            ("Python", platform.python_version()),
            ("project", ", ".join(f"{name} {installed(name)}" for name in PROJECT_PACKAGES)),
            ("servers and peers", self._peer_versions()),
        ]

    def _peer_versions(self) -> str:
        script = "import sys; from importlib.metadata import version\n" + (
            "print(', '.join(f'{name} {version(name)}' for name in sys.argv[1:]))"
        )
        return output_of(str(self.peers), "-c", script, *PEER_PACKAGES)


def installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def commit() -> str:
    """Return the commit that was measured, and say if the tree differs from it."""
    name = output_of("git", "-C", str(REPOSITORY), "rev-parse", "--short", "HEAD")
    changes = output_of("git", "-C", str(REPOSITORY), "status", "--porcelain", "--", "wp_pipeline")
    return f"{name or 'none'}{', with uncommitted changes' if changes else ''}"


def output_of(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
