"""What a rule about stored data is, and how one is applied.

A rule is a claim about an object, and returns its offenders. It may use everything in `Subject`:
the object's JSON, its metadata, the asset's materializations, the objects of the other endpoints,
and the settings.

    def repeated_ids(subject: Subject) -> Found:
        for item in subject.json.items(["id"]):
            ...

    RULE = Rule("ids_are_unique", "No two items share an id.", repeated_ids, "Repeated ids: {}.")

A module in `claims/` with such a `RULE` is a new asset check. No other module has to name it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from wp_pipeline.aws.lake import count_of
from wp_pipeline.extraction.rules.json_stream import NotJson
from wp_pipeline.extraction.rules.stored_items import StoredJson, Stream
from wp_pipeline.extraction.storing.preview import harmless
from wp_pipeline.settings import Settings

MOST_OFFENDERS_SHOWN = 20
LONGEST_EXAMPLE = 64  # characters

# The metadata of an asset's materializations, the newest first; a column schema is a mapping from
# column to type.
History = Sequence[Mapping[str, Any]]


def no_history() -> History:
    return ()


def nothing(name: str) -> Stream | None:
    return None


@dataclass(frozen=True)
class Place:
    """An endpoint, and the names of all endpoints of its site: what decides which rules apply.

    `collections` are those of a known kind among them.
    """

    name: str
    is_known_kind: bool
    site: frozenset[str] = frozenset()
    collections: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Subject:
    """A stored object to be checked.

    `metadata` is S3's user metadata. `history` reads the asset's
    materializations; the newest describes this object, if it was stored by Dagster. `open` opens
    the object of another endpoint, None if nothing is stored of it.
    """

    place: Place
    json: StoredJson = field(repr=False)
    metadata: Mapping[str, str]
    settings: Settings
    history: Callable[[], History] = field(default=no_history, repr=False)
    open: Callable[[str], Stream | None] = field(default=nothing, repr=False)

    @property
    def rows(self) -> int | None:
        """How many rows are stored; None if the object does not say it."""
        return count_of(self.metadata, "row-count")

    @property
    def total(self) -> int | None:
        """How many rows the site announced; None if that is not known."""
        return count_of(self.metadata, "total")


@dataclass(frozen=True)
class Found:
    """The offenders of a rule.

    `count` is given where there are more than were kept. `figures` are shown with the check,
    whether it passes or not.
    """

    offenders: Sequence[Any] = ()
    count: int | None = None
    figures: Mapping[str, int | float] = field(default_factory=dict)


def everywhere(place: Place) -> bool:
    return True


def no_others(place: Place) -> frozenset[str]:
    return frozenset()


def known_kinds(place: Place) -> bool:
    """Leave out a plugin's rows, which need not have ids."""
    return place.is_known_kind


@dataclass(frozen=True)
class Rule:
    """A claim, the function that returns its offenders, and what they mean.

    `fault` has a `{}` for the offenders. `is_warning` tells that the object may well be right.
    `applies` chooses the endpoints. `reads` are the other endpoints whose objects the rule compares
    with: in a run it is applied when all of them are stored.
    """

    name: str
    description: str
    offenders: Callable[[Subject], Found]
    fault: str
    is_warning: bool = False
    applies: Callable[[Place], bool] = everywhere
    reads: Callable[[Place], frozenset[str]] = no_others

    @property
    def reads_others(self) -> bool:
        return self.reads is not no_others


@dataclass(frozen=True)
class Verdict:
    """Whether a rule holds; `examples` are a few of its `offenders`."""

    passed: bool
    description: str = ""
    examples: Sequence[Any] = ()
    offenders: int = 0
    figures: Mapping[str, int | float] = field(default_factory=dict)


def evaluate(rule: Rule, subject: Subject) -> Verdict:
    """Apply a rule. Raises an AwsError where an object can't be read."""
    try:
        found = rule.offenders(subject)
    except NotJson as fault:
        return Verdict(False, f"The stored object can't be read: {fault}.", [str(fault)], 1)
    if not found.offenders:
        return Verdict(True, figures=found.figures)
    examples = [readable(offender) for offender in found.offenders[:MOST_OFFENDERS_SHOWN]]
    description = rule.fault.format(", ".join(map(str, examples)))
    count = len(found.offenders) if found.count is None else found.count
    return Verdict(False, description, examples, count, found.figures)


def readable(offender: Any) -> int | str:
    """Return what may be shown of an offender, which may be a text of the site."""
    return offender if isinstance(offender, int) else harmless(str(offender))[:LONGEST_EXAMPLE]


NOTHING_STORED = Verdict(
    False, "Nothing is stored yet: materialize the asset.", ["nothing stored"], 1
)
