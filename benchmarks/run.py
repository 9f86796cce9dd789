"""Measures every candidate with every workload, in rounds, and writes RESULTS.md: `make bench`."""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks import REPOSITORY
from benchmarks.candidates import CANDIDATES, Candidate
from benchmarks.machine import Machine
from benchmarks.peers import DEFAULT_FOLDER, python_of
from benchmarks.process_usage import Usage, usage_of
from benchmarks.results.measured import Row, Run, Table
from benchmarks.results.report import report
from benchmarks.servers.running import Servers, servers_of
from benchmarks.workloads import WORKLOADS, Workload

RESULTS = REPOSITORY / "benchmarks" / "RESULTS.md"
QUICK_WORKLOADS = ("W1", "W3")


@dataclass(frozen=True)
class Measurement:
    """A run of one candidate with one workload, in its own directory, from a copy of the code."""

    candidate: Candidate
    workload: Workload
    servers: Servers
    peers: Path
    code: Path
    directory: Path

    def run(self) -> Run:
        """Measure one run, after as many unmeasured ones as the workload wants."""
        self.servers.delete_objects()
        for _ in range(self.workload.reads_before):
            self._start()
        self.servers.reset_counts()
        usage = self._start()
        return Run(usage, self.servers.traffic(), self._fault(usage))

    def _start(self) -> Usage:
        command = self.candidate.arguments(
            list(self.workload.items),
            project=sys.executable,
            peers=str(self.peers),
            site=self.servers.site,
            s3=self.servers.aws,
        )
        return usage_of(command, self._environment(), self.directory, self._log)

    @property
    def _log(self) -> Path:
        return self.directory / "output.log"

    def _environment(self) -> dict[str, str]:
        """Return an environment that leads to the servers of the workload only."""
        home = str(self.directory)
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": home,
            "TMPDIR": home,
            "PYTHONPATH": str(self.code),
            "AWS_ENDPOINT_URL": self.servers.aws,
            "AWS_ACCESS_KEY_ID": "benchmark",
            "AWS_SECRET_ACCESS_KEY": "benchmark",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "DAGSTER_DISABLE_TELEMETRY": "yes",
        }

    def _fault(self, usage: Usage) -> str:
        """Return why the run failed, or how the stored ids differ from those of the site."""
        if usage.exit_status:
            *_, last = ["", *self._log.read_text(errors="replace").strip().splitlines()]
            return f"exit status {usage.exit_status}: {last.strip()[:200]}"
        if self.candidate.stores is None:
            return ""
        counts = [f"{name}={count}" for name, count in self.workload.items.items()]
        command = [sys.executable, "-m", "benchmarks.results.stored_ids", "--s3", self.servers.aws]
        command += ["--layout", self.candidate.stores, *counts]
        checked = subprocess.run(
            command, cwd=REPOSITORY, capture_output=True, text=True, check=False
        )
        unreadable = checked.returncode and f"not readable: {checked.stderr.strip()[-200:]}"
        return unreadable or checked.stdout.strip()


def copy_code(to: Path) -> None:
    """Copy the code: a run does not change the checkout, nor see later changes of it."""
    shutil.copy(REPOSITORY / "pyproject.toml", to)
    for package in ("wp_pipeline", "benchmarks"):
        unwanted = shutil.ignore_patterns(".*", "__pycache__")
        shutil.copytree(REPOSITORY / package, to / package, ignore=unwanted)


def measured(workload: Workload, peers: Path, code: Path) -> Table:
    """Run the workload's candidates in rounds: A B C, A B C, ..."""
    candidates = [candidate for candidate in CANDIDATES if candidate.name in workload.candidates]
    rows = {candidate.name: Row(candidate.name) for candidate in candidates}
    with servers_of(workload, peers) as servers:
        for number in range(1, workload.repeats + 1):
            for candidate in candidates:
                with tempfile.TemporaryDirectory(prefix="bench-") as directory:
                    where = (servers, peers, code, Path(directory))
                    run = Measurement(candidate, workload, *where).run()
                rows[candidate.name].runs.append(run)
                print(progress(workload, number, candidate, run), file=sys.stderr, flush=True)
    return Table(workload, list(rows.values()))


def progress(workload: Workload, number: int, candidate: Candidate, run: Run) -> str:
    round_ = f"{workload.name} {number}/{workload.repeats}"
    figures = f"{run.usage.wall_seconds:6.2f} s {run.usage.peak_mb:5.0f} MB"
    return f"{round_}  {candidate.name:24} {figures}  {run.fault}"


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    names = [workload.name for workload in WORKLOADS]
    parser.add_argument("--workloads", nargs="+", choices=names, default=names)
    parser.add_argument("--candidates", nargs="+", choices=[c.name for c in CANDIDATES])
    parser.add_argument("--repeats", type=int, help="instead of each workload's own number")
    parser.add_argument(
        "--quick", action="store_true", help="W1 and W3 once, printed and not written"
    )
    parser.add_argument("--output", type=Path, default=RESULTS)
    parser.add_argument(
        "--peers", type=Path, default=DEFAULT_FOLDER, help="the peers' virtual environment"
    )
    arguments = parser.parse_args(argv)
    peers = python_of(arguments.peers)
    machine = Machine.now(peers)
    with tempfile.TemporaryDirectory(prefix="bench-code-") as code:
        copy_code(Path(code))
        tables = [measured(workload, peers, Path(code)) for workload in chosen(arguments)]
    text = report(tables, machine)
    print(text)
    if not arguments.quick:
        arguments.output.write_text(text)


def chosen(arguments: argparse.Namespace) -> list[Workload]:
    """Return the workloads to measure, as the arguments narrow them."""
    names = QUICK_WORKLOADS if arguments.quick else arguments.workloads
    repeats = 1 if arguments.quick else arguments.repeats
    return [
        replace(
            workload,
            repeats=repeats or workload.repeats,
            candidates=tuple(
                name for name in workload.candidates if name in (arguments.candidates or [name])
            ),
        )
        for workload in WORKLOADS
        if workload.name in names
    ]


if __name__ == "__main__":
    main()
