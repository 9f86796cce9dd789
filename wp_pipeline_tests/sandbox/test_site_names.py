"""Names of sites in the sandbox: none is given twice."""

import re
from itertools import combinations

import pytest

from wp_pipeline.sandbox.__main__ import name_of_site

DIFFERENT = (
    "https://example.org",
    "https://www.example.org",
    "https://example.org/blog",
    "https://example.org/Blog",
    "https://example.org/shop",
    "https://example.org/a/b",
    "https://example.org/a-b",
    "https://example.org/a_b",
    "https://example.org/" + "a" * 200,
    "https://example.org/" + "a" * 201,
    "https://example.org.blog",
    "https://example-org.blog",
    "https://example.org:8443",
    "https://example.org:8444",
    "https://example.org/8443",
    "http://127.0.0.1:8001",
    "http://127.0.0.1:8002",
    "http://[::1]:8001",
    "https://b\u00fccher.example",
    "https://\u4f8b.example",
)


def test_sites_of_one_host_have_names_of_their_own():
    same = [pair for pair in combinations(DIFFERENT, 2) if len({*map(name_of_site, pair)}) == 1]

    assert same == []


@pytest.mark.parametrize("url", DIFFERENT)
def test_a_name_is_one_that_dagster_accepts(url):
    assert re.fullmatch(r"[A-Za-z0-9_]{1,70}", name_of_site(url))


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org",
        "https://example.org/",
        "http://EXAMPLE.org:80",
        "https://example.org:443/",
    ],
)
def test_the_name_of_a_plain_host_is_the_host(url):
    assert name_of_site(url) == "example_org"
