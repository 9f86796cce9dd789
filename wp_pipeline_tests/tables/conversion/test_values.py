"""Values are converted strictly: DuckDB's own casts would make 2 of 1.5 and true of yes."""

from datetime import datetime

import pytest

from wp_pipeline.tables.columns.column import ColumnType
from wp_pipeline.wordpress.reading.schema import Member
from wp_pipeline_tests.support.tables.built_tables import table_of
from wp_pipeline_tests.support.tables.expected_values import MISFIT, expected

BIGINT, DOUBLE, BOOLEAN = ColumnType.BIGINT, ColumnType.DOUBLE, ColumnType.BOOLEAN
VARCHAR, TIMESTAMP, JSON = ColumnType.VARCHAR, ColumnType.TIMESTAMP, ColumnType.JSON
BIGINTS, VARCHARS = ColumnType.BIGINTS, ColumnType.VARCHARS
at = datetime.fromisoformat
SCHEMAS = {
    BIGINT: Member(("integer",)),
    DOUBLE: Member(("number",)),
    BOOLEAN: Member(("boolean",)),
    VARCHAR: Member(("string",)),
    TIMESTAMP: Member(("string",), "date-time"),
    BIGINTS: Member(("array",), items=("integer",)),
    VARCHARS: Member(("array",), items=("string",)),
    JSON: Member(("object",)),
}
CASES = [
    (BIGINT, b"7", 7),
    (BIGINT, b'"7"', 7),
    (BIGINT, b'"007"', 7),
    (BIGINT, b"-0", 0),
    (BIGINT, b"9223372036854775807", 2**63 - 1),
    (BIGINT, b"-9223372036854775808", -(2**63)),
    (BIGINT, b"9223372036854775808", MISFIT),
    (BIGINT, b"1.5", MISFIT),
    (BIGINT, b'"1.5"', MISFIT),
    (BIGINT, b"1e3", MISFIT),
    (BIGINT, b'"0x10"', MISFIT),
    (BIGINT, b'"1_000"', MISFIT),
    (BIGINT, b'" 7"', MISFIT),
    (BIGINT, b'""', MISFIT),
    (BIGINT, b"true", MISFIT),
    (BIGINT, b"[]", MISFIT),
    (BIGINT, b"null", None),
    (DOUBLE, b"7", 7.0),
    (DOUBLE, b"-1.5e3", -1500.0),
    (DOUBLE, b'"4.50"', 4.5),
    (DOUBLE, b"0.1", 0.1),
    (DOUBLE, b"0.30000000000000004", 0.30000000000000004),
    (DOUBLE, b"0.123456789012345678", MISFIT),
    (DOUBLE, b"9007199254740993", MISFIT),
    (DOUBLE, b"1e400", MISFIT),
    (DOUBLE, b"1e-400", MISFIT),
    (DOUBLE, b'"nan"', MISFIT),
    (DOUBLE, b'"1,5"', MISFIT),
    (BOOLEAN, b"true", True),
    (BOOLEAN, b'"0"', False),
    (BOOLEAN, b'"yes"', MISFIT),
    (BOOLEAN, b"1", MISFIT),
    (VARCHAR, b'"a\\u00e9\\ud83d\\ude00\\u0000\\n"', "aé😀\x00\n"),
    (VARCHAR, b'""', ""),
    (VARCHAR, b"[1, {\"a\": 2}]", '[1, {"a": 2}]'),
    (VARCHAR, b"false", "false"),
    (VARCHAR, b"123456789012345678901234567890", "123456789012345678901234567890"),
    (TIMESTAMP, b'"2024-05-06T07:08:09"', at("2024-05-06T07:08:09")),
    (TIMESTAMP, b'"2024-05-06 07:08:09"', at("2024-05-06T07:08:09")),
    (TIMESTAMP, b'"2024-05-06"', at("2024-05-06T00:00:00")),
    (TIMESTAMP, b'"2024-05-06T07:08:09.25"', at("2024-05-06T07:08:09.250000")),
    (TIMESTAMP, b'"2024-05-06T10:08:09+02:00"', at("2024-05-06T08:08:09")),
    (TIMESTAMP, b'"2024-05-06T10:08:09-0230"', at("2024-05-06T12:38:09")),
    (TIMESTAMP, b'"2024-05-06T10:08:09Z"', at("2024-05-06T10:08:09")),
    (TIMESTAMP, b'"2024-02-29T00:00:00"', at("2024-02-29T00:00:00")),
    (TIMESTAMP, b'"2023-02-29T00:00:00"', MISFIT),
    (TIMESTAMP, b'"2024-05-06T24:00:00"', MISFIT),
    (TIMESTAMP, b'"0000-00-00 00:00:00"', None),
    (TIMESTAMP, b'"0000-00-00"', None),
    (TIMESTAMP, b'"-0001-11-30T00:00:00"', None),
    (TIMESTAMP, b'"-0001-11-30T05:00:00"', None),
    (TIMESTAMP, b'"-0001-11-29T22:00:00+02:00"', None),
    (TIMESTAMP, b'"yesterday"', MISFIT),
    (TIMESTAMP, b'""', MISFIT),
    (TIMESTAMP, b"1715000000", MISFIT),
    (TIMESTAMP, b"false", MISFIT),
    (BIGINTS, b"[1,2]", [1, 2]),
    (BIGINTS, b'["1", 2]', [1, 2]),
    (BIGINTS, b"[]", []),
    (BIGINTS, b"[1.5]", MISFIT),
    (BIGINTS, b"[true]", MISFIT),
    (BIGINTS, b"[null]", MISFIT),
    (BIGINTS, b'["x"]', MISFIT),
    (BIGINTS, b'{"0":1,"2":2}', MISFIT),
    (VARCHARS, b'["a", ""]', ["a", ""]),
    (VARCHARS, b'["a", 1]', MISFIT),
    (VARCHARS, b"[[]]", MISFIT),
    (JSON, b'{"a": [1, 2.50]}', '{"a": [1, 2.50]}'),
    (JSON, b"false", "false"),
    (JSON, b"[]", "[]"),
    (JSON, b"null", None),
]  # fmt: skip


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """One table with a row for each case, and a column for each type."""
    schema = {kind.name: member for kind, member in SCHEMAS.items()}
    items = [b'{"%b":%b}' % (kind.name.encode(), value) for kind, value, _ in CASES]
    return table_of(items, tmp_path_factory.mktemp("table"), schema)


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda number: str(CASES[number][:2]))
def test_a_value_is_converted_or_kept_as_a_misfit(table, number):
    kind, value, wanted = CASES[number]
    row = table.rows[number]

    if wanted is MISFIT:
        assert row[kind.name.lower()] is None
        assert row["misfits"] == f'{{"{kind.name.lower()}":{value.decode()}}}'
    else:
        assert row["misfits"] is None
        assert row[kind.name.lower()] == wanted


@pytest.mark.parametrize(("kind", "value", "wanted"), CASES)
def test_the_expected_values_agree_with_the_converted_ones(kind, value, wanted):
    found = expected(value, kind)

    assert found is wanted if wanted is MISFIT else found == wanted
