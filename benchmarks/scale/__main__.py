"""Measures a code location with 500 sites, and writes SCALE.md: `make bench-scale`."""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import REPOSITORY
from benchmarks.machine import commit, memory_gb, processor
from benchmarks.peers import DEFAULT_FOLDER, python_of
from benchmarks.scale.project import KINDS, copy_project, secure_strings
from benchmarks.servers.running import server

RESULTS = REPOSITORY / "benchmarks" / "SCALE.md"
BUCKET = "/s3/lakehouse/name/raw=bench"
STEP_BEGINS = "STEP_START"
ONE = "one"
ANSWERED = (
    ("load and first answer to the webserver, CPU time", "cpu", "s"),
    ("size of that answer", "answer_mb", "MB"),
    ("peak memory after that answer", "peak_mb", "MB"),
)
LAYOUTS = {"path": "one `WordPressSites`", "folders": "a `defs.yaml` for each"}


@dataclass(frozen=True)
class Setup:
    """Copies of the project, and two Parameter Stores: one that answers and one that is silent."""

    folder: Path
    sites: int
    answering: str
    silent: str

    def environment(self, project: Path, aws: str) -> dict[str, str]:
        ours = {name: text for name, text in os.environ.items() if "WP_PIPELINE" not in name}
        return {
            **ours,
            "PYTHONPATH": f"{project}:{REPOSITORY}",
            "DAGSTER_HOME": str(self.folder),
            "AWS_ENDPOINT_URL": aws,
            "AWS_ACCESS_KEY_ID": "bench",
            "AWS_SECRET_ACCESS_KEY": "bench",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "STARTED": str(time.time()),
            "RESULT": str(self.folder / "result.json"),
        }

    def load(
        self, project: Path, aws: str, is_described: bool = False
    ) -> dict[str, dict[str, float]]:
        command = [sys.executable, "-W", "ignore", "-m", "benchmarks.scale.probe"]
        environment = self.environment(project, aws) | {"DESCRIBED": "1" if is_described else ""}
        subprocess.run(command, env=environment, cwd=project, check=True, capture_output=True)
        found = json.loads((self.folder / "result.json").read_text())
        wanted = self.sites * len(KINDS)
        if found["assets"]["count"] != wanted:
            raise SystemExit(f"{found['assets']['count']} assets were loaded, not {wanted}")
        return found

    def seconds_to_step(self, project: Path) -> float:
        """Return the time from the start of `dagster asset materialize` to that of its step."""
        command = [
            sys.executable, "-W", "ignore", "-m", "dagster", "asset", "materialize",
            "--select", 'key:"site0000/posts"', "-m", "wp_pipeline.definitions",
        ]  # fmt: skip
        environment = self.environment(project, self.answering)
        began = time.perf_counter()
        with subprocess.Popen(
            command, env=environment, cwd=project, text=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        ) as process:  # fmt: skip
            for line in process.stderr or ():
                if STEP_BEGINS in line:
                    seconds = time.perf_counter() - began
                    process.kill()
                    return seconds
        raise SystemExit("the step did not begin")


@contextmanager
def silent_server() -> Iterator[str]:
    """Accept connections, and never answer; yield the URL."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@contextmanager
def parameter_store(python: Path, folder: Path, sites: int, latency_ms: float) -> Iterator[str]:
    """Serve the parameters of so many sites; yield the URL."""
    file = folder / f"parameters-{sites}.json"
    file.write_text(json.dumps(secure_strings(sites)))
    options = (f"--secure-strings={file}", f"--latency-ms={latency_ms}")
    with server(python, "fake_aws", BUCKET, *options) as url:
        yield url


def measured(setup: Setup, layout: str, rounds: int) -> Iterator[tuple[str, float, str]]:
    """Yield what was measured, the value, and its unit.

    A folder for each site has jobs for each site: they are loaded, and not described, which takes
    half a minute more.
    """
    project = copy_project(setup.folder, layout, setup.sites)
    setup.load(project, setup.answering)  # Compiles, and leaves the names for the silent one.
    there = [setup.load(project, setup.answering) for _ in range(rounds)]
    silent = [setup.load(project, setup.silent) for _ in range(rounds)]
    yield "load, Parameter Store there", middle(there, "loaded", "seconds"), "s"
    yield "its CPU time", middle(there, "loaded", "cpu"), "s"
    yield "load, Parameter Store silent", middle(silent, "loaded", "seconds"), "s"
    yield "its CPU time, silent", middle(silent, "loaded", "cpu"), "s"
    yield "peak memory, loaded", middle(there, "loaded", "peak_mb"), "MB"
    if layout == "folders":
        return
    described = [setup.load(project, setup.answering, is_described=True) for _ in range(rounds)]
    for what, figure, unit in ANSWERED:
        yield what, middle(described, "described", figure), unit
    steps = [setup.seconds_to_step(project) for _ in range(rounds)]
    yield "`dagster asset materialize` of one site, to the step", median(steps), "s"


def middle(found: list[dict[str, dict[str, float]]], part: str, figure: str) -> float:
    return median(one[part][figure] for one in found)


def report(arguments: argparse.Namespace, rows: dict[str, dict[str, str]], load: float) -> str:
    command = " ".join(["python -m benchmarks.scale", *sys.argv[1:]])
    columns = [*LAYOUTS, ONE]
    about = (
        f"`{command}` at commit {commit()}: {processor()}, {os.cpu_count()} cores,"
        f" {memory_gb():.0f} GB, Python {sys.version.split()[0]}, load average before: {load:.1f}."
        f" {rounds_of(arguments.rounds)}. Times begin with the process, so they include"
        " Python and the imports. Parameter Store is a fake on loopback that answers after"
        f" {arguments.latency_ms:g} ms, with SecureStrings; the silent one accepts connections and"
        " never answers. [README.md](README.md#many-sites) says what each row is."
    )
    table = [
        f"| {what} | {' | '.join(values.get(column, '') for column in columns)} |"
        for what, values in rows.items()
    ]
    heading = f"| | {' | '.join([*LAYOUTS.values(), 'one site'])} |"
    title = f"# {arguments.sites} sites, {len(KINDS)} endpoints each"
    return "\n".join([title, "", about, "", heading, "|---|---|---|---|", *table, ""])


def rounds_of(count: int) -> str:
    return "One round" if count == 1 else f"Medians of {count} rounds"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--latency-ms", type=float, default=10.0)
    parser.add_argument("--output", type=Path, default=RESULTS)
    parser.add_argument("--peers", type=Path, default=DEFAULT_FOLDER, help="as for benchmarks.run")
    arguments = parser.parse_args()
    python = python_of(arguments.peers)
    rows: dict[str, dict[str, str]] = {}
    load = os.getloadavg()[0]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        silent = stack.enter_context(silent_server())
        for column, layout, sites in (
            (ONE, "path", 1),
            ("path", "path", arguments.sites),
            ("folders", "folders", arguments.sites),
        ):
            store = stack.enter_context(
                parameter_store(python, folder, sites, arguments.latency_ms)
            )
            setup = Setup(folder, sites, store, silent)
            for what, value, unit in measured(setup, layout, arguments.rounds):
                rows.setdefault(what, {})[column] = f"{value:.1f} {unit}"
                print(f"{layout}, {sites}: {what}: {value:.1f} {unit}", flush=True)
            arguments.output.write_text(report(arguments, rows, load))


if __name__ == "__main__":
    main()
