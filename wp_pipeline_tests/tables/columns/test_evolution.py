"""Columns from one day to the next: a week in which a site drifts."""

import json

import pytest

from wp_pipeline.tables.columns.column import Column, ColumnType, Source, column_from, unique_name
from wp_pipeline.wordpress.reading.schema import Member
from wp_pipeline_tests.support.tables.declared_schemas import (
    DATE,
    INTEGER,
    POSTS,
    RENDERED,
    TEXT,
    post,
)


def changes(table):
    return {
        name: list(found)
        for name in ("added", "gone", "changed_type")
        if (found := getattr(table, name))
    }


@pytest.fixture
def days(bucket):
    """Stores what a site sends on a day of the week, and builds the table."""

    def day(number, items, schema={}):  # noqa: B006
        bucket.store("products", items, day=f"2026-11-{number:02}")
        return bucket.build("products", schema)

    return day


def test_a_table_follows_the_changes_of_a_week(days, bucket):
    monday = days(1, [{"id": 1, "price": 5, "note": "a", "flag": True}])
    assert changes(monday) == {}

    tuesday = days(2, [{"id": 1, "price": 5.5, "note": "a", "flag": True, "stock": 3}])
    assert changes(tuesday) == {"added": ["stock"], "changed_type": ["price"]}

    wednesday = days(3, [{"id": 1, "price": 6, "note": "b", "flag": True, "stock": 3}])
    assert changes(wednesday) == {}
    assert bucket.types("products")["price"] == "DOUBLE"

    thursday = days(4, [{"id": 1, "price": "on request", "flag": "maybe", "stock": 3}])
    assert changes(thursday) == {"gone": ["note"], "changed_type": ["price", "flag"]}
    assert bucket.rows("products")[0]["note"] is None

    friday = days(5, [{"id": 1, "price": 6, "flag": False, "stock": 4}])
    assert changes(friday) == {}  # What is gone is told once.
    assert {one.name: one.gone_since for one in friday.columns}["note"] == "2026-11-04"
    assert bucket.rows("products")[0]["price"] == "6"

    assert changes(days(6, [])) == {}
    sunday = days(7, [{"id": 1, "price": 6, "flag": False, "stock": 4, "note": 7}])
    assert changes(sunday) == {"added": ["note"]}
    assert bucket.types("products") == {
        "id": "BIGINT", "price": "VARCHAR", "note": "VARCHAR", "flag": "VARCHAR",
        "stock": "BIGINT", "misfits": "VARCHAR",
    }  # fmt: skip
    assert bucket.rows("products")[0]["note"] == "7"


def test_a_declared_type_changes_with_its_declaration_only(days, bucket):
    schema = {"id": INTEGER, "price": INTEGER, "at": DATE}
    days(1, [{"id": 1, "price": 5, "at": "2026-11-01T00:00:00"}], schema)

    second = days(2, [{"id": 1, "price": "much", "at": "soon"}], schema)
    assert changes(second) == {}
    [row] = bucket.rows("products")
    assert (row["price"], row["at"]) == (None, None)
    assert json.loads(row["misfits"]) == {"price": "much", "at": "soon"}

    unknown = days(3, [{"id": 1, "price": 7.5, "at": "2026-11-03T00:00:00"}])
    assert changes(unknown) == {}  # The site could not be asked.
    assert bucket.types("products")["price"] == "BIGINT"

    third = days(4, [{"id": 1, "price": 7.5, "at": "x"}], {**schema, "price": Member(("number",))})
    assert changes(third) == {"changed_type": ["price"]}
    assert bucket.rows("products")[0]["price"] == 7.5


def test_a_new_declaration_changes_the_type_of_a_column(days, bucket):
    days(1, [{"id": "1", "title": {"rendered": "A"}, "at": "2026-11-01T00:00:00"}])
    assert bucket.types("products")["id"] == "VARCHAR"

    second = days(
        2,
        [{"id": "1", "title": {"rendered": "A"}, "at": "2026-11-01T00:00:00"}],
        {"id": INTEGER, "title": RENDERED, "at": DATE},
    )
    assert changes(second) == {"added": ["title_text"], "changed_type": ["id", "at"]}
    assert bucket.rows("products")[0]["id"] == 1


def test_a_text_that_becomes_declared_as_rendered_is_flattened(days, bucket):
    days(1, [{"id": 1, "title": "A"}])
    days(2, [{"id": 1, "title": {"rendered": "A &amp; B"}}], {"title": RENDERED})

    assert bucket.rows("products") == [
        {"id": 1, "title": "A &amp; B", "title_text": "A & B", "misfits": None}
    ]


def test_a_name_is_not_given_to_another_member(days, bucket):
    days(1, [{"ID": 1}])
    second = days(2, [{"id": 2}])

    assert changes(second) == {"added": ["id_2"], "gone": ["id"]}
    assert bucket.rows("products") == [{"id": None, "id_2": 2, "misfits": None}]


def test_the_parts_of_a_text_may_be_added_and_removed(days, bucket):
    days(1, [post(1, title={"rendered": "A", "raw": "A"})], POSTS)
    second = days(2, [post(1)], POSTS)

    assert changes(second) == {"gone": ["title_raw"]}
    assert bucket.rows("products")[0]["title_raw"] is None


def test_a_member_named_misfits_keeps_its_name(days, bucket):
    days(1, [{"id": 1}])
    days(2, [{"id": 1, "misfits": "theirs"}])

    assert bucket.rows("products") == [{"id": 1, "misfits_2": "theirs", "misfits": None}]


def test_a_declared_member_has_its_column_when_it_is_sent(days):
    first = days(1, [{"id": 1}], {"id": INTEGER, "name": TEXT})
    assert [one.name for one in first.columns] == ["id", "misfits"]

    second = days(2, [{"id": 1, "name": None}], {"id": INTEGER, "name": TEXT})
    assert changes(second) == {"added": ["name"]}


@pytest.mark.parametrize(
    "column",
    [
        Column("id", ColumnType.BIGINT, Source("ID"), "Ünique", True),
        Column("b", ColumnType.VARCHAR, Source("a", "rendered", True), gone_since="2026-11-01"),
        Column("misfits", ColumnType.JSON, None),
    ],
)
def test_a_column_is_restored_from_its_stored_description(column):
    assert column_from(json.loads(json.dumps(column.as_json()))) == column


def test_a_removed_column_is_reported_once_even_without_a_date(bucket):
    def build(items):
        bucket.aws.put_object("wordpress-api/rows.json", json.dumps(items).encode())
        return bucket.build("rows")

    build([{"id": 1, "": 7}])
    assert changes(build([{"id": 2}])) == {"gone": ["unnamed"]}
    assert changes(build([{"id": 3}])) == {}


def test_columns_with_equal_names_are_numbered():
    assert unique_name("ID", ["id", "id_2"]) == "id_3"
