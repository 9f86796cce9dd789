"""What a site says of its routes: any JSON may stand where a description should."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wp_pipeline.wordpress.endpoints.address import Address
from wp_pipeline.wordpress.site.index import SiteIndex
from wp_pipeline.wordpress.site.route_names import ROUTE

ROOT = Address("https://example.org/wp-json/")
names = st.sampled_from(
    ["namespace", "methods", "endpoints", "args", "required", "page", "GET", "/a/v1/b", "/a/v2/b",
     "a/v1", "a/v2", "wp/v2", "name", "routes", "namespaces", "timezone_string", "gmt_offset"]
) | st.text(max_size=5)  # fmt: skip
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | names,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
    max_leaves=20,
)
endpoints = st.fixed_dictionaries({"methods": values}, optional={"args": values})
entries = st.fixed_dictionaries(
    {"namespace": names, "methods": values, "endpoints": st.lists(endpoints | values, max_size=2)}
)
indexes = st.fixed_dictionaries(
    {},
    optional={
        "name": values,
        "timezone_string": values,
        "gmt_offset": values,
        "namespaces": values | st.lists(names, max_size=3),
        "routes": values | st.dictionaries(names, entries | values, max_size=4),
    },
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(indexes)
def test_any_index_is_read_without_an_error(members: dict[str, Any]):
    index = SiteIndex(members)

    assert index.name.isprintable()
    assert index.timezone.isprintable()
    for route in (*index.plugin_routes(ROOT), *index.other_routes()):
        assert ROUTE.fullmatch(route.path)
    assert all(ROUTE.fullmatch(name) for name in index.namespaces)


@pytest.mark.parametrize(
    ("members", "zone"),
    [
        ({"timezone_string": "Europe/London", "gmt_offset": 1}, "Europe/London"),
        ({"timezone_string": "", "gmt_offset": 5.5}, "UTC+5.5"),
        ({"timezone_string": "", "gmt_offset": "-3"}, ""),
        ({}, ""),
    ],
)
def test_the_time_zone_is_a_name_or_an_offset(members, zone):
    assert SiteIndex(members).timezone == zone


def test_the_name_is_one_line_without_control_characters():
    assert SiteIndex({"name": "A &amp; B\x1b[2J\n" + "x" * 200}).name == "A & B[2J" + "x" * 72
