"""The author's five tables: whole MySQL tables, every value a text, known by their columns."""

import json
from datetime import date

import pytest

from sample_site.messages import Request
from sample_site.site import SampleSite
from wp_pipeline_tests.support.tables.built_tables import table_of

TYPES = {
    "posts": {
        "id": "BIGINT", "post_author": "BIGINT", "post_date": "TIMESTAMP",
        "post_date_gmt": "TIMESTAMP", "post_content": "VARCHAR", "post_title": "VARCHAR",
        "post_excerpt": "VARCHAR", "post_status": "VARCHAR", "comment_status": "VARCHAR",
        "ping_status": "VARCHAR", "post_password": "VARCHAR", "post_name": "VARCHAR",
        "to_ping": "VARCHAR", "pinged": "VARCHAR", "post_modified": "TIMESTAMP",
        "post_modified_gmt": "TIMESTAMP", "post_content_filtered": "VARCHAR",
        "post_parent": "BIGINT", "guid": "VARCHAR", "menu_order": "BIGINT",
        "post_type": "VARCHAR", "post_mime_type": "VARCHAR", "comment_count": "BIGINT",
    },
    "statistics_pages": {
        "page_id": "BIGINT", "uri": "VARCHAR", "type": "VARCHAR", "date": "TIMESTAMP",
        "count": "BIGINT", "id": "BIGINT",
    },
    "term_relationship": {
        "object_id": "BIGINT", "term_taxonomy_id": "BIGINT", "term_order": "BIGINT",
    },
    "term_taxonomy": {
        "term_taxonomy_id": "BIGINT", "term_id": "BIGINT", "taxonomy": "VARCHAR",
        "description": "VARCHAR", "parent": "BIGINT", "count": "BIGINT",
    },
    "terms": {
        "term_id": "BIGINT", "name": "VARCHAR", "name_text": "VARCHAR", "slug": "VARCHAR",
        "term_group": "BIGINT",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def site() -> SampleSite:
    return SampleSite(
        {"posts": 9, "media": 4, "comments": 5, "categories": 5, "tags": 6, "users": 2}
    )


@pytest.fixture(scope="module")
def sent(site):
    """Reads the rows of a table as the plugin sends them, or the items of a route."""

    def read(route):
        request = Request.parse("GET", f"/wp-json/{route}")
        return json.loads(site.answer(request).body)

    return read


@pytest.mark.parametrize("name", TYPES)
def test_a_table_has_the_types_of_mysql_and_all_values_fit(name, sent, tmp_path):
    rows = sent(f"mo/v1/{name}_4821")
    table = table_of(rows, tmp_path)

    assert table.types == {**TYPES[name], "misfits": "VARCHAR"}
    assert [row["misfits"] for row in table.rows] == [None] * len(rows)
    for row, stored in zip(rows, table.rows, strict=True):
        for column, text in row.items():
            if TYPES[name][column.lower()] == "BIGINT":
                assert stored[column.lower()] == int(text)
            elif TYPES[name][column.lower()] == "VARCHAR":
                assert stored[column.lower()] == text
            else:
                assert str(stored[column.lower()]).startswith(text[:10]) or text[:4] == "0000"


def test_a_draft_has_no_date_in_utc(sent, tmp_path):
    [first, *_] = sent("mo/v1/posts_4821")
    draft = {**first, "post_status": "draft", "post_date_gmt": "0000-00-00 00:00:00"}
    [row] = table_of([draft], tmp_path).rows

    assert (row["post_date_gmt"], row["misfits"]) == (None, None)
    assert row["post_date"] is not None


def test_names_of_terms_are_decoded(sent, tmp_path):
    rows = table_of([*sent("mo/v1/terms_4821"), {"name": "A &amp; B &#8211; C"}], tmp_path).rows

    assert rows[-1]["name_text"] == "A & B \u2013 C"
    assert all("&amp;" not in row["name_text"] for row in rows)


def test_views_by_day_equal_a_count_in_plain_python(sent, tmp_path):
    rows = sent("mo/v1/statistics_pages_4821")
    wanted: dict[date, int] = {}
    for row in rows:
        day = date.fromisoformat(row["date"])
        wanted[day] = wanted.get(day, 0) + int(row["count"])
    found: dict[date, int] = {}
    for stored in table_of(rows, tmp_path).rows:
        day = stored["date"].date()
        found[day] = found.get(day, 0) + stored["count"]

    assert found == wanted


def test_a_mysql_table_is_recognized_by_some_of_its_columns(tmp_path):
    """The author's own endpoint sends 20 of the 23 columns of wp_posts."""
    row = {"ID": "1", "post_date": "2024-05-06 07:08:09", "post_status": "publish", "x": "1"}

    assert table_of([row], tmp_path).types == {
        "id": "BIGINT", "post_date": "TIMESTAMP", "post_status": "VARCHAR", "x": "VARCHAR",
        "misfits": "VARCHAR",
    }  # fmt: skip


@pytest.mark.parametrize("collection", ["posts", "comments", "categories", "media", "users"])
def test_rows_of_the_rest_api_are_no_table_of_mysql(collection, sent, tmp_path):
    items = sent(f"wp/v2/{collection}?per_page=5")
    table = table_of(items, tmp_path)

    assert table.types["id"] == "BIGINT"
    assert [row["misfits"] for row in table.rows] == [None] * len(items)
