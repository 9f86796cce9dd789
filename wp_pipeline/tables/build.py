"""Builds the table of an endpoint from its raw object.

    table = build_table("posts", lake, site.schema(endpoint))
    print(table.uri, table.rows)

The raw object is read twice, item by item: once for its columns, once for its rows. The table is
stored after it was compared with the object, and only if neither was replaced meanwhile.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from wp_pipeline.aws.lake import Lake, StoredObject
from wp_pipeline.extraction.storing.preview import ITEMS_SHOWN, Preview, cell
from wp_pipeline.tables.columns.column import Column
from wp_pipeline.tables.columns.declared import Declaration, declared_by
from wp_pipeline.tables.columns.evolution import Evolution, evolve, settled
from wp_pipeline.tables.columns.inferred import Seen
from wp_pipeline.tables.conversion.rows import Rows
from wp_pipeline.tables.errors import NotVerified, SourceReplaced, no_room
from wp_pipeline.tables.kept import CODE_VERSION, Kept, declaration_version
from wp_pipeline.tables.parquet.database import load_duckdb
from wp_pipeline.tables.parquet.footer import Footer, read_footer
from wp_pipeline.tables.parquet.parts import write_parts
from wp_pipeline.tables.parquet.writing import write_parquet
from wp_pipeline.tables.source import RawObject, download, nothing_stored
from wp_pipeline.tables.store import TableStore
from wp_pipeline.tables.table import MisfitExample, Misfits, Table
from wp_pipeline.tables.workspace import workspace
from wp_pipeline.wordpress.columns import description_of
from wp_pipeline.wordpress.reading.schema import Member

FILE, FORMER = "table.parquet", "former.parquet"


def build_table(
    name: str, lake: Lake, schema: Mapping[str, Member], rebuild: bool = False
) -> Table:
    """Build and store the table of an endpoint, unless it is that of the raw object already.

    `schema` has the members that the site declares. If it is empty, because the site declares none
    or can't be asked, the types that were declared before hold. With `rebuild`, the columns of the
    stored table are forgotten. Raises a TableError or an AwsError; then the stored table is as it
    was.
    """
    load_duckdb()
    tables = TableStore(lake)
    raw, stored = lake.stored(name), tables.stored(name)
    if raw is None:
        raise nothing_stored(name)
    version = declaration_version(schema)
    try:
        with workspace() as folder:
            former = former_columns(name, tables, stored, folder) if not rebuild else ()
            if stored and not rebuild and Kept.of(stored).is_current(raw, version):
                return Kept.of(stored).table(name, tables.uri(name), stored, former)
            return TableBuild(name, lake, tables, folder).run(schema, former, stored)
    except OSError:
        error = no_room(name)
    raise error  # Outside of the except block: the OSError holds a path.


@dataclass(frozen=True)
class TableBuild:
    """One build of one table in a temporary folder."""

    name: str
    lake: Lake
    tables: TableStore
    folder: Path

    def run(
        self,
        schema: Mapping[str, Member],
        former: Sequence[Column],
        stored: StoredObject | None,
    ) -> Table:
        """Build the table and replace the one that is `stored`, if any.

        Raises a TableError, an AwsError or OSError.
        """
        source, preview = download(self.name, self.lake), Preview()
        evolution = evolution_of(source, declared_by(schema), former, preview)
        if not evolution.columns:
            return Table(self.name, reason=f"{self.name}: {NO_COLUMNS}")
        rows = write_table(source, evolution.columns, self.folder)
        require_same(source, self.lake)
        kept = Kept.new(source, rows, declaration_version(schema))
        placed = self.tables.put(self.name, self.folder / FILE, kept.metadata(), stored)
        return Table(
            self.name,
            self.tables.uri(self.name),
            rows=rows.count,
            size=placed.size or 0,
            columns=evolution.columns,
            misfits=misfits_of(rows),
            repaired=rows.repaired,
            duplicates=rows.duplicates,
            added=evolution.added,
            gone=evolution.gone,
            changed_type=evolution.changed_type,
            data_version=kept.data_version,
            preview=preview.table,
        )


NO_COLUMNS = "no rows and no known columns, so no table was built"


def former_columns(
    name: str, tables: TableStore, stored: StoredObject | None, folder: Path
) -> Sequence[Column]:
    """Return the columns of the stored table; none if there is none."""
    file = folder / FORMER
    if stored is None or not tables.download_end(name, file, stored.size):
        return ()
    columns = read_footer(name, file).columns
    file.unlink()
    return columns


def evolution_of(
    source: RawObject, schema: Declaration, former: Sequence[Column], preview: Preview
) -> Evolution:
    """Read all items for the columns that they have. Raises NotRows."""
    seen = Seen(settled(schema, former))
    for item in source.items():
        seen.add(item.members)
        if seen.items <= ITEMS_SHOWN:
            preview.add([memoryview(item.text)])

    def described(member: str) -> str | None:
        return description_of(source.name, member)

    return evolve(schema, seen, former, source.day, described)


def write_table(source: RawObject, columns: Sequence[Column], folder: Path) -> Rows:
    """Write a table to the folder, and compare it with its object.

    Raises a TableError or OSError.
    """
    rows = Rows(columns)
    lines = (rows.line(item) for item in source.items())
    parts = write_parts(lines, folder)
    if source.rows not in (None, rows.count):
        raise NotVerified(
            f"{source.name}: the object has {rows.count:,} rows, but {source.rows:,} by its"
            " metadata; extract it again"
        )
    footer = Footer(columns, source.sha256, CODE_VERSION)
    write_parquet(source.name, parts, rows, footer, folder / FILE)
    return rows


def require_same(source: RawObject, lake: Lake) -> None:
    """Raises SourceReplaced if the raw object was replaced meanwhile, or an AwsError."""
    raw = lake.stored(source.name)
    if raw is None or raw.metadata.get("sha256", source.sha256) != source.sha256:
        raise SourceReplaced(
            f"{source.name}: the object was replaced while its table was built; build it again"
        )


def misfits_of(rows: Rows) -> Misfits:
    """Return how many values did not fit, and examples, in which only harmless values are shown."""
    examples = [
        MisfitExample(one.column, one.row, cell(one.column, memoryview(one.value)))
        for one in rows.examples
    ]
    return Misfits(rows.misfits.total(), rows.misfits.most_common(), examples)
