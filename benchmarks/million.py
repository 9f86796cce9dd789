"""A million comments: a full read and a refresh, in one process and on two workers.

    python -m benchmarks.million

The fake site needs 5 ms for a request and answers four at a time. It is read in full twice, then
refreshed twice; before each refresh it gets some new comments. In Dagster one step does that, or a
step for each endpoint in two processes, whose pool gives each process half of the site's limit.
MILLION.md is written anew after each result.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import REPOSITORY
from benchmarks.candidates import ONE_ARRAY
from benchmarks.machine import Machine
from benchmarks.peers import DEFAULT_FOLDER, python_of
from benchmarks.process_usage import Usage, usage_of
from benchmarks.run import copy_code
from benchmarks.servers.client import get_json
from benchmarks.servers.running import Servers, server

RESULTS = REPOSITORY / "benchmarks" / "MILLION.md"
COUNTS = {
    "posts": 20_000, "comments": 1_000_000, "pages": 400, "categories": 300, "tags": 3_000,
    "users": 120, "media": 5_000,
}  # fmt: skip
NEW = {"comments": 30}
# The first refresh after a full read has no probe to compare with: it compares all outlines.
RUNS = (
    ("`full`, nothing is stored", "full"),
    ("`full`, again", "full"),
    ("`changes`", "changes"),
    ("`changes`, again", "changes"),
)
PACE = ("--latency-ms=5", "--workers=4")
WORKERS = 2
JOB_NAME = "amazonwebshark_extraction"
INSTANCE = f"""
telemetry: {{enabled: false}}
concurrency: {{pools: {{default_limit: {WORKERS}, granularity: op}}}}
"""
JOB = ("dagster", "job", "execute", "-m", "wp_pipeline.definitions")


@dataclass(frozen=True)
class Way:
    """A way to extract the site: its command for a mode, and the variables that it needs."""

    name: str
    is_in_dagster: bool = False
    variables: tuple[tuple[str, str], ...] = ()

    def command(self, mode: str, directory: Path) -> list[str]:
        programs = Path(sys.executable).parent
        if not self.is_in_dagster:
            return [str(programs / "wp-pipeline"), "extract", "--mode", mode, "--quiet"]
        config = directory / "run.yaml"
        lines = [f"  {step}: {{config: {{mode: {mode}}}}}" for step in self.steps()]
        config.write_text("\n".join(["ops:", *lines]))
        return [str(programs / JOB[0]), *JOB[1:], "-j", JOB_NAME, "-c", str(config)]

    def steps(self) -> list[str]:
        one = "extract_amazonwebshark"
        return [f"{one}__{name}" for name in COUNTS] if self.variables else [one]


WAYS = (
    Way("wp-pipeline extract"),
    Way(
        f"in Dagster, a step for each endpoint, {WORKERS} processes",
        is_in_dagster=True,
        variables=(("WP_PIPELINE_STEPS", "endpoint"), ("WP_PIPELINE_EXECUTOR", "multiprocess")),
    ),
    Way("in Dagster, one step", is_in_dagster=True),
)


@dataclass(frozen=True)
class Result:
    way: str
    run: str
    usage: Usage
    requests: int
    found: str

    def row(self) -> str:
        usage = self.usage
        figures = f"{usage.wall_seconds:.1f} | {usage.cpu_seconds:.1f} | {usage.peak_mb:.0f}"
        return f"| {self.way} | {self.run} | {figures} | {self.requests:,} | {self.found} |"


@contextmanager
def site(python: Path) -> Iterator[str]:
    arguments = [f"--{name}={count}" for name, count in COUNTS.items()]
    with server(python, "fake_wordpress", *arguments, *PACE) as url:
        yield url


@contextmanager
def store(python: Path, url: str) -> Iterator[str]:
    urls = ",".join(f"{url}/wp-json/wp/v2/{name}" for name in COUNTS)
    parameters = (
        f"/wordpress/amazonwebshark/api/mysqlendpoints={urls}",
        "/s3/lakehouse/name/raw=bench",
    )
    with server(python, "fake_aws", *parameters) as aws:
        yield aws


def measured(way: Way, python: Path, code: Path) -> Iterator[Result]:
    """Measure two full reads, and two refreshes of the site, each after it has grown."""
    with tempfile.TemporaryDirectory(prefix="million-") as name:
        directory = Path(name)
        (directory / "dagster.yaml").write_text(INSTANCE)
        with site(python) as url, store(python, url) as aws:
            servers, counts = Servers(url, aws), dict(COUNTS)
            for run, mode in RUNS:
                if mode == "changes":
                    more = "&".join(f"{collection}={count}" for collection, count in NEW.items())
                    get_json(f"{url}/__grow?{more}")
                    counts.update({one: counts[one] + count for one, count in NEW.items()})
                servers.reset_counts()
                log = directory / "output.log"
                variables = environment(way, servers, directory, code)
                usage = usage_of(way.command(mode, directory), variables, directory, log)
                requests = servers.traffic().site_requests
                is_last = run == RUNS[-1][0]
                fault = fault_of(usage, log) or (difference(servers, counts) if is_last else "")
                yield Result(
                    way.name, run, usage, requests, fault or ("complete" if is_last else "")
                )


def environment(way: Way, servers: Servers, directory: Path, code: Path) -> dict[str, str]:
    """Return an environment that leads to the servers only."""
    return {
        "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(directory),
        "TMPDIR": str(directory), "DAGSTER_HOME": str(directory), "PYTHONPATH": str(code),
        "AWS_ENDPOINT_URL": servers.aws, "AWS_ACCESS_KEY_ID": "benchmark",
        "AWS_SECRET_ACCESS_KEY": "benchmark", "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true", **dict(way.variables),
    }  # fmt: skip


def fault_of(usage: Usage, log: Path) -> str:
    if not usage.exit_status:
        return ""
    *_, last = ["", *log.read_text(errors="replace").strip().splitlines()]
    return f"exit status {usage.exit_status}: {last.strip()[:200]}"


def difference(servers: Servers, counts: dict[str, int]) -> str:
    """Return how the stored ids differ from those of the site."""
    command = [sys.executable, "-m", "benchmarks.results.stored_ids", "--s3", servers.aws]
    command += ["--layout", ONE_ARRAY, *(f"{name}={count}" for name, count in counts.items())]
    checked = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    return checked.stdout.strip() or checked.stderr.strip()[-200:]


def page(results: Sequence[Result], machine: Machine) -> str:
    facts = "\n".join(f"| {name} | {value} |" for name, value in machine.facts())
    rows = "\n".join(result.row() for result in results)
    return f"""# A million comments

Written by `python -m benchmarks.million`; do not edit.

| | |
|---|---|
{facts}

A site with {COUNTS["comments"]:,} comments, {COUNTS["posts"]:,} posts and five smaller
collections, 5 ms a request, 4 PHP workers; WP_PIPELINE_CONCURRENCY is 4. It is read twice. Then
{NEW["comments"]} comments come before each refresh. The stored ids are compared at the end. Peak
memory is that of the largest process. The servers share the machine's cores. In Dagster the objects
are checked too, which reads them again.

| way | run | wall s | CPU s | peak MB | site requests | stored ids |
|---|---|---|---|---|---|---|
{rows}
"""


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.million", description=__doc__)
    parser.add_argument("--peers", type=Path, default=DEFAULT_FOLDER, help="as for benchmarks.run")
    python = python_of(parser.parse_args(argv).peers)
    machine, results = Machine.now(python), []
    with tempfile.TemporaryDirectory(prefix="million-code-") as code:
        copy_code(Path(code))
        for way in WAYS:
            for result in measured(way, python, Path(code)):
                print(result.row(), file=sys.stderr, flush=True)
                results.append(result)
                RESULTS.write_text(page(results, machine))


if __name__ == "__main__":
    main()
