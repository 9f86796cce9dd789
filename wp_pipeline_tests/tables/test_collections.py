"""The collections of a site with the schema that it declares: all values fit."""

import json
from functools import partial

import pytest

from sample_site.messages import Request
from sample_site.rest.discovery import SCHEMAS
from sample_site.site import SampleSite
from wp_pipeline.wordpress.reading.schema import parse_schema
from wp_pipeline_tests.support.tables.built_tables import table_of

COUNTS = {"posts": 7, "pages": 2, "media": 3, "comments": 6, "categories": 4, "tags": 3, "users": 2}
DATES = ("date", "date_gmt", "modified", "modified_gmt")


@pytest.fixture(scope="module")
def site():
    return SampleSite(COUNTS)


def items_of(site, name):
    request = Request.parse("GET", f"/wp-json/wp/v2/{name}?per_page=100")
    return json.loads(site.answer(request).body)


def schema_of(name):
    return parse_schema(json.dumps({"schema": {"properties": SCHEMAS[name]}}).encode())


@pytest.mark.parametrize("is_known", [True, False], ids=["with a schema", "without"])
@pytest.mark.parametrize("name", COUNTS)
def test_all_values_fit_and_dates_are_dates(name, is_known, site, tmp_path):
    items = items_of(site, name)
    build = partial(table_of, items, tmp_path)
    table = build(schema_of(name)) if is_known else build()

    assert len(table.rows) == len(items) > 0
    assert {row["misfits"] for row in table.rows} == {None}
    assert {table.types.get(date, "TIMESTAMP") for date in DATES} == {"TIMESTAMP"}
    assert [row["id"] for row in table.rows] == [item["id"] for item in items]
    for item, row in zip(items, table.rows, strict=True):
        for date in set(DATES) & set(item):
            assert row[date].isoformat() == item[date]


def test_a_site_without_a_schema_has_the_same_types_for_its_posts(site, tmp_path):
    items = items_of(site, "posts")
    declared = table_of(items, tmp_path, schema_of("posts")).types
    recognised = table_of(items, tmp_path).types

    assert recognised == declared
