"""How an endpoint's extraction can end."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ReadStats:
    """What it took: seconds, and requests to the site."""

    seconds: float
    requests: int


@dataclass(frozen=True)
class Stored:
    """The lake holds what the site has, replaced or already there.

    `columns` are the items' members with their JSON types, `preview` is a Markdown table of a few
    items; both come from the first items and show nothing that could be a secret or personal.
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


@dataclass(frozen=True)
class Refused:
    """The lake still holds what it held; `reason` is one line that begins with the name."""

    name: str
    reason: str
    stats: ReadStats


Outcome = Stored | Refused


def totals(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """Count them: total, published, unchanged, refused."""
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
