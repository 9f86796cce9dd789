"""The fake site and the fake AWS of one workload, each a process of its own."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.loopback import asked
from benchmarks.workloads import Workload

REPOSITORY = Path(__file__).resolve().parent.parent
UPLOADS = ("put_object", "create_multipart_upload", "upload_part", "complete_multipart_upload")


@dataclass(frozen=True)
class Traffic:
    """What was asked of the site and of S3; `uploads` are those of the S3 requests that write."""

    site_requests: int
    s3_requests: int
    uploads: int


@dataclass(frozen=True)
class World:
    """Where the servers of a workload answer."""

    site: str
    s3: str
    ssm: str

    def forget_objects(self) -> None:
        asked(f"{self.s3}/__wipe")

    def forget_traffic(self) -> None:
        for server in (self.site, self.s3, self.ssm):
            asked(f"{server}/__reset")

    def traffic(self) -> Traffic:
        s3 = asked(f"{self.s3}/__stats")
        uploads = sum(s3["requests_by_operation"].get(name, 0) for name in UPLOADS)
        return Traffic(asked(f"{self.site}/__stats")["requests"], s3["requests"], uploads)


@contextmanager
def world_of(workload: Workload, python: Path) -> Iterator[World]:
    """Start the servers of the workload, and stop them afterwards."""
    counts = [f"--{name}={count}" for name, count in workload.items.items()]
    pace = [f"--latency-ms={workload.latency_ms}", f"--workers={workload.workers}"]
    with ExitStack() as servers:
        site = servers.enter_context(server(python, "fake_wordpress", *counts, *pace))
        s3 = servers.enter_context(server(python, "s3_sink"))
        urls = ",".join(f"{site}/wp-json/wp/v2/{name}" for name in workload.items)
        parameters = (
            f"/wordpress/amazonwebshark/api/mysqlendpoints={urls}",
            "/s3/lakehouse/name/raw=bench",
        )
        ssm = servers.enter_context(server(python, "parameter_store", *parameters))
        yield World(site, s3, ssm)


@contextmanager
def server(python: Path, name: str, *arguments: str) -> Iterator[str]:
    """Start one server on a free port of loopback, give its URL, and stop it afterwards."""
    command = [str(python), "-m", f"benchmarks.servers.{name}", *arguments]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as process:
        try:
            port = process.stdout.readline().strip()
            if not port:
                raise RuntimeError(f"{name} did not start")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
