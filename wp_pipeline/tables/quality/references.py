"""Rules that at least nine in ten ids in a column are ids of rows in another table.

The names of endpoints decide which tables are compared. The columns of a table decide whether it
holds rows of MySQL or items of WordPress's collections.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from wp_pipeline.extraction.rules.rule import Place
from wp_pipeline.tables.parquet.database import identifier
from wp_pipeline.tables.quality.rule import CheckedTable, DoesNotApply, Offenders

TOLERATED = 0.1  # of the ids: drafts are not readable, and statistics of deleted posts remain
STATISTICS = "statistics"
# Each can be commented on, and all are in the table wp_posts.
COMMENTED = ("posts", "pages", "media")


@dataclass(frozen=True)
class TableReference:
    """A column with ids of rows in the table `to[0]`, or in any table of `to`."""

    column: str
    to: tuple[str, ...]

    @property
    def rule_name(self) -> str:
        return f"{self.column}_refers_to_{self.to[0]}"

    def offenders(self, subject: CheckedTable) -> Offenders | DoesNotApply:
        """The offenders are the ids without a row. 0 and NULL refer to nothing."""
        if self.column not in subject.columns:
            return DoesNotApply(f"the table has no column {self.column}")
        others = {name: found for name in self.to if (found := subject.other(name)) is not None}
        if self.to[0] not in others:
            return DoesNotApply(f"the table {self.to[0]} is not stored yet")
        if any("id" not in columns for columns in others.values()):
            return DoesNotApply(f"the table {self.to[0]} has no column id")
        ids = " UNION ALL ".join(f"SELECT id FROM {identifier(name)}" for name in others)  # noqa: S608
        column = identifier(self.column)
        rows = (
            f"FROM {subject.source} WHERE {column} IS NOT NULL AND {column} <> 0"
            f"{self._of_these_types(subject, 'post_type' in others[self.to[0]])}"
        )
        return Offenders(
            f"SELECT {column}, count(*) AS rows {rows} AND {column} NOT IN"  # noqa: S608
            f" (SELECT id FROM ({ids}) WHERE id IS NOT NULL) GROUP BY {column} ORDER BY {column}",
            f"SELECT count(DISTINCT {column}) {rows}",
            TOLERATED,
        )

    def _of_these_types(self, subject: CheckedTable, is_wp_posts: bool) -> str:
        """Return a condition that leaves out ids that are no ids of posts; empty if all are.

        WP Statistics counts views of terms and archives too.
        """
        if subject.kind is None or subject.kind.name != STATISTICS or "type" not in subject.columns:
            return ""
        if not is_wp_posts:
            return " AND type = 'post'"
        return f" AND type IN (SELECT post_type FROM {identifier(self.to[0])})"  # noqa: S608


def references_of(place: Place) -> Iterator[TableReference]:
    """Yield the references of an endpoint's table to those of other endpoints of the site."""
    if place.is_known_kind:
        commented = tuple(name for name in COMMENTED if name in place.collections)
        if place.name == "comments" and "posts" in commented:
            yield TableReference("post", commented)
        if place.name == "posts" and "users" in place.collections:
            yield TableReference("author", ("users",))
        return
    before, found, _ = place.name.partition(STATISTICS)
    for name in dict.fromkeys((f"{before}posts", "posts")):
        if found and name in place.site:
            yield TableReference("id", (name,))
            return
