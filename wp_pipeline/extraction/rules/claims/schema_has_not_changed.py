"""The columns are those of the materialization before, with the same types."""

from collections.abc import Iterator, Mapping

from wp_pipeline.extraction.rules.rule import Found, History, Rule, Subject

SCHEMA = "dagster/column_schema"
NULL = "null"  # Whether a value is missing among the first items is chance.


def changed_columns(subject: Subject) -> Found:
    """Return the columns that were added or removed, or changed their type.

    A materialization without columns read no item, and tells nothing: the newest one before that
    has columns is compared.
    """
    now, before = columns_now_and_before(subject.history())
    changes = list(changes_between(before, now)) if now and before else []
    return Found(changes, figures={"columns": len(now)} if now else {})


def columns_now_and_before(history: History) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return two schemas, empty where they are not known."""
    now: Mapping[str, str] = history[0].get(SCHEMA, {}) if history else {}
    known = (made[SCHEMA] for made in history[1:] if made.get(SCHEMA))
    return now, next(known, {})


def changes_between(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    for name in sorted(now.keys() - before.keys()):
        yield f"{name} was added"
    for name in sorted(before.keys() - now.keys()):
        yield f"{name} was removed"
    for name in sorted(now.keys() & before.keys()):
        former, current = types_in(before[name]), types_in(now[name])
        if former and current and former != current:
            yield f"{name} was {'|'.join(sorted(former))} and is {'|'.join(sorted(current))}"


def types_in(text: str) -> set[str]:
    return set(text.split("|")) - {NULL}


RULE = Rule(
    "schema_has_not_changed",
    "No column was added, was removed or changed its type since the materialization before.",
    changed_columns,
    "Changed columns: {}.",
    is_warning=True,
)
