"""The targets for speed and memory, and whether the results reach them."""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.results.measured import Row, Table
from benchmarks.workloads import BLOG

Tables = dict[str, Table]  # by the workload's name

OURS = "extraction alone"
OURS_IN_DAGSTER = "wp-pipeline in Dagster"
IDLE_IN_DAGSTER = "idle assets in Dagster"
FLOOR = "floor"
LOOP = "original loop"


@dataclass(frozen=True)
class Target:
    """A limit, a lower one to stretch for, and how the value is found: None if not measured."""

    claim: str
    limit: float
    unit: str
    value: Callable[[Tables], float | None]
    stretch: float | None = None

    def verdict(self, tables: Tables) -> str:
        value = self.value(tables)
        if value is None:
            return "not measured"
        if self.stretch is not None and value <= self.stretch:
            return "stretch reached"
        return "reached" if value <= self.limit else "NOT reached"


def fact_of(workload: str, candidate: str, fact: Callable[[Row], float]):
    """Return a function that finds a fact of one row."""

    def value(tables: Tables) -> float | None:
        row = workload in tables and tables[workload].row(candidate)
        return fact(row) if row else None

    return value


def peak_mb(workload: str):
    return fact_of(workload, OURS, lambda row: row.peak_mb)


def wall_seconds(workload: str, candidate: str):
    return fact_of(workload, candidate, lambda row: row.wall_seconds)


def ratio_to_floor(workload: str):
    def value(tables: Tables) -> float | None:
        ours, floor = (wall_seconds(workload, who)(tables) for who in (OURS, FLOOR))
        return ours / floor if ours and floor else None

    return value


def cpu_ratio_to_loop(workload: str):
    def value(tables: Tables) -> float | None:
        ours, loop = (
            fact_of(workload, who, lambda row: row.cpu_seconds)(tables) for who in (OURS, LOOP)
        )
        return ours / loop if ours and loop else None

    return value


def seconds_over_idle(tables: Tables) -> float | None:
    ours, idle = (wall_seconds("W1", who)(tables) for who in (OURS_IN_DAGSTER, IDLE_IN_DAGSTER))
    return ours - idle if ours and idle else None


TARGETS = (
    Target("W1, start to exit, against the floor", 1.4, "x", ratio_to_floor("W1"), 1.25),
    Target("W2, start to exit, against the floor", 1.6, "x", ratio_to_floor("W2"), 1.35),
    Target("W2, CPU against the original loop", 0.25, "x", cpu_ratio_to_loop("W2"), 0.18),
    Target("W2, peak memory", 110, "MB", peak_mb("W2")),
    Target("W4, peak memory", 110, "MB", peak_mb("W4")),
    Target("W4x10, peak memory", 110, "MB", peak_mb("W4x10")),
    Target("W1 in Dagster, above as many idle assets", 1.0, "s", seconds_over_idle),
    Target(
        "W1, S3 requests per endpoint",
        2,
        "",
        fact_of("W1", OURS, lambda row: row.s3_requests / len(BLOG)),
    ),
    Target("W3, uploads", 0, "", fact_of("W3", OURS, lambda row: row.uploads)),
    Target("W3 in Dagster, uploads", 0, "", fact_of("W3", OURS_IN_DAGSTER, lambda r: r.uploads)),
)
