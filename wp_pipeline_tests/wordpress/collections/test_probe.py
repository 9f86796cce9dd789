"""One small request tells whether a collection has changed."""

from collections.abc import Callable

import pytest

from sample_site.messages import Answer, Request
from sample_site.site import SampleSite
from wp_pipeline.wordpress.collections.probe import Probe, probe
from wp_pipeline.wordpress.endpoints import parse_endpoint
from wp_pipeline.wordpress.errors import MalformedAnswer, SiteError, SiteUnavailable
from wp_pipeline.wordpress.http.cancellation import Cancellation
from wp_pipeline_tests.fakes.in_process_site import URL, InProcessSite, always

WITH_MODIFIED = ["posts", "pages", "media", "books"]
WITHOUT = ["comments", "tags", "categories", "users"]
COUNTS = {**dict.fromkeys([*WITH_MODIFIED, *WITHOUT], 5)}


def see(world: InProcessSite, route: str, orderby: str = "modified") -> Probe | None:
    endpoint = parse_endpoint(f"{URL}/wp-json/{route}")
    return probe(endpoint, world.retrying_client(), Cancellation(20), orderby)


@pytest.fixture
def world():
    return InProcessSite(site=SampleSite(COUNTS))


@pytest.mark.parametrize("collection", WITH_MODIFIED)
def test_a_collection_shows_its_total_and_what_was_modified_last(world, collection):
    edited = world.site.readable_ids(collection)[2]
    world.site.edit(collection, edited)
    sight = see(world, f"wp/v2/{collection}")

    assert sight is not None
    assert (sight.total, sight.orderby) == (5, "modified")
    assert sight.newest.split()[0] == str(edited)
    assert sight.newest.split()[1].startswith("20")
    assert len(world.asked) == 1


@pytest.mark.parametrize("collection", WITHOUT)
def test_a_collection_that_tells_no_modification_shows_its_highest_id(world, collection):
    sight = see(world, f"wp/v2/{collection}")

    assert sight == Probe(5, str(world.site.readable_ids(collection)[-1]), "id")


@pytest.mark.parametrize("collection", WITHOUT)
def test_what_worked_the_last_time_takes_one_request(world, collection):
    see(world, f"wp/v2/{collection}", "id")

    assert len(world.asked) == 1


@pytest.mark.parametrize("collection", [*WITH_MODIFIED, *WITHOUT])
def test_a_collection_that_did_not_change_looks_the_same(world, collection):
    assert see(world, f"wp/v2/{collection}") == see(world, f"wp/v2/{collection}")


def deletion(site: SampleSite, collection: str) -> None:
    site.delete(collection, site.readable_ids(collection)[1])


def edit(site: SampleSite, collection: str) -> None:
    site.edit(collection, site.readable_ids(collection)[1])


@pytest.mark.parametrize(
    ("collection", "change"),
    [
        *[(collection, SampleSite.publish) for collection in [*WITH_MODIFIED, *WITHOUT]],
        *[(collection, deletion) for collection in [*WITH_MODIFIED, *WITHOUT]],
        *[(collection, edit) for collection in WITH_MODIFIED],
    ],
)
def test_a_change_is_seen(world, collection, change: Callable[[SampleSite, str], object]):
    before = see(world, f"wp/v2/{collection}")
    change(world.site, collection)

    assert see(world, f"wp/v2/{collection}") != before


def test_a_look_is_small(world):
    see(world, "wp/v2/posts?_fields=content&per_page=50&context=view")
    (asked,) = world.asked

    assert "per_page=1&" in asked
    assert "_fields=id,modified_gmt" in asked
    assert "context=view" in asked
    assert "content&" not in asked


def test_an_empty_collection_has_a_look_of_its_own():
    world = InProcessSite(site=SampleSite({}))

    assert see(world, "wp/v2/posts") == Probe(0, "", "modified")


def test_a_newest_item_that_is_hidden_is_no_fault(world):
    world.site.hide("comments", world.site.readable_ids("comments")[-1])

    assert see(world, "wp/v2/comments") == Probe(5, "", "id")


@pytest.mark.parametrize("route", ["mo/v1/posts_4821", "wp/v2/types"])
def test_a_single_answer_cannot_be_looked_at(world, route):
    assert see(world, route) is None


def test_a_refusal_of_anything_else_is_passed_on(world):
    with pytest.raises(SiteError, match="HTTP 404 rest_no_route"):
        see(world, "wp/v2/nothing")

    assert len(world.asked) == 1


def test_a_site_that_refuses_both_orders_is_not_asked_for_ever():
    body = b'{"code":"rest_invalid_param","data":{"params":{"orderby":"No."}}}'
    world = InProcessSite(always(400, body))

    with pytest.raises(SiteError, match="rest_invalid_param"):
        see(world, "wp/v2/posts")

    assert len(world.asked) == 2


def test_a_look_gives_up_sooner_than_a_reading():
    world = InProcessSite(always(503))

    with pytest.raises(SiteUnavailable):
        see(world, "wp/v2/posts")

    assert len(world.asked) == 2


def with_total(body: bytes) -> Callable[[Request], Answer]:
    return always(200, body, {"X-WP-Total": "3"})


@pytest.mark.parametrize(
    ("body", "newest"),
    [
        (b'[{"id":"7","modified_gmt":"2026-01-02T03:04:05"}]', "7 2026-01-02T03:04:05"),
        (b'[{"id":7}]', "7"),
        (b"[{}]", ""),
        (b'\xef\xbb\xbf[{"id":7}]', "7"),
        (b'[{"id":7,"title":{"rendered":"x"}}]', "7"),
        (b'[{"id":7,"modified_gmt":null}]', "7"),
    ],
)
def test_whatever_an_item_tells_of_itself_is_enough(body, newest):
    assert see(InProcessSite(with_total(body)), "wp/v2/posts") == Probe(3, newest, "modified")


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b"[1]", b'[{"id":7}', b"[{}]x"])
def test_an_answer_that_is_no_collection_is_refused(body):
    with pytest.raises(MalformedAnswer):
        see(InProcessSite(with_total(body)), "wp/v2/posts")


@pytest.mark.parametrize("item", [b'{"id":[7]}', b'{"id":7.5}', b'{"id":7,"modified_gmt":[1]}'])
def test_an_item_that_makes_no_sense_is_no_other_error_than_the_sites(item):
    try:
        sight = see(InProcessSite(with_total(b"[" + item + b"]")), "wp/v2/posts")
    except SiteError:
        return

    assert sight is not None
    assert sight.total == 3
