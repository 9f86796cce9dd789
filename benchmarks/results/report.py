"""Writes the results as Markdown: the machine, the targets, and a table for each workload."""

from benchmarks.machine import Machine
from benchmarks.results.measured import Row, Table
from benchmarks.results.targets import FLOOR, LOOP, TARGETS, Target

HEADINGS = (
    *("candidate", "runs", "wall s", "fastest - slowest", "x floor", "CPU s", "CPU x loop"),
    "peak MB",
    *("site requests", "S3 requests", "of them uploads", "rows"),
)
EXPLANATION = """\
Wall time is from the start of the process to its exit; wall, CPU and requests are medians, peak
memory is the highest of all runs. `x floor` is wall time divided by that of the floor; `CPU x loop`
is CPU time divided by that of the original loop, which depends less on the machine. CPU is user and
system time of the process and its children; peak memory (10^6 bytes) is that of its largest
process, not a sum. Every run starts with an empty bucket, unless the workload says otherwise. After
each run the stored ids were compared with the site's: `complete` means that every item is there
once, and nothing else; a run that failed, lost or repeated items makes its candidate `FAULTY`, and
its figures worthless. The servers share the machine's cores with the candidates. The floor parses,
verifies and signs nothing."""


def report(tables: list[Table], machine: Machine) -> str:
    by_name = {table.workload.name: table for table in tables}
    parts = [
        "# Results",
        "Written by `python -m benchmarks.run`; do not edit.",
        markdown_table(("", ""), machine.facts()),
        "## Targets",
        markdown_table(
            ("target", "limit", "stretch", "measured", ""),
            [target_cells(target, by_name) for target in TARGETS],
        ),
        "## Measured",
        EXPLANATION,
    ]
    for table in tables:
        parts += section(table)
    return "\n\n".join(parts) + "\n"


def target_cells(target: Target, tables: dict[str, Table]) -> tuple[str, ...]:
    value = target.value(tables)
    measured = "-" if value is None else f"{value:.2f} {target.unit}".strip()
    limit = f"{target.limit:g} {target.unit}".strip()
    stretch = "" if target.stretch is None else f"{target.stretch:g} {target.unit}".strip()
    return target.claim, limit, stretch, measured, target.verdict(tables)


def section(table: Table) -> list[str]:
    parts = [f"### {table.workload.name}: {table.workload.title}"]
    if table.workload.note:
        parts.append(table.workload.note)
    floor, loop = table.row(FLOOR), table.row(LOOP)
    parts.append(markdown_table(HEADINGS, [cells(row, floor, loop) for row in table.rows]))
    faults = [f"- **{row.candidate}**: {fault}" for row in table.rows for fault in row.faults]
    return [*parts, "\n".join(faults)] if faults else parts


def cells(row: Row, floor: Row | None, loop: Row | None) -> tuple[str, ...]:
    fastest, slowest = row.fastest_and_slowest
    return (
        row.candidate,
        str(len(row.runs)),
        f"{row.wall_seconds:.2f}",
        f"{fastest:.2f} - {slowest:.2f}",
        f"{row.wall_seconds / floor.wall_seconds:.2f}" if floor and not row.faults else "-",
        f"{row.cpu_seconds:.2f}",
        f"{row.cpu_seconds / loop.cpu_seconds:.2f}" if loop and not row.faults else "-",
        f"{row.peak_mb:.0f}",
        f"{row.site_requests:g}",
        f"{row.s3_requests:g}",
        f"{row.uploads:g}",
        "**FAULTY**" if row.faults else "complete",
    )


def markdown_table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Return a table whose columns line up in the source too."""
    lines = [headings, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
    written = []
    for line in lines:
        padded = [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]
        written.append(f"| {' | '.join(padded)} |")
    written.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(written)
