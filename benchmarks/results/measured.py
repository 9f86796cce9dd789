"""The measured runs, and their medians."""

from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

from benchmarks.process_usage import Usage
from benchmarks.servers.running import Traffic
from benchmarks.workloads import Workload


@dataclass(frozen=True)
class Run:
    """One measured run; `fault` says what was wrong with it, "" if nothing was."""

    usage: Usage
    traffic: Traffic
    fault: str


@dataclass(frozen=True)
class Row:
    """The runs of one candidate at one workload."""

    candidate: str
    runs: list[Run] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        return sorted({run.fault for run in self.runs if run.fault})

    @property
    def wall_seconds(self) -> float:
        return self._median(lambda run: run.usage.wall_seconds)

    @property
    def fastest_and_slowest(self) -> tuple[float, float]:
        walls = [run.usage.wall_seconds for run in self.runs]
        return min(walls), max(walls)

    @property
    def cpu_seconds(self) -> float:
        return self._median(lambda run: run.usage.cpu_seconds)

    @property
    def peak_mb(self) -> float:
        """The highest of all runs: what a machine must have."""
        return max(run.usage.peak_mb for run in self.runs)

    @property
    def site_requests(self) -> float:
        return self._median(lambda run: run.traffic.site_requests)

    @property
    def s3_requests(self) -> float:
        return self._median(lambda run: run.traffic.s3_requests)

    @property
    def uploads(self) -> float:
        return self._median(lambda run: run.traffic.uploads)

    def _median(self, fact: Callable[[Run], float]) -> float:
        return median(fact(run) for run in self.runs)


@dataclass(frozen=True)
class Table:
    """A workload with the rows of its candidates."""

    workload: Workload
    rows: list[Row]

    def row(self, candidate: str) -> Row | None:
        """Return the candidate's row, None unless every one of its runs was faultless."""
        sound = [row for row in self.rows if row.candidate == candidate and not row.faults]
        return sound[0] if sound else None
