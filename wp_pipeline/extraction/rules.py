"""Rules about stored data. Each becomes an asset check; to add one, add it to `RULES`.

A rule is a sentence about an object and returns its offenders. It may look at everything in
`Subject`: the object as a stream, its metadata, the previous materialization and the settings.

    def row_count_matches(subject: Subject) -> list[str]:
        ...

    RULES = (..., Rule("row_count_matches", "The metadata's row count is right.", …))
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Protocol

import ijson

from wp_pipeline.extraction.storing.preview import harmless
from wp_pipeline.settings import Settings
from wp_pipeline.wordpress.answers.error_objects import plain
from wp_pipeline.wordpress.answers.wrapped import CONTAINER

BUFFER = 1 << 18  # bytes
MOST_OFFENDERS_SHOWN = 20
LONGEST_EXAMPLE = 64  # characters
EVENTS_OF_A_WRAPPER = 1000  # of the parser; what wraps a list has few members


class Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class NotJson(Exception):
    """The object is no JSON value, or only a part of one."""


@dataclass(frozen=True)
class Subject:
    """A stored object to be checked.

    `stream` can be read once. `metadata` is S3's user metadata; `previous` the metadata of the
    asset's materialization before this one, empty if there is none.
    """

    name: str
    stream: Readable = field(repr=False)
    metadata: Mapping[str, str]
    settings: Settings
    previous: Callable[[], Mapping[str, Any]] = field(default=dict, repr=False)


@dataclass(frozen=True)
class Rule:
    """A claim, the function that returns the offenders, and what they mean.

    `fault` has a `{}` for the offenders. `known_kinds_only` leaves out a plugin's raw rows, which
    need not have ids.
    """

    name: str
    description: str
    offenders: Callable[[Subject], Sequence[Any]]
    fault: str
    known_kinds_only: bool = False


@dataclass(frozen=True)
class Verdict:
    """Whether a rule holds; `examples` are a few of its `offenders`."""

    passed: bool
    description: str = ""
    examples: Sequence[Any] = ()
    offenders: int = 0


def evaluate(rule: Rule, subject: Subject) -> Verdict:
    """Apply a rule. Raises an AwsError where the object can't be read."""
    try:
        offenders = rule.offenders(subject)
    except NotJson as fault:
        return Verdict(False, f"The stored object can't be read: {fault}.", [str(fault)], 1)
    if not offenders:
        return Verdict(True)
    examples = [readable(offender) for offender in offenders[:MOST_OFFENDERS_SHOWN]]
    description = rule.fault.format(", ".join(map(str, examples)))
    return Verdict(False, description, examples, len(offenders))


def readable(offender: Any) -> int | str:
    """Return what may be shown of an offender, which may be a text of the site."""
    return offender if isinstance(offender, int) else harmless(str(offender))[:LONGEST_EXAMPLE]


NOTHING_STORED = Verdict(
    False, "Nothing is stored yet: materialize the asset.", ["nothing stored"], 1
)


def missing_rows(subject: Subject) -> list[str]:
    """Return what is empty, unless the endpoint may be empty."""
    empty = empty_parts(subject.stream)
    return [] if subject.name in subject.settings.may_be_empty else empty


def empty_parts(stream: Readable) -> list[str]:
    """Return what is empty: the array, the object, or the list in which a plugin wraps rows."""
    events = read(ijson.parse, stream)
    _, kind, _ = next(events)
    _, event, _ = next(events, ("", "end", None))
    if kind == "start_array":
        return ["the array"] if event == "end_array" else []
    if kind != "start_map":
        return ["the value, which is no array or object"]
    if event == "end_map":
        return ["the object"]
    last = ("", "")
    for prefix, event, _ in islice(events, EVENTS_OF_A_WRAPPER):
        is_empty = event == "end_array" and last == (prefix, "start_array")
        if is_empty and CONTAINER.fullmatch(plain(prefix)):
            return [prefix]
        last = (prefix, event)
    return []


def repeated_ids(subject: Subject) -> list[int | str]:
    """Return the ids, numbers or strings, that more than one item of an array has."""
    seen: set[int | str] = set()
    repeated: dict[int | str, None] = {}
    for item_id in read(ijson.items, subject.stream, "item.id"):
        if not isinstance(item_id, (int, str)):
            continue
        if item_id in seen:
            repeated[item_id] = None
        seen.add(item_id)
    return list(repeated)


def read(parse: Callable[..., Iterator[Any]], stream: Readable, *arguments: str) -> Iterator[Any]:
    """Yield what ijson finds. Raises NotJson."""
    try:
        yield from parse(stream, *arguments, buf_size=BUFFER)
    except (ijson.JSONError, UnicodeDecodeError):
        raise NotJson("it is no JSON, or only a part of it") from None


RULES = (
    Rule(
        "payload_is_not_empty",
        "There are rows: an empty answer never replaces what is stored.",
        missing_rows,
        "There is nothing in {}.",
    ),
    Rule(
        "ids_are_unique",
        "No two items share an id: pages shift while a site changes, but no row may come twice.",
        repeated_ids,
        "Ids that come more than once: {}.",
        known_kinds_only=True,
    ),
)


def rules_for(is_known_kind: bool) -> tuple[Rule, ...]:
    return tuple(rule for rule in RULES if is_known_kind or not rule.known_kinds_only)
