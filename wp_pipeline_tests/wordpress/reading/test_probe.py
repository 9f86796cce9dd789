"""The probe: one small request that shows whether a collection has changed."""

import re
from collections.abc import Callable

import pytest

from sample_site.messages import Answer, Request
from sample_site.site import SampleSite
from wp_pipeline.wordpress.endpoints.endpoint import parse_endpoint
from wp_pipeline.wordpress.errors import MalformedAnswer, SiteError, SiteUnavailable
from wp_pipeline.wordpress.http.cancellation import Cancellation
from wp_pipeline.wordpress.reading.probe import Probe, probe
from wp_pipeline_tests.fakes.in_process_site import URL, InProcessSite, always

WITH_MODIFIED = ["posts", "pages", "media", "books"]
WITHOUT = ["comments", "tags", "categories", "users"]
COUNTS = {**dict.fromkeys([*WITH_MODIFIED, *WITHOUT], 5)}


def probe_of(world: InProcessSite, route: str, orderby: str = "modified") -> Probe | None:
    endpoint = parse_endpoint(f"{URL}/wp-json/{route}")
    return probe(endpoint, world.retrying_client(), Cancellation(20), orderby)


@pytest.fixture
def world():
    return InProcessSite(site=SampleSite(COUNTS))


@pytest.mark.parametrize("collection", WITH_MODIFIED)
def test_a_probe_has_the_total_and_the_last_modified_item(world, collection):
    edited = world.site.readable_ids(collection)[2]
    world.site.edit(collection, edited)
    found = probe_of(world, f"wp/v2/{collection}")

    assert found is not None
    assert (found.total, found.orderby) == (5, "modified")
    assert found.newest.known_ids == [edited]
    assert found.fields == ()
    assert len(world.requests) == 1


@pytest.mark.parametrize("collection", WITHOUT)
def test_without_modification_dates_a_probe_has_the_highest_id(world, collection):
    found = probe_of(world, f"wp/v2/{collection}")

    assert found is not None
    assert (found.total, found.orderby) == (5, "id")
    assert found.newest.ids[0] == world.site.readable_ids(collection)[-1]


@pytest.mark.parametrize("collection", WITHOUT)
def test_a_known_order_takes_one_request(world, collection):
    probe_of(world, f"wp/v2/{collection}", "id")

    assert len(world.requests) == 1


@pytest.mark.parametrize("collection", [*WITH_MODIFIED, *WITHOUT])
def test_the_probes_of_an_unchanged_collection_are_equal(world, collection):
    assert probe_of(world, f"wp/v2/{collection}") == probe_of(world, f"wp/v2/{collection}")


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
def test_a_change_changes_the_probe(world, collection, change: Callable[[SampleSite, str], object]):
    before = probe_of(world, f"wp/v2/{collection}")
    change(world.site, collection)

    assert probe_of(world, f"wp/v2/{collection}") != before


def test_a_probe_is_a_small_request(world):
    probe_of(world, "wp/v2/posts?_fields=content&per_page=50&context=view")
    (request,) = world.requests

    assert "per_page=1&" in request
    assert "_fields=content&context=view" in request


@pytest.mark.parametrize(
    "paging", ["page=2", "offset=3", "per_page=2&page=3&offset=1", "_envelope=1"]
)
def test_paging_in_the_url_of_an_endpoint_is_not_sent(world, paging):
    edited = world.site.readable_ids("posts")[2]
    world.site.edit("posts", edited)
    found = probe_of(world, f"wp/v2/posts?{paging}&context=view")

    assert found is not None
    assert found.newest.known_ids == [edited]
    assert "?context=view&per_page=1&" in world.requests[0]


def test_an_empty_collection_has_a_probe():
    world = InProcessSite(site=SampleSite({}))

    found = probe_of(world, "wp/v2/posts")
    assert found is not None
    assert (found.total, len(found.newest)) == (0, 0)


def test_the_newest_item_may_be_hidden(world):
    world.site.hide("comments", world.site.readable_ids("comments")[-1])

    found = probe_of(world, "wp/v2/comments")
    assert found is not None
    assert found.newest.known_ids == world.site.readable_ids("comments")[::-1]


@pytest.mark.parametrize("route", ["mo/v1/posts_4821", "wp/v2/types"])
def test_a_single_answer_cannot_be_probed(world, route):
    assert probe_of(world, route) is None


def test_other_refusals_are_raised(world):
    with pytest.raises(SiteError, match="HTTP 404 rest_no_route"):
        probe_of(world, "wp/v2/nothing")

    assert len(world.requests) == 1


def test_a_site_that_refuses_both_orders_gets_few_requests():
    body = b'{"code":"rest_invalid_param","data":{"params":{"orderby":"No."}}}'
    world = InProcessSite(always(400, body))

    with pytest.raises(SiteError, match="rest_invalid_param"):
        probe_of(world, "wp/v2/posts")

    assert len(world.requests) == 2


def test_a_probe_has_fewer_tries_than_a_read():
    world = InProcessSite(always(503))

    with pytest.raises(SiteUnavailable):
        probe_of(world, "wp/v2/posts")

    assert len(world.requests) == 2


def with_total(body: bytes) -> Callable[[Request], Answer]:
    return always(200, body, {"X-WP-Total": "3"})


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b"[1]", b'[{"id":7}', b"[{}]x"])
def test_an_answer_that_is_no_collection_is_refused(body):
    with pytest.raises(MalformedAnswer):
        probe_of(InProcessSite(with_total(body)), "wp/v2/posts")


def test_a_web_page_without_a_total_is_refused_too():
    with pytest.raises(MalformedAnswer, match="a web page instead of JSON"):
        probe_of(InProcessSite(always(200, b"<html>")), "wp/v2/posts")


@pytest.mark.parametrize("item", [b'{"id":[7]}', b'{"id":7.5}', b'{"id":7,"modified_gmt":[1]}'])
def test_an_invalid_item_is_a_site_error(item):
    try:
        found = probe_of(InProcessSite(with_total(b"[" + item + b"]")), "wp/v2/posts")
    except SiteError:
        return

    assert found is not None
    assert found.total == 3


@pytest.mark.parametrize("text", ["<script>", "\\u001b[2J", "a\\nb", "\\ud83d", "\\u202e"])
def test_a_probe_keeps_only_a_digest(text):
    """It is kept in S3's metadata, which are shown in consoles."""
    body = b'[{"id":7,"modified_gmt":"%b"}]' % text.encode()
    found = probe_of(InProcessSite(with_total(body)), "wp/v2/posts")

    assert found is not None
    assert re.fullmatch(r"modified 3 [0-9a-f]{16}", found.text)


def test_a_changed_order_is_seen_by_woocommerces_modification_time():
    found = []
    for time in (b"2026-01-02T03:04:05", b"2026-01-02T03:04:06"):
        world = InProcessSite(with_total(b'[{"id":10,"date_modified_gmt":"%b"}]' % time))
        found.append(probe_of(world, "wc/v3/orders?consumer_key=ck_1&consumer_secret=cs_2"))

    assert found[0] != found[1]
