"""The metadata of a table's object in S3: what it was made of, and by which version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from hashlib import sha256

from wp_pipeline.aws.lake import StoredObject, count_of
from wp_pipeline.tables.columns.column import Column
from wp_pipeline.tables.conversion.rows import Rows
from wp_pipeline.tables.parquet.database import duckdb_version
from wp_pipeline.tables.parquet.footer import columns_text
from wp_pipeline.tables.source import RawObject
from wp_pipeline.tables.table import Misfits, Table
from wp_pipeline.wordpress.reading.schema import Member

CODE_VERSION = "1"  # Raise it when the same object would become another table.
VERSION_LENGTH = 16  # hexadecimal digits


@dataclass(frozen=True)
class Kept:
    """The metadata of a table. `source` is the sha256 of its raw object, in hexadecimal.

    `declaration` is empty if the site's schema was not known. `data_version` is equal for tables
    with the same content.
    """

    source: str
    code: str
    declaration: str
    data_version: str
    row_count: str
    misfits: str
    repaired: str
    duplicates: str
    extracted_at: str

    @classmethod
    def new(cls, raw: RawObject, rows: Rows, declaration: str) -> "Kept":
        return cls(
            source=raw.sha256,
            code=CODE_VERSION,
            declaration=declaration,
            data_version=data_version(raw.sha256, rows.columns),
            row_count=str(rows.count),
            misfits=str(rows.misfits.total()),
            repaired=str(rows.repaired),
            duplicates=str(rows.duplicates),
            extracted_at=raw.extracted_at,
        )

    @classmethod
    def of(cls, stored: StoredObject) -> "Kept":
        """Read the metadata of a stored table; what is missing there is an empty text."""
        return cls(**{one.name: stored.metadata.get(key_of(one.name), "") for one in fields(cls)})

    def metadata(self) -> Mapping[str, str]:
        return {key_of(one.name): getattr(self, one.name) for one in fields(self)}

    def is_current(self, raw: StoredObject, declaration: str) -> bool:
        """Whether a new build would give the same table. An empty `declaration` fits any."""
        return (
            self.source == raw.metadata.get("sha256")
            and self.code == CODE_VERSION
            and declaration in ("", self.declaration)
        )

    def table(self, name: str, uri: str, stored: StoredObject, columns: Sequence[Column]) -> Table:
        """Return the stored table as one that is unchanged."""
        counted = {key: count_of(self.metadata(), key) or 0 for key in COUNTS}
        return Table(
            name,
            uri,
            rows=counted["row-count"],
            size=stored.size or 0,
            columns=columns,
            misfits=Misfits(counted["misfits"]),
            repaired=counted["repaired"],
            duplicates=counted["duplicates"],
            unchanged=True,
            data_version=self.data_version,
        )


COUNTS = ("row-count", "misfits", "repaired", "duplicates")


def key_of(field: str) -> str:
    return field.replace("_", "-")


def declaration_version(schema: Mapping[str, Member]) -> str:
    """Return a digest that is equal for equal schemas; an empty text for an empty schema."""
    if not schema:
        return ""
    told = sorted((name, *vars(member).values()) for name, member in schema.items())
    return digest_of(*(repr((*one[:-1], sorted(one[-1]))) for one in told))


def data_version(source: str, columns: Sequence[Column]) -> str:
    """Return a digest that is equal for tables with the same content. Raises ExtraMissing."""
    return digest_of(source, CODE_VERSION, duckdb_version(), columns_text(columns))


def digest_of(*texts: str) -> str:
    return sha256("\n".join(texts).encode("utf-8", "replace")).hexdigest()[:VERSION_LENGTH]
