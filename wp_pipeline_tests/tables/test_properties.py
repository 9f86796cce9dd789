"""Whatever is sent: no value is lost, rows are equal, and each value is as the reference says."""

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from wp_pipeline.tables.columns.column import ColumnType
from wp_pipeline.tables.columns.inferred import kind_of, widened
from wp_pipeline_tests.support.random_cases import few_and_many
from wp_pipeline_tests.support.tables.built_tables import Built, table_of
from wp_pipeline_tests.support.tables.expected_values import MISFIT, expected
from wp_pipeline_tests.tables.conversion.test_values import CASES, SCHEMAS

KINDS = list(SCHEMAS)
NAMES = [kind.name.lower() for kind in KINDS]
texts = st.text(st.characters(codec="utf-8"), max_size=8)
dates = st.one_of(
    st.datetimes().map(lambda one: one.isoformat(sep="T")),
    st.datetimes().map(lambda one: one.isoformat(sep=" ", timespec="seconds") + "+05:30"),
    st.sampled_from(["0000-00-00 00:00:00", "-0001-11-30T00:00:00", "2024-13-01", "0001-01-01"]),
)
numbers = st.one_of(
    st.integers(-(2**66), 2**66),
    st.floats(allow_nan=False, allow_infinity=False),
    st.decimals(allow_nan=False, allow_infinity=False, places=3).map(float),
)
scalars = st.one_of(st.none(), st.booleans(), numbers, texts, dates, numbers.map(str))
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
written = st.one_of(
    values.map(lambda value: json.dumps(value).encode()),
    values.map(lambda value: json.dumps(value, ensure_ascii=False).encode()),
    st.sampled_from([value for _, value, _ in CASES]),
)
Item = dict[str, bytes]


def as_json(item: Item) -> bytes:
    return b"{%b}" % b",".join(
        json.dumps(name).encode() + b":" + value for name, value in item.items()
    )


def built(items: Sequence[Item], **more: Any) -> Built:
    with TemporaryDirectory() as folder:
        return table_of([as_json(item) for item in items], Path(folder), **more)


def misfits_of(row: dict[str, Any]) -> dict[str, str]:
    """Return the misfits of a row, each as its JSON text."""
    text = next(value for name, value in row.items() if name.startswith("misfits")) or "{}"
    return {name: json.dumps(value) for name, value in json.loads(text).items()}


@few_and_many(4, 100)
def test_a_value_is_the_expected_one_or_a_misfit(cases):
    @settings(max_examples=cases, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.dictionaries(st.sampled_from(NAMES), written), min_size=1, max_size=12))
    def holds(items: list[Item]) -> None:
        schema = {kind.name.lower(): member for kind, member in SCHEMAS.items()}
        table = built(items, schema=schema)
        assert len(table.rows) == (len(items) if table.columns else 0)
        for item, row in zip(items, table.rows, strict=bool(table.columns)):
            for kind, name in zip(KINDS, NAMES, strict=True):
                check(item.get(name), kind, name, row)

    holds()


def check(value: bytes | None, kind: ColumnType, name: str, row: dict[str, Any]) -> None:
    wanted = None if value is None else expected(value, kind)
    if wanted is MISFIT:
        assert row[name] is None
        assert misfits_of(row)[name] == json.dumps(json.loads(value or b""))
    else:
        assert row.get(name) == wanted
        assert name not in misfits_of(row)


@few_and_many(4, 100)
def test_no_value_of_an_undeclared_member_is_lost(cases):
    names = st.text(st.characters(codec="utf-8"), max_size=3)

    @settings(max_examples=cases, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.dictionaries(names, written, max_size=5), min_size=1, max_size=6))
    def holds(items: list[Item]) -> None:
        table = built(items)
        for item, row in zip(items, table.rows, strict=bool(table.columns)):
            assert misfits_of(row) == {}
            for column in table.columns:
                if column.source and not column.source.part:
                    sent = item.get(column.member, b"null")
                    assert is_kept(sent, row[column.name], column.type), column

    holds()


def is_kept(sent: bytes, stored: Any, kind: ColumnType) -> bool:
    """Whether a value can be read again from its column."""
    if sent == b"null" or stored is None:
        return sent == b"null" and stored is None
    if kind is ColumnType.JSON:
        return stored == sent.decode()
    found = json.loads(sent)
    if kind is ColumnType.VARCHAR:
        return stored == (found if isinstance(found, str) else sent.decode())
    return type(found) in (int, float, bool) and stored == found


@few_and_many(3, 50)
def test_the_same_items_give_the_same_bytes(cases):
    @settings(max_examples=cases, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.dictionaries(st.sampled_from(NAMES), written), min_size=1, max_size=6))
    def holds(items: list[Item]) -> None:
        assert built(items).bytes == built(items).bytes

    holds()


@few_and_many(30, 1000)
def test_a_type_is_never_narrowed_and_holds_what_was_seen(cases):
    @settings(max_examples=cases, deadline=None)
    @given(st.lists(st.lists(written, max_size=3), min_size=1, max_size=4))
    @example([[b"9007199254740993", b"0.0"]])  # A DOUBLE would lose the last digit.
    @example([[b"0.5"], [b"9007199254740993"]])
    def holds(days: list[list[bytes]]) -> None:
        kind = ColumnType.BIGINT
        for day in days:
            kinds = {kind_of(value) for value in day}
            before, kind = kind, widened(kind, kinds)
            assert kind is before or (before, kind) in WIDENINGS
            assert widened(kind, kinds) is kind
            assert all(expected(value, kind) is not MISFIT for value in day)

    holds()


WIDENINGS = {
    (ColumnType.BIGINT, ColumnType.DOUBLE),
    (ColumnType.BIGINT, ColumnType.VARCHAR),
    (ColumnType.DOUBLE, ColumnType.VARCHAR),
}


@pytest.mark.parametrize("kind", [ColumnType.BOOLEAN, ColumnType.TIMESTAMP, ColumnType.BIGINTS])
def test_a_value_that_fits_no_type_makes_the_column_a_text(kind):
    assert widened(kind, {"text", "integer"}) is ColumnType.VARCHAR
