"""Types of columns by the site's schema.

https://developer.wordpress.org/rest-api/extending-the-rest-api/schema/
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from wp_pipeline.tables.columns.column import RENDERED, ColumnType
from wp_pipeline.wordpress.reading.schema import Member

SCALARS: Mapping[str, ColumnType] = {
    "integer": ColumnType.BIGINT,
    "number": ColumnType.DOUBLE,
    "boolean": ColumnType.BOOLEAN,
    "string": ColumnType.VARCHAR,
}
LISTS: Mapping[tuple[str, ...], ColumnType] = {
    ("integer",): ColumnType.BIGINTS,
    ("string",): ColumnType.VARCHARS,
}
# The types of the parts of {"rendered": …}; other parts have the type of the values.
PARTS: Mapping[str, ColumnType] = {
    RENDERED: ColumnType.VARCHAR,
    "protected": ColumnType.BOOLEAN,
    "raw": ColumnType.VARCHAR,
}
ALWAYS_SENT = (RENDERED, "protected")


@dataclass(frozen=True)
class Declaration:
    """What is known of the members of items before any item is read.

    `types` has the members that become one column. `rendered` has those that become a column for
    each part, with the parts that all items have. Each member in `texts` has one more column, with
    its entities decoded.
    """

    types: Mapping[str, ColumnType] = field(default_factory=dict)
    rendered: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    texts: frozenset[str] = frozenset()
    descriptions: Mapping[str, str] = field(default_factory=dict)

    @property
    def members(self) -> Collection[str]:
        return [*self.types, *self.rendered]


NOTHING = Declaration()


def declared_by(schema: Mapping[str, Member]) -> Declaration:
    """Return what a site's schema declares, without the members whose types it leaves open."""
    types = {name: declared_type(member) for name, member in schema.items()}
    rendered = {
        name: tuple(part for part in ALWAYS_SENT if part in member.properties)
        for name, member in schema.items()
        if is_rendered(member)
    }
    return Declaration(
        {name: kind for name, kind in types.items() if kind and name not in rendered},
        rendered,
        texts_of(frozenset(schema), rendered),
        {name: member.description for name, member in schema.items() if member.description},
    )


def texts_of(members: frozenset[str], rendered: Collection[str]) -> frozenset[str]:
    """Return the members that are a short text of HTML: titles, and the names of terms."""
    is_term = {"name", "slug", "taxonomy"} <= members
    return frozenset({"title"} & set(rendered)) | ({"name"} if is_term else set())


def is_rendered(member: Member) -> bool:
    return "object" in member.types and RENDERED in member.properties


def declared_type(member: Member) -> ColumnType | None:
    """Return the type of a column for a member; None if the schema does not say."""
    types = set(member.types) - {"null"}
    if not types:
        return None
    if types == {"string"} and member.format == "date-time":
        return ColumnType.TIMESTAMP
    if types == {"array"}:
        return LISTS.get(member.items, ColumnType.JSON)
    if types == {"integer", "number"}:
        return ColumnType.DOUBLE
    if len(types) == 1:
        return SCALARS.get(types.pop(), ColumnType.JSON)
    return ColumnType.VARCHAR if types <= SCALARS.keys() else ColumnType.JSON
