"""What inference and casts get wrong, each a test: nothing is lost, and nothing is made up."""

import json

import pytest

from wp_pipeline_tests.support.tables.built_tables import table_of
from wp_pipeline_tests.support.tables.declared_schemas import INTEGER, POSTS, post

pytestmark = pytest.mark.tables


def types_of(values, folder):
    """Return the type of a member that nothing declares, and what is stored of its values."""
    table = table_of([{"id": n, "m": value} for n, value in enumerate(values, 1)], folder)
    return table.types["m"], [row["m"] for row in table.rows]


@pytest.mark.parametrize(
    ("values", "kind", "stored"),
    [
        ([1, None, 2], "BIGINT", [1, None, 2]),
        ([1, 1.5], "DOUBLE", [1.0, 1.5]),
        (["7", "08"], "VARCHAR", ["7", "08"]),
        (["2024-05-06T07:08:09"], "VARCHAR", ["2024-05-06T07:08:09"]),
        ([True, False], "BOOLEAN", [True, False]),
        ([1, True], "VARCHAR", ["1", "true"]),
        ([1, "x"], "VARCHAR", ["1", '"x"']),
        ([2**63, 1], "VARCHAR", ["9223372036854775808", "1"]),
        ([10**29], "VARCHAR", [str(10**29)]),
        ([[]], "VARCHAR", ["[]"]),
        ([False, [], {"a": 1}, ""], "VARCHAR", ["false", "[]", '{"a": 1}', '""']),
        ([None], "VARCHAR", [None]),
    ],
)
def test_a_type_is_inferred_of_all_values_and_nothing_is_guessed(values, kind, stored, tmp_path):
    assert types_of(values, tmp_path) == (kind, stored)


def test_values_after_the_sample_of_duckdb_count_too(tmp_path):
    usual = [{"id": number, "n": 1} for number in range(1, 20_600)]
    table = table_of([*usual, {"id": 20_600, "n": 1.5}, {"id": 20_601, "late": "x"}], tmp_path)

    assert table.types["n"] == "DOUBLE"
    assert [row["n"] for row in table.rows[-2:]] == [1.5, None]
    assert table.rows[-1]["late"] == "x"


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        (rb"cut \ud83d off", "cut \ufffd off"),
        (rb"\udc00\ud83d\ude00\ud83d", "\ufffd😀\ufffd"),
        (rb"a backslash \\ud83d", r"a backslash \ud83d"),
        (rb"\\\ud83d", "\\\ufffd"),
    ],
)
def test_half_a_surrogate_pair_becomes_the_replacement_character(sent, stored, tmp_path):
    item = b'{"id": 1, "slug": "%b", "title": {"rendered": "&amp; %b"}}' % (sent, sent)
    table = table_of([item, post(2)], tmp_path, POSTS)

    assert table.rows[0]["slug"] == stored
    assert table.rows[0]["title_text"] == f"& {stored}"
    assert table.counts.repaired == ("\ufffd" in stored)
    assert json.loads(item)["slug"].encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def test_a_repeated_member_has_its_last_value_and_is_counted(tmp_path):
    items = [b'{"id":1,"n":1,"n":2}', b'{ "id": 2, "n": 3 }', b'{"id":3,"\\u006e":4}']
    table = table_of(items, tmp_path)

    assert [row["n"] for row in table.rows] == [2, 3, 4]
    assert table.counts.duplicates == 1


def test_names_that_differ_in_case_are_two_columns(tmp_path):
    table = table_of([{"ID": 1, "id": 2, "Id": 3, "id_2": 4}], tmp_path)

    assert table.rows == [{"id": 1, "id_2": 2, "id_3": 3, "id_2_2": 4, "misfits": None}]


def test_a_column_named_misfits_takes_precedence_over_ours(tmp_path):
    table = table_of([{"id": 1, "misfits": "theirs"}], tmp_path)

    assert table.rows == [{"id": 1, "misfits": "theirs", "misfits_2": None}]


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        'a"b',
        "a'b",
        "a\x00b",
        "größe",
        "😀",
        "c0",
        "file_row_number",
        "number",
        "x" * 5000,
        "ж" * 150,
    ],
)
def test_any_name_of_a_member_is_a_column(name, tmp_path):
    table = table_of([{"id": 1, name: "value"}], tmp_path)

    assert list(table.rows[0].values()) == [1, "value", None]


def test_members_named_like_parts_of_a_text_are_columns_of_their_own(tmp_path):
    table = table_of([{"c2": 1, "c0": 2, "c1": "2024"}], tmp_path, {"c1": POSTS["date"]})

    assert table.rows == [{"c2": 1, "c0": 2, "c1": None, "misfits": '{"c1":"2024"}'}]


def test_a_temporary_folder_may_have_any_usual_name(tmp_path):
    folder = tmp_path / "day=1 it's"
    folder.mkdir()

    assert table_of([{"id": 1}], folder).rows == [{"id": 1, "misfits": None}]


def test_deep_and_large_values_are_text(tmp_path):
    deep = b'{"id":1,"m":' + b"[" * 300 + b"]" * 300 + b"}"
    large = json.dumps({"id": 2, "m": [], "content": {"rendered": "é" * 200_000}}).encode()
    rows = table_of([deep, large], tmp_path, {"content": POSTS["content"]}).rows

    assert rows[0]["m"] == "[" * 300 + "]" * 300
    assert rows[1]["content"] == "é" * 200_000


@pytest.mark.parametrize("value", [False, "", [], "text", 7])
def test_a_value_in_place_of_a_rendered_text_is_kept(value, tmp_path):
    table = table_of([post(1), post(2, title=value, content=None)], tmp_path, POSTS)

    assert table.rows[1]["title"] is None
    assert json.loads(table.rows[1]["misfits"]) == {"title": value}


def test_all_parts_of_a_rendered_text_are_kept(tmp_path):
    title = {"raw": "Fish & Chips", "rendered": "Fish &amp; Chips", "block_version": 1}
    [row] = table_of([post(1, title=title)], tmp_path, POSTS).rows

    assert {name: row[name] for name in row if name.startswith("title")} == {
        "title": "Fish &amp; Chips",
        "title_text": "Fish & Chips",
        "title_raw": "Fish & Chips",
        "title_block_version": 1,
    }


def test_links_are_dropped_and_nothing_else(tmp_path):
    [row] = table_of([{"id": 1, "_links": {"self": []}, "_embedded": {}, "_x": 1}], tmp_path).rows

    assert row == {"id": 1, "_x": 1, "misfits": None}


def test_without_a_schema_collections_are_recognized_by_their_members(tmp_path):
    item = post(1, modified="2024-05-06T07:08:09", type="post", tags=[], acf=False)
    table = table_of([item], tmp_path)

    assert table.types["date_gmt"] == "TIMESTAMP"
    assert (table.types["tags"], table.types["sticky"]) == ("BIGINT[]", "BOOLEAN")
    assert (table.rows[0]["title_text"], table.rows[0]["acf"]) == ("Fish & Chips", "false")


def test_members_beyond_a_thousand_are_kept_as_misfits(tmp_path):
    [row] = table_of([{f"m{number}": number for number in range(1003)}], tmp_path).rows

    assert len(row) == 1001
    assert json.loads(row["misfits"]) == {"m1000": 1000, "m1001": 1001, "m1002": 1002}


def test_rows_are_as_many_and_in_the_order_of_the_items(tmp_path):
    items = [{"id": number * 7 % 5000} for number in range(1, 5000)]
    rows = table_of(items, tmp_path, {"id": INTEGER}).rows

    assert [row["id"] for row in rows] == [item["id"] for item in items]
