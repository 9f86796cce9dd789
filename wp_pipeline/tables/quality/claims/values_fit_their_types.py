"""Each value fits the type of its column; others are in the column of misfits."""

import re

from wp_pipeline.tables.parquet.database import identifier
from wp_pipeline.tables.quality.rule import WARN, CheckedTable, Claim, DoesNotApply, Offenders

MISFITS = re.compile(r"misfits(_\d+)?")


def misfits(subject: CheckedTable) -> Offenders | DoesNotApply:
    """The offenders have the names of columns and not the values, which may be personal."""
    last = list(subject.columns)[-1]
    if not MISFITS.fullmatch(last):
        return DoesNotApply("the table has no column misfits")
    return Offenders(
        f"SELECT {subject.key}array_to_string(json_keys({identifier(last)}), ', ') AS columns"  # noqa: S608
        f" FROM {subject.source} WHERE {identifier(last)} IS NOT NULL"
    )


RULE = Claim(
    "values_fit_their_types",
    WARN,
    "Each value fits the type of its column. Others are kept in the column misfits.",
    misfits,
)
