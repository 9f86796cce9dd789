"""What is known of an endpoint's members: which columns they become, and the types of these.

The type of a column comes from the first of these that knows it: the site's schema; the type that
was declared before, if the schema can't be read today; WordPress's own tables; the values of all
items. Only in the last case do values widen the type.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from wp_pipeline.tables.columns.column import RENDERED, Column, ColumnType, Source
from wp_pipeline.tables.columns.declared import NOTHING, PARTS, Declaration
from wp_pipeline.tables.columns.inferred import WITH_RENDERED, Seen, inferred_type, widened


@dataclass(frozen=True)
class KnownMembers:
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
