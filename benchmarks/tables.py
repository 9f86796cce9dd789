"""Measures how long a table of a stored object takes, and how much memory.

    python -m benchmarks.tables                         # writes TABLES.md
    python -m benchmarks.tables --kinds '20,000 posts' --repeats 1 --output /tmp/tables.md

Each way runs as a process of its own, on an object in a file. The project builds its table with
types, verification and two readings; its bucket is a folder. awswrangler needs S3: the fake AWS.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import REPOSITORY
from benchmarks.machine import commit, installed, memory_gb, output_of, processor
from benchmarks.peers import python_of
from benchmarks.process_usage import Usage, usage_of
from benchmarks.servers.running import server
from benchmarks.table_ways.objects import KINDS

OURS = "wp_pipeline"
WAYS = (OURS, "pandas", "awswrangler")
PEERS = ("pandas", "pyarrow", "awswrangler")
FOLDER = REPOSITORY / "benchmarks" / ".venv-bench-tables"
REQUIREMENTS = REPOSITORY / "benchmarks" / "table_ways" / "requirements.txt"
RESULTS = REPOSITORY / "benchmarks" / "TABLES.md"
LIMITS = {"a post of 40 MB": 512}  # MB; 256 for all others
# The other ways hold the whole object in memory, which is too little for these.
ONLY_OURS = ("3,000 posts of 400 KB", "1,000,000 comments", "a post of 40 MB")
NOTE = """\
Compare CPU seconds where the load average is above the number of cores: others used it too.
The peak of a process is never below what the benchmark held when it started it, some 25 MB."""


@dataclass(frozen=True)
class Measured:
    """The runs of one way with one kind of object.

    `size` is that of the object and `table` that of the table, in bytes; 0 if it made none.
    """

    kind: str
    way: str
    size: int
    table: int
    runs: Sequence[Usage]

    def row(self) -> str:
        seconds = median(run.wall_seconds for run in self.runs)
        cpu = median(run.cpu_seconds for run in self.runs)
        peak = max(run.peak_mb for run in self.runs)
        limit = LIMITS.get(self.kind, 256)
        failed = any(run.exit_status for run in self.runs)
        promise = f"{'below' if peak <= limit else '**above**'} {limit}" if self.way == OURS else ""
        table = f"{self.table / 1e6:.1f}" if self.table else ""
        numbers = "failed | | |" if failed else f"{seconds:.1f} | {cpu:.1f} | {peak:.0f} |"
        return (
            f"| {self.kind} | {self.size / 1e6:.0f} | {self.way} | {numbers} {table} | {promise} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--peers", type=Path, default=FOLDER)
    parser.add_argument("--kinds", nargs="*", choices=list(KINDS), default=list(KINDS))
    parser.add_argument("--ways", nargs="*", choices=WAYS, default=list(WAYS))
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--output", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    peers = python_of(chosen.peers, REQUIREMENTS)
    rows = []
    for one in measured(chosen.kinds, chosen.ways, chosen.repeats, peers):
        print(one.row(), file=sys.stderr)
        rows.append(one.row())
        chosen.output.write_text(page(rows, chosen.repeats, peers))


def measured(
    kinds: Sequence[str], ways: Sequence[str], repeats: int, peers: Path
) -> Iterator[Measured]:
    with server(peers, "fake_aws") as aws:
        for kind in kinds:
            with tempfile.TemporaryDirectory() as folder:
                place = Path(folder)
                raw, table = place / "raw.json", place / "table.parquet"
                write = [sys.executable, "-m", "benchmarks.table_ways.objects", kind, str(raw)]
                usage_of(write, environment(aws, place), place, place / "log")
                for way in ways:
                    if way == OURS or kind not in ONLY_OURS:
                        command = command_of(way, raw, table, peers)
                        runs = [
                            usage_of(command, environment(aws, place), place, place / "log")
                            for _ in range(repeats)
                        ]
                        print((place / "log").read_text()[-2000:], file=sys.stderr)
                        size = table.stat().st_size if table.exists() else 0
                        yield Measured(kind, way, raw.stat().st_size, size, runs)
                        table.unlink(missing_ok=True)


def command_of(way: str, raw: Path, table: Path, peers: Path) -> list[str]:
    python = sys.executable if way == OURS else str(peers)
    return [python, "-m", f"benchmarks.table_ways.{way}_way", str(raw), str(table)]


def environment(aws: str, folder: Path) -> dict[str, str]:
    return {
        "PYTHONPATH": str(REPOSITORY),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "AWS_ENDPOINT_URL": aws,
        "AWS_ACCESS_KEY_ID": "benchmark",
        "AWS_SECRET_ACCESS_KEY": "benchmark",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }


def page(rows: Sequence[str], repeats: int, peers: Path) -> str:
    code = "import sys; from importlib.metadata import version\n" + (
        "print(', '.join(f'{name} {version(name)}' for name in sys.argv[1:]))"
    )
    facts = [
        f"commit {commit()}",
        f"{processor()}, {os.cpu_count()} cores, {memory_gb():.0f} GB",
        f"Python {sys.version.split()[0]}, DuckDB {installed('duckdb')}",
        output_of(str(peers), "-c", code, *PEERS),
        f"load average {os.getloadavg()[1]:.1f}",
    ]
    return "\n".join(
        [
            "# Tables: results",
            "",
            f"`python -m benchmarks.tables`, median of {repeats}, the highest peak of all. Seconds"
            " are those of the whole process.",
            "",
            "; ".join(facts),
            "",
            NOTE,
            "",
            "| object | MB | way | s | CPU s | peak MB | table MB | promised MB |",
            "|---|---|---|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


if __name__ == "__main__":
    main()
