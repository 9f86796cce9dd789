"""Parsing endpoints: their names, refused entries, and that no text shows a URL."""

import pytest

from sample_site.site import SampleSite
from wp_pipeline.wordpress.address import Address
from wp_pipeline.wordpress.endpoints import (
    Endpoint,
    Entry,
    asset_name,
    endpoints_from,
    parse_endpoints,
)
from wp_pipeline.wordpress.errors import MalformedEndpoints
from wp_pipeline_tests.fakes.in_process_site import InProcessSite, always
from wp_pipeline_tests.support.error_chain import assert_holds_no_secret


def names(text: str) -> list[str]:
    return [endpoint.name for endpoint in parse_endpoints(text)]


def urls(text: str) -> list[str]:
    return [endpoint.address.url for endpoint in parse_endpoints(text)]


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://s.test/wp-json/wp/v2/posts", "posts"),
        ("https://s.test/wp-json/wp/v2/posts/", "posts"),
        ("https://s.test/blog/wp-json/wp/v2/posts", "posts"),
        ("https://s.test/wp-json/wp/v2/wp_block", "wp_block"),
        ("https://s.test/wp-json/wp/v2/menu-items/", "menu-items"),
        ("https://s.test/wp-json/wc/v3/orders", "orders"),
        ("https://s.test/wp-json/wc/v3/shipping_classes/", "shipping_classes"),
        ("https://s.test/?rest_route=/wp/v2/posts", "posts"),
        ("https://s.test/?rest_route=/wp/v2/wp_block/", "wp_block"),
        ("https://s.test/?rest_route=%2Fwp%2Fv2%2Fposts", "posts"),
        ("https://s.test/?context=view&rest_route=/wp/v2/posts", "posts"),
        ("https://s.test/index.php?rest_route=/wc/v3/tax_classes", "tax_classes"),
    ],
)
def test_the_name_in_a_known_namespace_is_the_whole_last_segment(url, name):
    assert names(url) == [name]


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://s.test/wp-json/mo/v1/posts_4821", "posts"),
        ("https://s.test/wp-json/mo/v1/posts_4821/", "posts"),
        ("https://s.test/statistics_pages_12345/", "statistics_pages"),
        ("https://s.test/statistics_pages_12345", "statistics_pages"),
        ("https://s.test/posts", "posts"),
        ("https://s.test/posts/", "posts"),
        ("https://s.test/term-taxonomy_9", "term-taxonomy"),
        ("https://s.test/%70osts_9", "posts"),
        ("https://s.test/posts_9?_fields=a_b", "posts"),
        ("https://s.test/?rest_route=/mo/v1/statistics_pages_12345", "statistics_pages"),
        ("https://s.test/?rest_route=/mo/v1/terms_9/", "terms"),
        ("http://127.0.0.1:8080/terms_9/", "terms"),
    ],
)
def test_the_name_of_a_plugins_route_is_the_last_segment_up_to_its_last_underscore(url, name):
    assert names(url) == [name]


@pytest.mark.parametrize(
    ("text", "name", "url"),
    [
        ("articles=https://s.test/wp-json/wp/v2/posts", "articles", "wp-json/wp/v2/posts"),
        (" articles = https://s.test/posts_9 ", "articles", "posts_9"),
        ("my-posts=https://s.test/posts_9", "my-posts", "posts_9"),
        ("posts_9=https://s.test/x", "posts_9", "x"),
        ("a=https://s.test/x?b=c", "a", "x?b=c"),
        ("root=https://s.test/", "root", ""),
    ],
)
def test_the_text_before_an_equals_sign_is_the_name(text, name, url):
    assert (names(text), urls(text)) == ([name], [f"https://s.test/{url}"])


def test_an_equals_sign_inside_a_url_does_not_separate_a_name():
    assert names("https://s.test/posts_9?orderby=id") == ["posts"]


@pytest.mark.parametrize(
    ("name", "key"),
    [("posts", "posts"), ("menu-items", "menu_items"), ("a.b", "a_b"), ("wp_block", "wp_block")],
)
def test_characters_that_dagster_refuses_become_underscores(name, key):
    assert asset_name(name) == key


@pytest.mark.parametrize(
    "text",
    [
        "https://s.test/a,https://s.test/b",
        "https://s.test/a , https://s.test/b",
        "\n  https://s.test/a,\n  https://s.test/b,\n",
        ",https://s.test/a,,https://s.test/b,",
    ],
)
def test_spaces_and_empty_entries_are_ignored(text):
    assert urls(text) == ["https://s.test/a", "https://s.test/b"]


@pytest.mark.parametrize(
    "url",
    [
        "https://s.test/wp-json/wp/v2/posts?_fields=id,title",
        "https://s.test/wp-json/wp/v2/posts?_fields=id,title.rendered,_links&context=edit",
        "https://s.test/wp-json/wp/v2/posts?include=1,2,3",
        "https://s.test/?rest_route=/wp/v2/posts&_fields=id,title",
        "https://s.test/?_fields=id,title&rest_route=/wp/v2/posts",
        "https://s.test/wp-json/wp/v2/posts?_fields=id,title&after=2024-01-01T00:00:00",
    ],
)
def test_a_comma_inside_a_query_does_not_end_the_url(url):
    assert urls(f"https://s.test/a,{url},named=https://s.test/b") == [
        "https://s.test/a",
        url,
        "https://s.test/b",
    ]


NOT_A_URL = "is not an http(s) URL"
REFUSED = [
    ("ftp://s.test/hush_9", NOT_A_URL),
    ("file:///hush_9", NOT_A_URL),
    ("s3://hush/posts", NOT_A_URL),
    ("s.test/hush_9", NOT_A_URL),
    ("//s.test/hush_9", NOT_A_URL),
    ("hush", NOT_A_URL),
    ("https://", NOT_A_URL),
    ("https:///hush_9", NOT_A_URL),
    ("https:s.test/hush_9", NOT_A_URL),
    ("posts=", NOT_A_URL),
    ("posts=hush", NOT_A_URL),
    ("https://s.test/hush 9", NOT_A_URL),
    ("https://s.test/a https://s.test/hush_9", NOT_A_URL),
    ("https://s.test:hush/posts_9", NOT_A_URL),
    ("https://s.test:99999/hush_9", NOT_A_URL),
    ("https://[::1/hush_9", NOT_A_URL),
    ("https://hush\u2100.test/posts_9", NOT_A_URL),
    ("https://hush@s.test/posts_9", "carries a user or password"),
    ("https://user:hush@s.test/posts_9", "carries a user or password"),
    ("https://:hush@s.test/posts_9", "carries a user or password"),
    ("posts=https://user:hush@s.test/x", "carries a user or password"),
    ("https://hush.test/", "gives no usable name"),
    ("https://hush.test", "gives no usable name"),
    ("https://hush.test/_9", "gives no usable name"),
    ("https://s.test/b%C3%BCcher-hush_9", "gives no usable name"),
    ("https://s.test/a%2Fhush_9", "gives no usable name"),
    ("two words=https://hush.test/x", "gives no usable name"),
    ("=https://hush.test/x", "has no name before its ="),
    ("<!doctype html><title>hush</title>", "a web page"),
    ('{"hush":1}', "a JSON document"),
    ("posts=<html>hush", "a web page"),
]


@pytest.mark.parametrize(("entry", "reason"), REFUSED)
def test_a_malformed_entry_is_named_by_its_position_and_not_quoted(entry, reason):
    with pytest.raises(MalformedEndpoints) as refusal:
        parse_endpoints(f"https://other.test/fine_1,{entry},https://other.test/well_2")

    assert f"entry 2 {'holds ' if reason.startswith('a ') else ''}{reason}" in str(refusal.value)
    assert "entry 1" not in str(refusal.value)
    assert "entry 3" not in str(refusal.value)
    assert_holds_no_secret(refusal.value, "hush", "s.test", "other.test", "fine_1")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("<html><body>hush, hush</body></html>", "a web page"),
        ("  \n<!DOCTYPE html>hush", "a web page"),
        ('[{"id":1,"title":"hush"}]', "a JSON document"),
        ('{"code":"hush","message":"x"}', "a JSON document"),
        ('\ufeff[{"id":1}]', "a JSON document"),
    ],
)
def test_a_web_page_in_place_of_the_urls_is_refused_with_advice(text, kind):
    with pytest.raises(MalformedEndpoints, match="cli_follow_urlparam") as refusal:
        parse_endpoints(text)

    assert f"holds {kind} instead of URLs" in str(refusal.value)
    assert_holds_no_secret(refusal.value, "hush")


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("https://s.test/a_1,https://s.test/b_1,https://s.test/a_2", "entry 1", "entry 3"),
        ("https://s.test/wp-json/wp/v2/posts,https://s.test/posts_9", "entry 1", "entry 2"),
        ("a-b=https://s.test/x,a_b=https://s.test/y", "entry 1", "entry 2"),
        ("https://s.test/a_1,,https://s.test/a_1", "entry 1", "entry 3"),
    ],
)
def test_two_endpoints_with_one_name_are_refused_by_both_positions(text, first, second):
    with pytest.raises(MalformedEndpoints, match="write name=URL") as refusal:
        parse_endpoints(text)

    assert f"{first} and {second} are both called" in str(refusal.value)
    assert_holds_no_secret(refusal.value, "s.test", "_1", "posts_9")


def test_all_faults_of_a_list_are_reported_together():
    with pytest.raises(MalformedEndpoints) as refusal:
        parse_endpoints("ftp://s.test/x,https://s.test/a_1,https://u@s.test/b_1,https://s.test/a_2")

    text = str(refusal.value)
    assert "entry 1 is not" in text
    assert "entry 3 carries" in text
    assert "entry 2 and entry 4 are both called a" in text


@pytest.mark.parametrize("text", ["", "  ", ",", " ,\n, "])
def test_a_list_without_an_endpoint_is_refused(text):
    with pytest.raises(MalformedEndpoints, match="names no endpoint"):
        parse_endpoints(text)


def test_a_name_before_an_equals_sign_wins_over_a_given_name_and_that_over_the_urls():
    listed = [
        Entry("parameter /e/posts", "https://s.test/x_1", "posts"),
        Entry("parameter /e/terms", "words=https://s.test/y_1", "terms"),
        Entry("parameter /e/", "https://s.test/z_1"),
    ]
    assert [endpoint.name for endpoint in endpoints_from(listed)] == ["posts", "words", "z"]


def test_refused_entries_are_named_as_their_source_names_them():
    with pytest.raises(MalformedEndpoints) as refusal:
        endpoints_from([Entry("parameter /e/posts", "hush", "posts")])

    assert str(refusal.value) == f"parameter /e/posts {NOT_A_URL}"


def test_the_repr_of_an_endpoint_shows_its_name_and_not_its_url():
    (endpoint,) = parse_endpoints("https://s.test/wp-json/mo/v1/posts_4821?token=hush")

    for text in (repr(endpoint), str(endpoint), f"{[endpoint]}"):
        assert "posts" in text
        assert "s.test" not in text
        assert "4821" not in text
        assert "hush" not in text


@pytest.mark.parametrize(
    ("url", "is_known"),
    [
        ("https://s.test/wp-json/wp/v2/posts", True),
        ("https://s.test/?rest_route=/wp/v2/posts", True),
        ("https://s.test/wp-json/wc/v3/orders", True),
        ("https://s.test/wp-json/mo/v1/posts_9", False),
        ("https://s.test/posts_9", False),
        ("https://s.test/x?y=/wp/v2/posts", False),
    ],
)
def test_only_wordpress_and_woocommerce_routes_are_of_a_known_kind(url, is_known):
    assert Endpoint("posts", Address(url)).is_known_kind == is_known


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://s.test/x", ("https", "s.test", 443)),
        ("http://s.test/x", ("http", "s.test", 80)),
        ("https://S.test:443/x", ("https", "s.test", 443)),
        ("https://s.test:8443/x", ("https", "s.test", 8443)),
        ("http://[::1]:80/x", ("http", "::1", 80)),
    ],
)
def test_an_origin_is_the_normalized_scheme_host_and_port(url, origin):
    assert Address(url).origin == origin


@pytest.mark.parametrize(
    ("url", "parameters", "expected"),
    [
        ("https://s.test/x", {}, "https://s.test/x"),
        ("https://s.test/x", {"page": 2}, "https://s.test/x?page=2"),
        ("https://s.test/x/?a=b", {"page": 2}, "https://s.test/x/?a=b&page=2"),
        ("https://s.test/x?page=9&a=b", {"page": 2}, "https://s.test/x?a=b&page=2"),
        ("https://s.test/x?page=8&page=9", {"page": 2}, "https://s.test/x?page=2"),
        ("https://s.test/x?a=", {"page": 2}, "https://s.test/x?a=&page=2"),
        (
            "https://s.test/?rest_route=/wp/v2/posts",
            {"per_page": 100},
            "https://s.test/?rest_route=/wp/v2/posts&per_page=100",
        ),
        (
            "https://s.test/x?_fields=id,title",
            {"include": "1,2"},
            "https://s.test/x?_fields=id,title&include=1,2",
        ),
        ("https://s.test/x?q=a%26b%3Dc", {"page": 2}, "https://s.test/x?q=a%26b%3Dc&page=2"),
    ],
)
def test_added_parameters_replace_those_of_the_same_name(url, parameters, expected):
    assert Address(url).with_parameters(parameters).url == expected


def test_the_query_of_an_endpoint_is_sent_with_every_request_for_a_collection():
    world = InProcessSite(site=SampleSite({"posts": 150}))

    world.ids("/wp-json/wp/v2/posts?_fields=id,title&context=view")

    assert len(world.requests) > 1
    assert all("_fields=id,title&context=view" in asked for asked in world.requests)


def test_the_query_of_a_plugins_route_is_sent_unchanged():
    world = InProcessSite(always(200, b"[]"))

    world.read("/wp-json/mo/v1/posts_9?token=a,b&x=1")

    assert world.requests == ["/wp-json/mo/v1/posts_9?token=a,b&x=1"]
