import json

import pytest

from sample_site.content import COLLECTIONS
from sample_site.messages import Request
from sample_site.site import SampleSite


def test_the_index_lists_what_the_site_serves(site, ask):
    index = json.loads(ask(site, "").body)

    assert index["name"] == "The Tidewell Lantern"
    assert index["timezone_string"] == "Europe/London"
    assert "wp/v2" in index["namespaces"]
    assert {f"/wp/v2/{name}" for name in COLLECTIONS} < set(index["routes"])
    assert "/mo/v1/posts_4821" in index["routes"]


def test_the_index_lists_the_parameters_of_a_route(site, ask):
    routes = json.loads(ask(site, "").body)["routes"]

    def parameters(name: str) -> dict:
        return routes[f"/wp/v2/{name}"]["endpoints"][0]["args"]

    assert parameters("posts")["per_page"]["maximum"] == 100
    assert "modified_after" in parameters("posts")
    assert "modified_after" not in parameters("comments")
    assert "offset" in parameters("tags")
    assert "offset" not in parameters("categories")


@pytest.mark.parametrize(
    ("route", "slugs"),
    [
        ("types", ["post", "page", "attachment", "book"]),
        ("taxonomies", ["category", "post_tag", "genre"]),
        ("statuses", ["publish"]),
    ],
)
def test_types_taxonomies_and_statuses_are_objects_without_totals(route, slugs, site, ask):
    answer = ask(site, f"wp/v2/{route}")

    assert list(json.loads(answer.body)) == slugs
    assert not [name for name in answer.headers if name.startswith("X-WP")]


def test_every_link_of_an_item_is_served(site, ask):
    (post,) = json.loads(ask(site, "wp/v2/posts?per_page=1").body)
    served = ("self", "collection", "about", "author", "wp:attachment", "wp:term")
    hrefs = [link["href"] for name in served for link in post["_links"][name]]

    assert {site.answer(Request.parse("GET", href)).status for href in hrefs} == {200}


def test_the_plain_form_works_on_every_site(site):
    answer = site.answer(Request.parse("GET", "/?rest_route=/wp/v2/posts&per_page=1&page=2"))

    assert answer.headers["X-WP-Total"] == "25"
    assert (
        "/wp-json/wp/v2/posts?rest_route=%2Fwp%2Fv2%2Fposts&per_page=1&page=3"
        in (answer.headers["Link"])
    )


class TestPlainPermalinks:
    @pytest.fixture
    def site(self):
        return SampleSite({"posts": 5, "media": 2}, plain_permalinks=True)

    def test_the_plain_form_is_the_only_one(self, site):
        plain = site.answer(Request.parse("GET", "/?rest_route=/wp/v2/posts&per_page=2&page=2"))
        root = site.answer(Request.parse("GET", "/wp-json/"))
        posts = site.answer(Request.parse("GET", "/wp-json/wp/v2/posts?page=2"))

        assert plain.headers["X-WP-TotalPages"] == "3"
        assert (root.status, root.headers["Content-Type"]) == (200, "text/html; charset=UTF-8")
        assert (posts.status, posts.headers["Content-Type"]) == (301, "text/html; charset=UTF-8")
        assert posts.headers["Location"] == "http://sample.test/wp-json/wp/v2/posts/?page=2"

    def test_links_are_plain_too(self, site):
        answer = site.answer(Request.parse("GET", "/?rest_route=/wp/v2/posts&per_page=2"))
        (post, _) = json.loads(answer.body)

        assert answer.headers["Link"] == (
            "<http://sample.test/index.php?rest_route=%2Fwp%2Fv2%2Fposts&per_page=2&page=2>;"
            ' rel="next"'
        )
        assert post["link"] == f"http://sample.test/?p={post['id']}"
        assert post["_links"]["collection"][0]["href"] == (
            "http://sample.test/index.php?rest_route=/wp/v2/posts"
        )

    def test_the_front_page_links_to_the_api(self, site):
        answer = site.answer(Request.parse("GET", "/"))

        assert answer.headers["Link"] == (
            '<http://sample.test/index.php?rest_route=/>; rel="https://api.w.org/"'
        )
