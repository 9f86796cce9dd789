"""The database queries are right and the writer changes the site: the other tests rely on both."""

import time

import pytest
import requests

from wp_pipeline_tests.real_wordpress import database
from wp_pipeline_tests.real_wordpress.naive_loop import naive_loop
from wp_pipeline_tests.real_wordpress.wordpress import WordPress, WordPressDidNotStart
from wp_pipeline_tests.real_wordpress.writer import Writer, half_of


@pytest.fixture(params=["wordpress", "newest_wordpress", "plain_wordpress"])
def quiet_wordpress(request: pytest.FixtureRequest) -> WordPress:
    return request.getfixturevalue(request.param)


def test_the_database_query_returns_what_a_visitor_can_read(quiet_wordpress):
    for collection, url in quiet_wordpress.endpoints.items():
        ids = sorted(item["id"] for item in naive_loop(url))

        assert ids == sorted(database.readable_ids(quiet_wordpress, collection)), collection


def test_the_seeded_content_is_as_expected(quiet_wordpress):
    for collection, count in quiet_wordpress.expected["readable"].items():
        assert len(database.readable_ids(quiet_wordpress, collection)) == count, collection
    for collection, total in quiet_wordpress.expected["totals"].items():
        response = requests.head(quiet_wordpress.endpoint(collection), timeout=30)

        assert response.headers["X-WP-Total"] == str(total), collection


def test_the_database_query_counts_the_raw_rows(quiet_wordpress):
    for name, url in quiet_wordpress.raw_rows.items():
        rows = requests.get(url, timeout=30).json()

        assert len(rows) == database.row_count(quiet_wordpress, name), name


def test_a_site_in_use_cannot_be_started_again(wordpress):
    with pytest.raises(WordPressDidNotStart, match="others use"):
        WordPress.start(port=int(wordpress.directory.name))


def test_the_writer_reports_all_changes_and_changes_only_allowed_items(busy_wordpress):
    before = database.all_readable_ids(busy_wordpress)
    allowed = half_of(busy_wordpress)

    with Writer(busy_wordpress, allowed, per_second=40) as writer:
        time.sleep(3)

    after = database.all_readable_ids(busy_wordpress)
    for collection in before:
        changed = before[collection] ^ after[collection]
        assert changed <= writer.touched(collection).keys(), collection
    may = {item for items in allowed.values() for item in items}
    assert {write.item for write in writer.writes if write.verb != "create"} <= may
    assert len(writer.writes) > 50


def test_the_database_query_is_right_after_the_writer(busy_wordpress):
    with Writer(busy_wordpress, per_second=40):
        time.sleep(3)

    for collection, url in busy_wordpress.endpoints.items():
        ids = sorted(item["id"] for item in naive_loop(url))

        assert ids == sorted(database.readable_ids(busy_wordpress, collection)), collection
