"""Discovering the collections of a site, and the errors for what is not a WordPress site."""

import json
from collections.abc import Callable

import pytest

from sample_site.messages import Answer, Request
from sample_site.site import SampleSite
from wp_pipeline.wordpress.endpoints import parse_endpoints
from wp_pipeline.wordpress.errors import MalformedEndpoints, SiteError, SiteUnavailable
from wp_pipeline.wordpress.http.cancellation import Cancellation
from wp_pipeline.wordpress.site.discovery import NotWordPress, discover
from wp_pipeline_tests.fakes.in_process_site import URL, InProcessSite, always
from wp_pipeline_tests.support.error_chain import assert_holds_no_secret

COUNTS = {"posts": 12, "pages": 3, "media": 4, "books": 5, "comments": 7, "categories": 6,
          "tags": 9, "genres": 2, "users": 3}  # fmt: skip


def totals(world: InProcessSite, address: str = URL) -> dict[str, int]:
    found = discover(address, world.retrying_client(), Cancellation(20))
    endpoints = parse_endpoints(",".join(collection.address.url for collection in found))
    return {
        endpoint.name: collection.total
        for endpoint, collection in zip(endpoints, found, strict=True)
    }


@pytest.mark.parametrize("address", [URL, URL + "/"])
@pytest.mark.parametrize("plain", [False, True])
def test_every_public_collection_of_a_site_is_found_with_its_total(address, plain):
    world = InProcessSite(site=SampleSite(COUNTS, plain_permalinks=plain))

    assert totals(world, address) == COUNTS


@pytest.mark.parametrize("plain", [False, True])
def test_discovered_collections_can_be_read(plain):
    world = InProcessSite(site=SampleSite(COUNTS, plain_permalinks=plain))
    for collection in discover(URL, world.retrying_client(), Cancellation(20)):
        assert len(world.ids(collection.address.url.removeprefix(URL))) == collection.total


def test_a_site_is_found_below_a_path():
    site = SampleSite(COUNTS)

    def answers(request: Request) -> Answer:
        if not request.path.startswith("/blog/"):
            return Answer(404, {}, b"<html>")
        path = request.path.removeprefix("/blog")
        return site.answer(Request(request.method, path, request.query, request.headers))

    assert totals(InProcessSite(answers), f"{URL}/blog/") == COUNTS


def instead(site: SampleSite, of: str, answer: Answer) -> Callable[[Request], Answer]:
    return lambda request: answer if request.path.endswith(of) else site.answer(request)


@pytest.mark.parametrize("status", [401, 403, 404, 400])
def test_a_collection_that_requires_a_login_is_left_out(status):
    world = InProcessSite(instead(SampleSite(COUNTS), "/users", Answer(status, {}, b"")))

    assert totals(world) == {name: count for name, count in COUNTS.items() if name != "users"}


def test_a_route_without_a_total_is_left_out():
    world = InProcessSite(instead(SampleSite(COUNTS), "/books", Answer(200, {}, b"[]")))

    assert "books" not in totals(world)


def test_routes_below_another_item_are_left_out():
    types = {
        "font": {"rest_base": "font-families/(?P<id>[\\d]+)/faces"},
        "post": {"rest_base": "posts"},
    }
    answer = Answer(200, {}, json.dumps(types).encode())
    world = InProcessSite(instead(SampleSite(COUNTS), "/types", answer))

    assert totals(world)["posts"] == 12
    assert [request for request in world.requests if "font" in request] == []


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, {}, b"<html>A shop</html>"),
        Answer(200, {}, b'{"hello":"world"}'),
        Answer(200, {}, b'{"namespaces":["oembed/1.0"]}'),
        Answer(200, {}, b'{"namespaces":null}'),
        Answer(200, {}, b'{"namespaces":7}'),
        Answer(200, {}, b"[]"),
        Answer(200, {}, b"\xff"),
        Answer(404, {}, b"<html>"),
        Answer(403, {}, b"<html>"),
    ],
)
def test_an_address_without_wordpress_is_named_in_the_error(answer):
    with pytest.raises(NotWordPress):
        totals(InProcessSite(lambda request: answer))


def test_a_site_that_is_down_is_unavailable_and_not_called_not_wordpress():
    with pytest.raises(SiteUnavailable):
        totals(InProcessSite(always(503)))


@pytest.mark.parametrize(
    "types", [b"[]", b"7", b"<html>", b'{"post":[]}', b'{"post":null}', b'{"post":{}}', b"\xff"]
)
def test_invalid_types_are_a_site_error(types):
    world = InProcessSite(instead(SampleSite(COUNTS), "/types", Answer(200, {}, types)))

    with pytest.raises(SiteError):
        totals(world)


@pytest.mark.parametrize(
    "address",
    ["", "sample.test", "ftp://sample.test", "https://u:hush@s.test", "https://s:hush/"],
)
def test_an_invalid_address_is_refused_before_any_request(address):
    world = InProcessSite(site=SampleSite(COUNTS))

    with pytest.raises(MalformedEndpoints) as refusal:
        totals(world, address)

    assert world.requests == []
    assert_holds_no_secret(refusal.value, "hush")
