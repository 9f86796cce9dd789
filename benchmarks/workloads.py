"""The workloads: the size and speed of the site, and the candidates that read it."""

from dataclasses import dataclass

BLOG = {
    "posts": 497,
    "comments": 1997,
    "pages": 40,
    "categories": 30,
    "tags": 120,
    "users": 12,
    "media": 150,
}
EVERYBODY = (
    "floor",
    "extraction alone",
    "wp-pipeline extract",
    "wp-pipeline in Dagster",
    "original loop",
    "dlt default",
    "dlt tuned",
)


@dataclass(frozen=True)
class Workload:
    """One site, how often it was read before, and the candidates that read it."""

    name: str
    title: str
    items: dict[str, int]
    latency_ms: int
    repeats: int
    candidates: tuple[str, ...] = EVERYBODY
    workers: int = 4
    reads_before: int = 0
    note: str = ""


WORKLOADS = (
    Workload(
        name="W1",
        title="a blog: 7 collections, 32 pages, 6 MB, 80 ms a request, 4 PHP workers",
        items=BLOG,
        latency_ms=80,
        repeats=7,
        candidates=(*EVERYBODY, "idle assets in Dagster"),
    ),
    Workload(
        name="W2",
        title="a magazine: 7 collections, 1,207 pages, 245 MB, 5 ms a request, 4 PHP workers",
        items=BLOG | {"posts": 19_990, "comments": 99_990},
        latency_ms=5,
        repeats=3,
    ),
    Workload(
        name="W3",
        title="W1 read again, nothing changed",
        items=BLOG,
        latency_ms=80,
        repeats=5,
        reads_before=1,
        note="Each run follows one by the same candidate that is not measured.",
    ),
    Workload(
        name="W4",
        title="one collection of 123 MB, 5 ms a request, 4 PHP workers",
        items={"posts": 19_990},
        latency_ms=5,
        repeats=3,
    ),
    Workload(
        name="W4x10",
        title="one collection of 1.2 GB, 5 ms a request, 4 PHP workers",
        items={"posts": 199_900},
        latency_ms=5,
        repeats=3,
        candidates=("floor", "extraction alone", "wp-pipeline in Dagster"),
        note=(
            "Only memory is of interest here. The floor keeps the collection in memory; the loop"
            " would need many times its size and dlt many minutes, so neither is run."
        ),
    ),
)
