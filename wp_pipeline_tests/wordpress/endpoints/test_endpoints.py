"""Parsing endpoints: their names, refused entries, and that no text shows a URL."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sample_site.site import SampleSite
from wp_pipeline.wordpress.endpoints.address import Address
from wp_pipeline.wordpress.endpoints.endpoint import (
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
    ("https://s.test/hush hush_9", NOT_A_URL),
    ("https://s.test:hush/posts_9", NOT_A_URL),
    ("https://s.test:99999/hush_9", NOT_A_URL),
    ("https://[::1/hush_9", NOT_A_URL),
    ("https://hush\u2100.test/posts_9", NOT_A_URL),
    ("https://hush@s.test/posts_9", "carries a user or password"),
    ("https://user:hush@s.test/posts_9", "carries a user or password"),
    ("https://:hush@s.test/posts_9", "carries a user or password"),
    ("posts=https://user:hush@s.test/x", "carries a user or password"),
    ("https://s.test/hush?x=1https://s.test/hush_9", "holds two URLs with nothing between them"),
    ("[hush](https://s.test/hush_9)", NOT_A_URL),
    ("https://s.test/hushhttps://s.test/hush_9", "holds two URLs with nothing between them"),
    ("https://hush.test/", "gives no usable name"),
    ("https://hush.test", "gives no usable name"),
    ("https://hush.test/_9", "gives no usable name"),
    ("\U0001f4f0=https://hush.test/x", "gives no usable name"),
    ("https://s.test/hush%E2%80%8B_9", "has an invisible character (U+200B) in its path"),
    ('https://s.test/x?hush={"a":[1', "has a bracket in its query that is not closed"),
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


def test_explicit_names_override_parameter_names_and_these_override_url_names():
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


A, B = "https://s.test/a", "https://s.test/b"
LISTS = {
    "lines": f"{A}\n{B}\n",
    "lines of Windows": f"{A}\r\n{B}\r\n",
    "lines that a shell did not make": f"{A}\\n{B}",
    "indented lines": f"  {A}\n\n\t{B}\n",
    "lines that end in commas": f"{A},\n{B},",
    "semicolons": f"{A};{B}",
    "semicolons and spaces": f"{A} ; {B};",
    "spaces": f"{A} {B}",
    "tabs": f"{A}\t{B}",
    "bars": f"{A} | {B}",
    "commas of other scripts": f"{A}\uff0c{B}\u3001",
    "quotes around all of it": f"'{A},{B}'",
    "angle brackets": f"<{A}>, <{B}>",
    "bullets": f"- {A}\n- {B}",
    "numbers": f"1. {A}\n2) {B}",
    "comments": f"# hush\n{A}  # hush\n// hush\n{B}",
    "quotes": f"\"{A}\",'{B}'",
    "typographic quotes": f"“{A}”, „{B}“",
    "quotes of other languages": f"«{A}», \u2018{B}\u2019",
    "backticks": f"`{A}` `{B}`",
    "JSON": f'["{A}","{B}"]',
    "JSON in lines": f'[\n  "{A}",\n  "{B}"\n]\n',
    "JSON with escaped slashes": f'["{A}","{B}"]'.replace("/", "\\/"),
    "JSON with a comma too many": f'["{A}", "{B}", ]',
    "JSON with other quotes": f"['{A}', '{B}']",
    "an array without quotes": f"[{A}, {B}]",
    "an array of one quoted entry": f"['{A}', {B}]",
    "a quoted text of lines": f'"{A}\n{B}"',
    "quoted JSON": f'\'["{A}","{B}"]\'',
    "a JSON text": f'"{A},{B}"',
    "JSON that was encoded twice": json.dumps(json.dumps([A, B])),
    "JSON in a member": json.dumps({"endpoints": [A, B]}),
    "JSON with objects": json.dumps([{"url": A}, {"url": B}]),
    "a byte order mark": f"\ufeff{A},{B}",
    "no-break spaces": f"{A}\u00a0{B}\u00a0",
    "line separators": f"{A}\u2028{B}\x85",
    "zero-width spaces": f"\u200b{A}\u200b,{B}\u200b",
    "soft hyphens": f"{A[:9]}\u00ad{A[9:]},{B}",
    "marks of direction": f"\u200e{A}\u200f,\u202a{B}\u202c",
    "a word joiner and a variation selector": f"{A}\u2060,{B}\ufe0f",
}


@pytest.mark.parametrize("text", LISTS.values(), ids=LISTS)
def test_a_list_is_read_as_people_write_it(text):
    assert urls(text) == [A, B]


@pytest.mark.parametrize(
    "text",
    [
        f"one={A}\ntwo={B}",
        f"one = {A}; two = {B}",
        f"one={A} two={B}",
        f'["one={A}", "two={B}"]',
        f'{{"one": "{A}", "two": "{B}"}}',
        f'one="{A}"\ntwo="{B}"',
        f'"one={A}","two={B}"',
        f"* one={A}\n* two={B}",
        f"one: {A}\ntwo: {B}\n",
        f"- one: '{A}'\n- two: \"{B}\"\n",
        f"one:{A}\ntwo:{B}",
        f"one => {A}, two => {B}",
        f'"one": "{A}",\n"two": "{B}"',
        f'[{{"name":"one","url":"{A}"}},{{"name":"two","url":"{B}"}}]',
        f'[{{"one":"{A}"}},{{"two":"{B}"}}]',
        f'{{"urls":{{"one":"{A}","two":"{B}"}}}}',
    ],
)
def test_the_names_in_a_list_in_any_notation_are_kept(text):
    assert (names(text), urls(text)) == (["one", "two"], [A, B])


@pytest.mark.parametrize(
    "query",
    [
        '?search={"a":"b","c":[]}',
        '?search={"a":"b","c":[1,2,{"d":"e;f|g"}]}',
        '?search={"a":"},https://other.test","c":[]}',
        '?q=["a","b"]&x=1,2',
        '?search={"a":"b,%20https://other.test"}',
        "?include[]=1&include[]=2",
        "?q=a%2Cb,c%20d",
        "?after=2024-01-01T00:00:00,2025-01-01T00:00:00",
        "?tags=a|b;c",
    ],
)
@pytest.mark.parametrize("separator", [",", ", ", "\n", ";", " ", ",\n"])
def test_separators_inside_a_query_do_not_end_the_url(query, separator):
    assert urls(f"{A}{query}{separator}news={B}") == [f"{A}{query}", B]


def test_spaces_of_json_in_a_query_are_encoded():
    assert urls(f'{A}?q={{"a": "b c", "d": []}},{B}') == [
        f'{A}?q={{"a":%20"b%20c",%20"d":%20[]}}',
        B,
    ]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("beiträge", "beitr_ge"),
        ("beitra\u0308ge", "beitr_ge"),
        ("новости", "_______"),
        ("記事", "__"),
        ("हिन्दी", "______"),
        ("posts2", "posts2"),
    ],
)
def test_a_name_may_be_of_any_script(name, key):
    (endpoint,) = parse_endpoints(f"{name}=https://s.test/x")

    assert endpoint.name == unicodedata.normalize("NFC", name)
    assert asset_name(endpoint.name) == key


def test_a_name_of_another_script_is_taken_from_a_url():
    assert names("https://s.test/wp-json/wp/v2/beitr%C3%A4ge") == ["beiträge"]


def test_two_names_that_dagster_cannot_tell_apart_are_refused():
    with pytest.raises(MalformedEndpoints) as refusal:
        parse_endpoints(f"новости={A},события={B}")

    assert str(refusal.value) == (
        "entry 1 and entry 2 are both called _______: write name=URL, with names that differ in"
        " A-Z, a-z and 0-9"
    )


BROKEN = [
    ('["{A}","https://s.test/hush', "is a JSON array whose end is missing"),
    ('{{"n":"{A}","m":"{B}","n":"{A}"}}', "entry 1 and entry 3 are both called n"),
    ("{A}\nhush\n{B}", "entry 2 is not an http(s) URL"),
    ("{A};hush;{B}", "entry 2 is not an http(s) URL"),
    ("{A}|s.test/hush|{B}", "entry 2 is not an http(s) URL"),
    ('["{A}","hush","{B}"]', "entry 2 is not an http(s) URL"),
    ('["{A}",null,"{B}"]', "entry 2 is not an http(s) URL"),
    ('["{A}",{{"hush":1}},"{B}"]', "entry 2 holds a JSON document instead of a URL"),
    ("{A}?x=1,s.test/hush,{B}", "entry 2 is not an http(s) URL"),
    ("{A}?x=1\nhush\n{B}", "entry 2 is not an http(s) URL"),
    ("{A}?x=1,/hush,{B}", "entry 2 is not an http(s) URL"),
    ("{A}\nb=https://s.test/hush?x=[1,2\nc={B}", "entry 2 has a bracket in its query that is not"),
    ("{A},b=https://s.test/hush?x=[1,c={B}", "entry 2 has a bracket in its query that is not"),
]


@pytest.mark.parametrize(("text", "reason"), BROKEN)
def test_a_broken_entry_of_a_list_in_any_notation_is_named_by_its_position(text, reason):
    with pytest.raises(MalformedEndpoints) as refusal:
        parse_endpoints(text.format(A=A, B=B))

    assert str(refusal.value).startswith(reason)
    assert_holds_no_secret(refusal.value, "hush", "s.test")


@pytest.mark.parametrize(
    "text",
    [
        '[{"id":1,"link":"https://hush.test/x"}]',
        '["hush","hush"]',
        "[[1,2],[3]]",
        '{"name":"hush","url":"https://hush.test","routes":{}}',
        '{"code":"hush","message":"see https://hush.test/x"}',
        '{"hush":',
        "[" * 5000,
    ],
)
def test_json_that_is_no_list_is_refused_as_a_document(text):
    with pytest.raises(
        MalformedEndpoints, match="holds a JSON document instead of URLs; if AWS CLI"
    ) as refusal:
        parse_endpoints(text)
    assert_holds_no_secret(refusal.value, "hush")


PARTS = [*"ab=:/?#,;| \n\t\"'[]{}\\&.-_\u200b\u00adé", A, "n=", "https://"]


def refusal_of(text: str) -> str:
    """Return why a list is refused, or nothing."""
    try:
        parse_endpoints(text)
    except MalformedEndpoints as refusal:
        return str(refusal)
    return ""


@given(st.lists(st.sampled_from(PARTS), max_size=40).map("".join))
def test_any_text_is_read_or_refused_in_one_line_without_a_url(text):
    refusal = refusal_of(text)

    assert "\n" not in refusal
    assert "s.test" not in refusal
    assert refusal or not any(set(url) & set(" \n\t\\\u200b") for url in urls(text))


@given(
    st.lists(
        st.sampled_from(["x", "x?_fields=id,title", 'x?q={"a":[],"b":"c"}', "x?a[]=1"]), min_size=1
    ),
    st.sampled_from([",", ";", "\n", " ", " | ", ",\n\t"]),
)
def test_a_list_is_read_back_whatever_its_separator(routes, separator):
    entries = [f"n{number}=https://s.test/{route}" for number, route in enumerate(routes)]

    assert urls(separator.join(entries)) == [f"https://s.test/{route}" for route in routes]


def test_brackets_at_the_end_of_an_array_belong_to_the_query():
    assert urls(f"[{A}, {B}?q=[]]") == [A, f"{B}?q=[]"]
