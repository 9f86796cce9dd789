"""A stored table, and the result of its build."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from wp_pipeline.extraction.outcomes import readable_rows, readable_size
from wp_pipeline.tables.columns.column import Column


@dataclass(frozen=True)
class MisfitExample:
    """A value that does not fit its column. `row` counts from 1.

    `value` is empty if it may not be shown. Numbers, dates, titles and other short texts may.
    """

    column: str
    row: int
    value: str


@dataclass(frozen=True)
class Misfits:
    """How many values do not fit, by column, and some of them."""

    count: int = 0
    columns: Sequence[tuple[str, int]] = ()
    examples: Sequence[MisfitExample] = ()


@dataclass(frozen=True)
class Table:
    """A table as it is stored. `size` is in bytes.

    `repaired` counts items with half a surrogate pair, which became U+FFFD; `duplicates` counts
    items with two members of one name, of which the last was kept. `added` are new columns, `gone`
    columns that no item has any more, `changed_type` columns with another type than before. An
    `unchanged` table was not built: then the preview is empty and there are no examples.

    `reason` says why there is no table, which is no error; then `uri` is empty.
    """

    name: str
    uri: str = ""
    rows: int = 0
    size: int = 0
    columns: Sequence[Column] = ()
    misfits: Misfits = field(default_factory=Misfits)
    repaired: int = 0
    duplicates: int = 0
    added: Sequence[str] = ()
    gone: Sequence[str] = ()
    changed_type: Sequence[str] = ()
    unchanged: bool = False
    data_version: str = ""
    preview: str = ""
    reason: str = ""

    @property
    def changes(self) -> Mapping[str, str]:
        """Each column that is not as before, and what happened to it, such as `was added`."""
        return {
            **dict.fromkeys(self.added, "was added"),
            **dict.fromkeys(self.gone, "was removed"),
            **dict.fromkeys(self.changed_type, "has another type"),
        }

    @property
    def summary(self) -> str:
        """The result of the build, in one line that begins with the name."""
        if self.reason:
            return self.reason
        state = "unchanged" if self.unchanged else "built"
        size = f"{readable_rows(self.rows)}, {readable_size(self.size)}"
        misfits = self.misfits.count
        return f"{self.name}: table {state}, {size}" + (
            f", {misfits:,} values that do not fit their columns" if misfits else ""
        )
