"""Rules about tables, and how they are evaluated.

A rule is a claim about a table, with SQL that returns the offenders. The rules of a table depend on
the names of endpoints alone, but its columns are known only when a rule is evaluated. So the SQL is
built then. A rule that does not apply to the columns passes, and says why.

    rules = rules_of(Place("posts", is_known_kind=True, site=frozenset(("posts", "users"))))
    facts = Facts(now, raw_rows, table.changes)
    with open_tables(store) as tables:
        verdicts = [evaluate(rule, tables, facts) for rule in rules]
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from wp_pipeline.extraction.rules.rule import (
    MOST_OFFENDERS_SHOWN,
    Place,
    Verdict,
    everywhere,
    readable,
)
from wp_pipeline.extraction.storing.preview import ADDRESS
from wp_pipeline.tables.parquet.database import identifier
from wp_pipeline.tables.quality.kinds import Kind, kind_of
from wp_pipeline.tables.querying.errors import QueryError
from wp_pipeline.tables.querying.tables import Columns, Tables

Severity = Literal["error", "warn"]
ERROR: Severity = "error"
WARN: Severity = "warn"
NOT_SHOWN = "[not shown]"
NO_TABLE = Verdict(False, "No table is stored yet: materialize the asset.", ["nothing stored"], 1)


@dataclass(frozen=True)
class Facts:
    """What a rule may use besides the rows.

    `now` has a time zone. `raw_rows` is the row count of the raw object, None if it is not known.
    `changes` has each column that is not as before, and what happened to it: `was added`.
    """

    now: datetime
    raw_rows: int | None = None
    changes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CheckedTable:
    """A table to be checked. `other` returns the columns of another table, None if not stored."""

    table: str
    columns: Columns
    kind: Kind | None
    facts: Facts
    other: Callable[[str], Columns | None]

    @property
    def source(self) -> str:
        """The table's name, quoted for SQL."""
        return identifier(self.table)

    @property
    def key(self) -> str:
        """The columns of the primary key, as the beginning of a list of columns; may be empty."""
        return "".join(f"{identifier(column)}, " for column in (self.kind.key if self.kind else ()))


@dataclass(frozen=True)
class Offenders:
    """SQL that returns a row for each offender.

    `checked` is SQL that returns how many values are checked. The rule passes if at most the share
    `tolerated` of them offend.
    """

    sql: str
    checked: str = ""
    tolerated: float = 0.0


@dataclass(frozen=True)
class DoesNotApply:
    """Why a rule does not apply to a table."""

    reason: str


BuildSql = Callable[[CheckedTable], Offenders | DoesNotApply]


@dataclass(frozen=True)
class Claim:
    """A rule that tables of several endpoints have.

    `offenders` returns the SQL for a table with its columns. `applies` chooses the endpoints. If a
    claim with the severity warn fails, the table may still be right.
    """

    name: str
    severity: Severity
    description: str
    offenders: BuildSql
    applies: Callable[[Place], bool] = everywhere


@dataclass(frozen=True)
class TableRule:
    """A rule about one table. `others` are the other tables that it reads."""

    name: str
    table: str
    severity: Severity
    description: str
    offenders: BuildSql
    is_known_kind: bool = False
    others: tuple[str, ...] = ()


def evaluate(rule: TableRule, tables: Tables, facts: Facts) -> Verdict:
    """Evaluate a rule. Raises a QueryError that names it, a TableError, or an AwsError."""
    try:
        return verdict_of(rule, tables, facts)
    except QueryError as error:
        failed = type(error)(f"{rule.table}, {rule.name}: {error}")
    raise failed


def verdict_of(rule: TableRule, tables: Tables, facts: Facts) -> Verdict:
    columns = tables.load(rule.table)
    if columns is None:
        return NO_TABLE
    kind = kind_of(columns, is_known_kind=rule.is_known_kind)
    found = rule.offenders(CheckedTable(rule.table, columns, kind, facts, tables.load))
    if isinstance(found, DoesNotApply):
        return Verdict(True, f"Does not apply: {found.reason}.")
    statement = tables.prepared(found.sql)
    offenders = count(tables, statement)
    checked = tables.fetch(found.checked)[0][0] if found.checked else 0
    figures = {"checked": checked} if found.checked else {}
    if offenders <= found.tolerated * checked:
        return Verdict(True, offenders=offenders, figures=figures)
    examples = examples_of(tables, statement)
    return Verdict(False, fault_of(offenders, examples), examples, offenders, figures)


def count(tables: Tables, statement: str) -> int:
    return tables.fetch(f"SELECT count(*) FROM ({statement}\n)")[0][0]  # noqa: S608


def examples_of(tables: Tables, statement: str) -> list[str]:
    """Return the first offenders, each as `column value, column value`."""
    names = list(tables.columns_of(statement))
    rows = tables.fetch(f"SELECT * FROM ({statement}\n) LIMIT {MOST_OFFENDERS_SHOWN}")  # noqa: S608
    return [
        ", ".join(
            f"{readable(name)} {shown(value)}" for name, value in zip(names, row, strict=True)
        )
        for row in rows
    ]


def shown(value: Any) -> int | str:
    """Return a value as it may be shown: a text with a URL or e-mail address may not."""
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date().isoformat()
    if isinstance(value, (date, datetime)):
        return value.isoformat(*([" "] if isinstance(value, datetime) else []))
    return NOT_SHOWN if ADDRESS.search(str(value)) else readable(value)


def fault_of(offenders: int, examples: list[str]) -> str:
    more = f"; and {offenders - len(examples):,} more" if offenders > len(examples) else ""
    return f"{offenders:,} found: {'; '.join(examples)}{more}."
