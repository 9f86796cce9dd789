"""The columns of a table from one day to the next: they are added, widened, and never removed.

known.py says where the type of a column comes from.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from wp_pipeline.tables.columns import mysql, rest
from wp_pipeline.tables.columns.column import (
    MISFITS,
    RENDERED,
    Column,
    ColumnType,
    Source,
    unique_name,
)
from wp_pipeline.tables.columns.declared import NOTHING, Declaration
from wp_pipeline.tables.columns.inferred import Seen
from wp_pipeline.tables.columns.known import KnownMembers

# Addresses of related items: the largest part of a comment, and in no schema.
DROPPED = frozenset({"_links", "_embedded"})

Describe = Callable[[str], str | None]


@dataclass(frozen=True)
class Evolution:
    """The columns of a table, and the names of those that differ from the columns before.

    `added` is empty if the table is built for the first time. `gone` are those that no item has any
    more, only on the first day. `changed_type` are those with another type.
    """

    columns: Sequence[Column] = ()
    added: Sequence[str] = ()
    gone: Sequence[str] = ()
    changed_type: Sequence[str] = ()


def evolve(
    schema: Declaration,
    seen: Seen,
    previous: Sequence[Column] = (),
    day: str = "",
    describe: Describe = lambda member: None,
) -> Evolution:
    """Return the columns for the members that were seen, given the columns of the stored table.

    `day` is that of the extraction, such as `2026-11-24`. `describe` returns what a member means
    if the schema does not say so. If there is no other column, there is none for misfits.
    """
    former = {column.source: column for column in previous if column.source}
    known = KnownMembers(schema, seen, former, tables_of(seen))
    members = [m for m in (seen.kinds or ({} if former else schema.members)) if m not in DROPPED]
    sources = dict.fromkeys(source for member in members for source in known.sources(member))
    kept = [column for source, column in former.items() if stays(known, source, sources)]
    columns = [evolved(column, known, day, describe) for column in kept]
    for source in sources:
        if source not in former:
            columns.append(new_column(source, known, columns, previous, describe))
    if not columns:
        return Evolution()
    before = {column.name: column for column in kept}
    return Evolution(
        [*columns, misfits_column(columns, previous)],
        added=[one.name for one in columns if former and is_added(one, before)],
        gone=[one.name for one in columns if is_newly_gone(one, before)],
        changed_type=[
            one.name for one in columns if one.name in before and one.type != before[one.name].type
        ],
    )


def settled(schema: Declaration, previous: Sequence[Column] = ()) -> frozenset[str]:
    """Return the members whose types do not depend on the values."""
    before = (one.source for one in previous if one.is_declared)
    whole = {source.member for source in before if source and not source.part}
    return frozenset(schema.types) | (whole - set(schema.members)) | DROPPED


def tables_of(seen: Seen) -> Declaration:
    found = mysql.recognised(seen.kinds)
    return found if found != NOTHING else rest.recognised(seen.kinds)


def stays(known: KnownMembers, source: Source, sources: Mapping[Source, None]) -> bool:
    """Whether a column stays: unless its member is flattened now, or is not any more."""
    if source in sources or source.member not in known.seen.kinds:
        return True
    return bool(source.part) == known.is_flattened(source.member)


def evolved(column: Column, known: KnownMembers, day: str, describe: Describe) -> Column:
    """Return a column of the stored table as it is now."""
    source = column.source
    if source is None:
        return column
    kind, is_declared = known.type_of(source)
    gone = known.is_gone(source)
    still = column.gone_since if not known.seen.items else ""
    return replace(
        column,
        type=kind,
        is_declared=is_declared,
        description=description(source, known, describe) or column.description,
        gone_since=(column.gone_since or day) if gone else still,
    )


def new_column(
    source: Source,
    known: KnownMembers,
    columns: Sequence[Column],
    previous: Sequence[Column],
    describe: Describe,
) -> Column:
    kind, is_declared = known.type_of(source)
    # No member gets the name of a column that another member had before.
    others = [one for one in previous if not one.source or one.source.member != source.member]
    taken = [column.name for column in (*columns, *others)]
    name = unique_name(wanted_name(source), taken)
    return Column(name, kind, source, description(source, known, describe), is_declared)


def wanted_name(source: Source) -> str:
    if source.is_text:
        return f"{source.member}_text"
    if source.part and source.part != RENDERED:
        return f"{source.member}_{source.part}"
    return source.member


def description(source: Source, known: KnownMembers, describe: Describe) -> str:
    """Return what a column means; empty where that is not known."""
    if source.is_text:
        return f"The text of {source.member}, with its entities decoded."
    if source.part not in ("", RENDERED):
        return f"The member {source.part} of {source.member}."
    return known.schema.descriptions.get(source.member) or describe(source.member) or ""


def misfits_column(columns: Sequence[Column], previous: Sequence[Column]) -> Column:
    before = next((column for column in previous if column.source is None), None)
    name = before.name if before else unique_name(MISFITS, [column.name for column in columns])
    text = "Values that do not fit the type of their column, as sent: a JSON object by column."
    return Column(name, ColumnType.JSON, None, text, is_declared=True)


def is_added(column: Column, before: Mapping[str, Column]) -> bool:
    former = before.get(column.name)
    return former is None or bool(former.gone_since and not column.gone_since)


def is_newly_gone(column: Column, before: Mapping[str, Column]) -> bool:
    former = before.get(column.name)
    return bool(column.gone_since) and not (former and former.gone_since)
