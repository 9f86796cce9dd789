"""A refresh that gets a bad, short or refused answer loses nothing."""

import json
from dataclasses import replace

import pytest

from sample_site.messages import Answer, Request
from sample_site.site import SampleSite
from wp_pipeline.extraction.outcomes import Refused, Stored
from wp_pipeline.settings import Settings
from wp_pipeline_tests.extraction.refresh.conftest import COUNTS, LargeWorld, prepared

pytestmark = pytest.mark.faults

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


def test_a_collection_is_refreshed_where_a_site_allows_small_pages_only(aws, serve):
    world = LargeWorld.ready(aws, serve(SampleSite(COUNTS, volatile=False, max_per_page=20)))
    world.extract_these(*COUNTS)
    prepared(world)
    assert isinstance(world.extract()["comments"], Stored)
    site = world.site
    site.publish("comments")
    site.delete("comments", site.readable_ids("comments")[5])
    for _ in range(30):
        site.edit("comments", site.readable_ids("comments")[-3])
        site.publish("comments")

    assert isinstance(world.refresh()["comments"], Stored)
    merged = world.rows("comments")
    world.extract()
    assert merged == world.rows("comments")


@pytest.mark.parametrize("name", ["posts", "comments"])
def test_changed_items_are_not_lost_where_an_empty_answer_comes_for_them(large, name):
    prepared(large)
    large.site.edit(name, large.site.readable_ids(name)[-3])
    large.site.edit(name, large.site.readable_ids(name)[-5])
    good = large.server.answers

    def answers(request):
        if "include" not in request.query:
            return good(request)
        large.server.answers = good
        return Answer(200, {"Content-Type": "application/json", "X-WP-Total": "0"}, b"[]")

    large.server.answers = answers

    large.refresh()
    merged = large.rows(name)
    large.extract()
    assert merged == large.rows(name)


@pytest.mark.parametrize("mode", ["full", "changes"])
def test_a_collection_is_read_in_full_where_a_site_refuses_the_probe(large, mode):
    refusal = {"code": "rest_invalid_param", "data": {"status": 400, "params": {"orderby": "No"}}}

    def without_orders(request):
        if "orderby" in request.query:
            return Answer(400, {"Content-Type": "application/json"}, json.dumps(refusal).encode())
        return large.site.answer(request)

    large.server.answers = without_orders
    large.extract()

    assert large.extract(mode)["comments"].verified == "full"


class Cache:
    """A cache in front of the site, which has the probes of now, and all other answers of before.

    They expire at the end of a `with` statement.
    """

    def __init__(self, world: LargeWorld) -> None:
        self._world = world
        self._kept: dict[str, Answer] = {}

    def __enter__(self) -> None:
        self._world.server.answers = self.answers

    def __exit__(self, *exception: object) -> None:
        self._world.server.answers = self._world.site.answer

    def answers(self, request: Request) -> Answer:
        now = self._world.site.answer(request)
        is_probe = request.query.get("order") == "desc" and request.query["per_page"] in (
            "1",
            "100",
        )
        return now if is_probe else self._kept.setdefault(f"{request.path} {request.query}", now)


def edit_newest(site: SampleSite, name: str) -> None:
    site.edit(name, site.readable_ids(name)[-1])


@pytest.mark.parametrize("name", ["posts", "comments"])
@pytest.mark.parametrize("change", [SampleSite.publish, edit_newest])
def test_a_probe_is_not_kept_with_answers_from_before_the_change(large, name, change):
    prepared(large)
    with Cache(large):
        edit_newest(large.site, name)
        large.refresh(outline=True)
        change(large.site, name)
        large.refresh()

    large.refresh()
    merged = large.rows(name)
    large.extract()
    assert merged == large.rows(name)


def as_text(value: int) -> str:
    return str(value)


def as_object(value: int) -> dict[str, int]:
    return {"id": value}


@pytest.mark.parametrize("written", [as_text, as_object])
@pytest.mark.parametrize("outline", [False, True])
def test_comments_may_name_their_post_and_parent_in_another_way(large, written, outline):
    def answers(request: Request) -> Answer:
        found = large.site.answer(request)
        if "/comments" not in request.path or found.status != 200:
            return found
        rows = json.loads(found.body)
        for row in rows:
            row |= {name: written(row[name]) for name in ("post", "parent") if name in row}
        return replace(found, body=json.dumps(rows).encode())

    large.server.answers = answers
    prepared(large)
    site = large.site
    site.publish("comments")
    site.delete("comments", site.readable_ids("comments")[5])
    site.delete("posts", site.readable_ids("posts")[5])

    assert isinstance(large.refresh(outline=outline)["comments"], Stored)
    merged = large.rows("comments")
    large.extract()
    assert merged == large.rows("comments")
