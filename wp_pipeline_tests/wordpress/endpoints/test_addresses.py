"""Addresses of sites and API roots, and endpoints written as parameters."""

import pytest

from wp_pipeline.wordpress.endpoints.address import Address, addresses_of_site
from wp_pipeline.wordpress.endpoints.endpoint import (
    by_api_root,
    endpoints_from,
    entries_below,
    parse_endpoints,
    text_of,
    values_below,
)
from wp_pipeline.wordpress.errors import MalformedEndpoints
from wp_pipeline_tests.support.error_chain import assert_holds_no_secret

URLS = (
    "https://s.test/wp-json/wp/v2/posts",
    "https://s.test/wp-json/wp/v2/tags?_fields=id,name",
    "https://s.test/blog/wp-json/wp/v2/posts?search=a%2Cb",
    "https://other.test/?rest_route=/mo/v1/rows_83920473",
)
ENDPOINTS = parse_endpoints(",".join(f"e{number}={url}" for number, url in enumerate(URLS)))


def test_a_site_without_a_scheme_is_tried_over_https_and_then_over_http():
    found = [address.url for address in addresses_of_site("s.test/blog")]

    assert found == ["https://s.test/blog", "http://s.test/blog"]


def test_a_site_with_a_scheme_has_one_address():
    assert addresses_of_site("http://s.test") == (Address("http://s.test"),)


@pytest.mark.parametrize("text", ["https:///hush", "ftp://hush", "hush hush", "user:hush@s.test"])
def test_a_text_that_is_no_address_is_refused_without_quoting_it(text):
    with pytest.raises(MalformedEndpoints) as caught:
        addresses_of_site(text)

    assert_holds_no_secret(caught.value, "hush")


@pytest.mark.parametrize(
    ("url", "netloc"),
    [
        ("https://s.test/x", "s.test"),
        ("https://s.test:443/x", "s.test"),
        ("http://s.test:443/x", "s.test:443"),
        ("http://[::1]:8080/x", "[::1]:8080"),
        ("https://Bücher.test/x", "xn--bcher-kva.test"),
        ("https://xn--bcher-kva.test:8443/x", "xn--bcher-kva.test:8443"),
    ],
)
def test_an_origin_is_the_requested_host_and_its_port_unless_it_is_the_schemes(url, netloc):
    assert Address(url).origin.netloc == netloc


@pytest.mark.parametrize(
    ("url", "root"),
    [
        ("https://s.test/api", "https://s.test/api/"),
        ("https://s.test/api/", "https://s.test/api/"),
        ("https://s.test/?rest_route=%2F", "https://s.test/?rest_route=%2F"),
    ],
)
def test_a_root_ends_in_a_slash(url, root):
    assert Address(url).as_root.url == root


def test_a_list_of_endpoints_is_read_as_it_was_written():
    assert parse_endpoints(text_of(ENDPOINTS)) == ENDPOINTS


def test_parameters_below_a_path_are_read_as_they_were_written():
    values = values_below("/wordpress/endpoints/", ENDPOINTS)

    assert next(iter(values)) == "/wordpress/endpoints/e0"
    assert endpoints_from(entries_below(values)) == ENDPOINTS


def test_endpoints_are_grouped_by_the_api_that_they_belong_to():
    groups = by_api_root(ENDPOINTS)

    assert [root.url for root in groups] == [
        "https://s.test/wp-json/",
        "https://s.test/blog/wp-json/",
        "https://other.test/?rest_route=/",
    ]
    assert [[one.name for one in group] for group in groups.values()] == [
        ["e0", "e1"],
        ["e2"],
        ["e3"],
    ]
