"""A refresh that gets a bad, short or refused answer loses nothing."""

from wp_pipeline.extraction.outcomes import Refused
from wp_pipeline.settings import Settings
from wp_pipeline_tests.extraction.refresh.conftest import prepared

EMPTY = {"X_WP_Total": "0", "X_WP_TotalPages": "0"}  # As when WordPress's database fails.


def with_two_pages(world):
    world.site.publish("pages")
    world.site.publish("pages")
    world.extract_these("pages")
    world.extract()


def test_a_small_collection_is_not_replaced_by_an_empty_answer(large):
    with_two_pages(large)
    large.respond("wp/v2/pages", b"[]", **EMPTY)

    found = large.refresh()["pages"]

    assert isinstance(found, Refused)
    assert "the site sent no rows" in found.reason
    assert len(large.rows("pages")) == 2


def test_a_small_collection_that_may_be_empty_becomes_empty(large):
    large.settings = Settings(may_be_empty="pages")
    with_two_pages(large)
    large.respond("wp/v2/pages", b"[]", **EMPTY)

    large.refresh()

    assert large.rows("pages") == []


def test_changed_items_are_not_lost_where_a_site_sends_fewer_than_requested(large):
    prepared(large)
    for item_id in large.site.readable_ids("posts")[:70]:
        large.site.edit("posts", item_id)

    def send_at_most_20(request):
        if "include" in request.query:
            request.query["per_page"] = str(min(20, int(request.query["per_page"])))

    large.before_each_request(send_at_most_20)

    assert large.refresh()["posts"].verified == "outline"
    merged = large.rows("posts")
    large.extract()
    assert merged == large.rows("posts")
