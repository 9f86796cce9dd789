"""How the extraction of an endpoint can end: published, unchanged or refused."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from wp_pipeline.wordpress.completeness import PROVEN
from wp_pipeline.wordpress.reading.schema import Schema

UNITS = ("B", "kB", "MB", "GB", "TB")
AGES = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))


@dataclass(frozen=True)
class ReadStats:
    """What reading took: seconds, and requests to the site, some of which were retries."""

    seconds: float
    requests: int
    retries: int = 0


@dataclass(frozen=True)
class Changes:
    """How many rows a payload adds to the stored object, removes from it, and changes in it."""

    added: int = 0
    removed: int = 0
    changed: int = 0

    def __str__(self) -> str:
        """`+12 -3, 5 changed`; empty if there are none."""
        counts = (("+", self.added), ("-", self.removed))
        rows = " ".join(f"{sign}{count:,}" for sign, count in counts if count)
        changed = f"{self.changed:,} changed" if self.changed else ""
        return ", ".join(text for text in (rows, changed) if text)


@dataclass(frozen=True)
class Stored:
    """The lake holds what the site has: published now, or unchanged.

    `size` is in bytes. `columns` are the items' members with their JSON types, `preview` is a
    Markdown table of a few items; neither shows anything that could be secret or personal.
    `completeness` is one of those in `wordpress/completeness.py`; `verified` says how the object
    was compared with the site: `full`, by its `outline`, or by its `counts`. If it `is_dry`, it
    would be published. `changes` is None if they were not counted. `extracted_at` is when the
    reading of the stored object began (UTC, ISO 8601). `total` is what the site announced, None if
    it did not. `schema` is that of the site, if it was asked for.
    """

    name: str
    uri: str
    rows: int
    size: int
    sha256: str
    unchanged: bool
    stats: ReadStats
    columns: Mapping[str, str] = field(default_factory=dict)
    preview: str = ""
    completeness: str = PROVEN
    verified: str = "full"
    is_dry: bool = False
    changes: Changes | None = None
    total: int | None = None
    extracted_at: str = ""
    schema: Schema = field(default_factory=dict)

    @property
    def hidden(self) -> int:
        """How many rows the site counts and does not show to this reader."""
        return max(0, (self.total or 0) - self.rows)

    @property
    def summary(self) -> str:
        """The outcome in one line."""
        published = "would be published" if self.is_dry else "published"
        state = "unchanged" if self.unchanged else published
        rows = readable_rows(self.rows)
        if self.changes and str(self.changes):
            rows += f" ({self.changes})"
        size = readable_size(self.size)
        hidden = f", {self.hidden:,} more not shown to this reader" if self.hidden else ""
        return f"{self.name}: {state}, {rows}, {size}{hidden}"


@dataclass(frozen=True)
class Refused:
    """The lake still holds what it held; `reason` is one line that begins with the name.

    `retry_may_help` tells whether the endpoint may be extracted later without any change,
    `is_unfinished` whether the time of the run was over before it ended.
    """

    name: str
    reason: str
    stats: ReadStats
    retry_may_help: bool = False
    is_unfinished: bool = False

    @property
    def summary(self) -> str:
        return self.reason


Outcome = Stored | Refused


def totals(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """Count the outcomes: total, published, unchanged, refused."""
    counts = Counter(
        "refused"
        if isinstance(outcome, Refused)
        else "unchanged"
        if outcome.unchanged
        else "published"
        for outcome in outcomes
    )
    return {"total": counts.total()} | {
        kind: counts[kind] for kind in ("published", "unchanged", "refused")
    }


def totals_line(outcomes: Iterable[Outcome]) -> str:
    """Return the counts in one line: `total 9, published 1, unchanged 8, refused 0`."""
    return ", ".join(f"{kind} {count}" for kind, count in totals(outcomes).items())


def refusals(outcomes: Iterable[Outcome]) -> list[Refused]:
    """Return the refused ones, by name."""
    refused = (outcome for outcome in outcomes if isinstance(outcome, Refused))
    return sorted(refused, key=lambda outcome: outcome.name)


def readable_rows(count: int) -> str:
    """Return a number of rows: `1 row`, `3,000 rows`."""
    return "1 row" if count == 1 else f"{count:,} rows"


def readable_size(size: float) -> str:
    """Return a number of bytes in decimal units: `56.8 kB`."""
    for unit in UNITS[:-1]:
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} {UNITS[-1]}"


def readable_age(seconds: float) -> str:
    """Return an age in its largest unit: `3 days`; `in the future` for a negative one."""
    if seconds < 0:
        return "in the future"
    for unit, size in AGES:
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return "now"
