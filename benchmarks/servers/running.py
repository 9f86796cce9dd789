"""Starts the fake site and the fake AWS of a workload, each in a process of its own."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import REPOSITORY
from benchmarks.servers.client import get_json
from benchmarks.workloads import Workload

UPLOADS = ("put_object", "create_multipart_upload", "upload_part", "complete_multipart_upload")


@dataclass(frozen=True)
class Traffic:
    """Numbers of requests; `uploads` are the S3 requests that write."""

    site_requests: int
    s3_requests: int
    uploads: int


@dataclass(frozen=True)
class Servers:
    """The URLs of the servers of a workload."""

    site: str
    aws: str

    def delete_objects(self) -> None:
        get_json(f"{self.aws}/__wipe")

    def reset_counts(self) -> None:
        for server in (self.site, self.aws):
            get_json(f"{server}/__reset")

    def traffic(self) -> Traffic:
        s3 = get_json(f"{self.aws}/__stats")
        uploads = sum(s3["requests_by_operation"].get(name, 0) for name in UPLOADS)
        return Traffic(get_json(f"{self.site}/__stats")["requests"], s3["requests"], uploads)


@contextmanager
def servers_of(workload: Workload, python: Path) -> Iterator[Servers]:
    """Start the servers of the workload, and stop them afterwards."""
    counts = [f"--{name}={count}" for name, count in workload.items.items()]
    pace = [f"--latency-ms={workload.latency_ms}", f"--workers={workload.workers}"]
    with ExitStack() as servers:
        site = servers.enter_context(server(python, "fake_wordpress", *counts, *pace))
        urls = ",".join(f"{site}/wp-json/wp/v2/{name}" for name in workload.items)
        parameters = (
            f"/wordpress/amazonwebshark/api/mysqlendpoints={urls}",
            "/s3/lakehouse/name/raw=bench",
        )
        yield Servers(site, servers.enter_context(server(python, "fake_aws", *parameters)))


@contextmanager
def server(python: Path, name: str, *arguments: str) -> Iterator[str]:
    """Start one server on a free port of loopback, yield its URL, and stop it afterwards."""
    command = [str(python), "-m", f"benchmarks.servers.{name}", *arguments]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as process:
        try:
            port = process.stdout.readline().strip()
            if not port:
                raise RuntimeError(f"{name} did not start")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
