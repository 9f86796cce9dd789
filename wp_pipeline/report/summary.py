"""The headline of the report, and a line for each file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from wp_pipeline.report.history import EndpointHistory, History
from wp_pipeline.report.reading.content import Content, StoredFile
from wp_pipeline.report.series import NAMES
from wp_pipeline.report.texts import shown
from wp_pipeline.wordpress.completeness import COUNTED, PROVEN, SINGLE

NOTHING_STORED = "Nothing is stored yet"
COMPLETENESS: Mapping[str, str] = {
    PROVEN: "every row, proven",
    COUNTED: "every row, counted",
    SINGLE: "one answer, as the site sent it",
}
LONGEST_NAME = 60


@dataclass(frozen=True)
class FileLine:
    """What the report says of one file. Each of the `troubles` is one line."""

    name: str
    rows: int | None
    hidden: int
    as_of: datetime | None
    completeness: str
    checks: int
    checks_passed: int
    troubles: Sequence[str]
    is_up_to_date: bool


@dataclass(frozen=True)
class Summary:
    """The first lines of the report, and a line for each file.

    `state` says how many files are up to date, and as of when: the oldest of their times.
    """

    counts: str
    state: str
    hidden: str
    is_complete: bool
    lines: Sequence[FileLine]

    @property
    def headline(self) -> str:
        """The whole in one line: `2 posts, 1 comment, complete as of 1 May 2026, 09:30 UTC`."""
        if not any(line.rows is not None for line in self.lines):
            return f"{self.counts}; {self.state}" if self.state else self.counts
        return f"{self.counts}, {self.state}{f'; {self.hidden}' if self.hidden else ''}"


def summarize(content: Content, history: History, zone: ZoneInfo) -> Summary:
    lines = [line_of(file, history.of(file.name)) for file in content.files]
    current = [line for line in lines if line.is_up_to_date]
    times = [line.as_of for line in current if line.as_of]
    as_of = f" as of {written(min(times), zone)}" if times else ""
    is_complete = bool(lines) and len(current) == len(lines)
    state = f"complete{as_of}"
    if not is_complete:
        state = f"{len(current)} of {numbered(len(lines), 'file')} up to date{as_of}"
    return Summary(
        counts=counts_of(content),
        state=state if lines else "",
        hidden=", ".join(hidden_in(content)),
        is_complete=is_complete,
        lines=lines,
    )


def line_of(file: StoredFile, known: EndpointHistory) -> FileLine:
    troubles = list(troubles_of(file, known))
    return FileLine(
        name=shown(file.name, LONGEST_NAME),
        rows=file.rows if file.is_stored and file.is_readable else None,
        hidden=file.hidden,
        as_of=known.as_of or file.extracted_at,
        completeness=COMPLETENESS.get(file.completeness, ""),
        checks=len(known.checks),
        checks_passed=sum(check.passed for check in known.checks),
        troubles=troubles,
        is_up_to_date=file.is_stored and file.is_readable and not known.refusal,
    )


def troubles_of(file: StoredFile, known: EndpointHistory) -> Iterator[str]:
    if known.refusal:
        yield f"not brought up to date: {without_name(known.refusal, file.name)}"
    if not file.is_stored:
        yield "nothing is stored yet"
    elif not file.is_readable:
        yield "the stored file can't be read: it is no JSON, or only a part of it"
    for check in known.checks:
        if not check.passed:
            claim = check.name.replace("_", " ")
            yield f"the check “{claim}” did not pass. {check.reason}".strip()


def without_name(reason: str, name: str) -> str:
    """Return a reason without the name of its endpoint, which the report shows beside it."""
    return reason.removeprefix(f"{name}: ")


def counts_of(content: Content) -> str:
    """Return what there is, in words: `300 posts, 1,000 comments`."""
    found = []
    if content.posts:
        found.append(numbered(content.posts.count, "post"))
    if content.comments:
        found.append(numbered(content.comments.count, "comment"))
    if found:
        return ", ".join(found)
    rows = [file.rows for file in content.files if file.is_stored and file.rows is not None]
    stored = sum(file.is_stored for file in content.files)
    if not stored:
        return NOTHING_STORED
    return f"{numbered(sum(rows), 'row')} in {numbered(stored, 'file')}"


def hidden_in(content: Content) -> Iterator[str]:
    for file in content.files:
        for kind, dated in (("post", content.posts), ("comment", content.comments)):
            if file.hidden and dated and file.name == f"{kind}s":
                yield f"{numbered(file.hidden, kind)} not public"


def numbered(count: int, noun: str) -> str:
    """Return a number with its noun: `1 post`, `1,000 posts`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def written(at: datetime, zone: ZoneInfo) -> str:
    """Return a time in words: `1 May 2026, 09:30 UTC`."""
    local = at.astimezone(zone)
    return f"{local.day} {NAMES[local.month - 1]} {local.year}, {local:%H:%M} {local.tzname()}"


def short(at: datetime, zone: ZoneInfo) -> str:
    """Return a time for a table whose head names the zone: `1 May 2026, 09:30`."""
    local = at.astimezone(zone)
    return f"{local.day} {NAMES[local.month - 1][:3]} {local.year}, {local:%H:%M}"
