"""The columns of a table from one day to the next: they are added, widened, and never removed.

The type of a column comes from the first of these that knows it: the site's schema; the type that
was declared before, if the schema can't be read today; WordPress's own tables; the values of all
items. Only in the last case do values widen the type.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
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
from wp_pipeline.tables.columns.declared import NOTHING, PARTS, Declaration
from wp_pipeline.tables.columns.inferred import WITH_RENDERED, Seen, inferred_type, widened

# Addresses of related items: the largest part of a comment, and in no schema.
DROPPED = frozenset({"_links", "_embedded"})

Describe = Callable[[str], str | None]


@dataclass(frozen=True)
class Evolution:
    """The columns of a table, and the names of those that differ from the columns before.

    `changed_type` are those whose type is another; `gone` those that no item has any more, only on
    the first day on which that is so. When a table is built for the first time, none was added.
    """

    columns: Sequence[Column] = ()
    added: Sequence[str] = ()
    gone: Sequence[str] = ()
    changed_type: Sequence[str] = ()


@dataclass(frozen=True)
class Known:
    """What is known of an endpoint's members before and after its items were read."""

    schema: Declaration
    seen: Seen
    previous: Mapping[Source, Column]
    tables: Declaration = NOTHING

    def sources(self, member: str) -> Iterator[Source]:
        """Yield the source of each column that a member becomes."""
        if not self.is_flattened(member):
            yield Source(member)
            yield from self._text(Source(member))
            return
        yield Source(member, RENDERED)
        yield from self._text(Source(member, RENDERED))
        for part in (*self.schema.rendered.get(member, ()), *self.seen.parts.get(member, ())):
            if part != RENDERED:
                yield Source(member, part)

    def _text(self, source: Source) -> Iterator[Source]:
        if source.member in self.schema.texts | self.tables.texts:
            yield replace(source, is_text=True)

    def is_flattened(self, member: str) -> bool:
        if member in self.schema.members:
            return member in self.schema.rendered
        if Source(member, RENDERED) in self.previous:
            return True
        if Source(member) in self.previous or member in self.tables.types:
            return False
        return self.seen.is_rendered(member)

    def type_of(self, source: Source) -> tuple[ColumnType, bool]:
        """Return the type of a column, and whether it is declared."""
        if source.is_text:
            return ColumnType.VARCHAR, True
        before = self.previous.get(source)
        if source.part in PARTS:
            return PARTS[source.part], True
        if not source.part and source.member in self.schema.types:
            return self.schema.types[source.member], True
        if before and before.is_declared:
            return before.type, True
        if not source.part and source.member in self.tables.types:
            return self.tables.types[source.member], True
        kinds = self._kinds(source)
        return (widened(before.type, kinds) if before else inferred_type(kinds)), False

    def _kinds(self, source: Source) -> set[str]:
        if source.part:
            return self.seen.parts.get(source.member, {}).get(source.part, set())
        return self.seen.kinds.get(source.member, set())

    def is_gone(self, source: Source) -> bool:
        """Whether no item has what the column holds. An empty collection does not show that."""
        if not self.seen.items:
            return False
        kinds = self.seen.kinds.get(source.member)
        if kinds is None:
            return True
        has_parts = WITH_RENDERED in kinds
        return bool(source.part) and has_parts and not self._kinds(source)


def evolve(
    schema: Declaration,
    seen: Seen,
    previous: Sequence[Column] = (),
    day: str = "",
    describe: Describe = lambda member: None,
) -> Evolution:
    """Return the columns for the members that were seen, given the columns of the stored table.

    `day` is that of the extraction, such as `2026-11-24`. `describe` returns what a member means
    where the schema does not say so. Where there is no other column, there is none for misfits.
    """
    former = {column.source: column for column in previous if column.source}
    known = Known(schema, seen, former, tables_of(seen))
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
        added=[one.name for one in columns if former and came(one, before)],
        gone=[one.name for one in columns if went(one, before)],
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


def stays(known: Known, source: Source, sources: Mapping[Source, None]) -> bool:
    """Whether a column stays: it does while its member is flattened as before, or not flattened."""
    if source in sources or source.member not in known.seen.kinds:
        return True
    return bool(source.part) == known.is_flattened(source.member)


def evolved(column: Column, known: Known, day: str, describe: Describe) -> Column:
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
    known: Known,
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


def description(source: Source, known: Known, describe: Describe) -> str:
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


def came(column: Column, before: Mapping[str, Column]) -> bool:
    former = before.get(column.name)
    return former is None or bool(former.gone_since and not column.gone_since)


def went(column: Column, before: Mapping[str, Column]) -> bool:
    former = before.get(column.name)
    return bool(column.gone_since) and not (former and former.gone_since)
