"""Names of routes: none is given twice, and no random part is shown."""

import pytest

from wp_pipeline.wordpress.endpoints.address import Address
from wp_pipeline.wordpress.site.route_names import looks_secret, names_for, shown

ROOTS = ("https://e.org/wp-json/", "https://e.org/api/", "https://e.org/?rest_route=/")
SECRET = {
    "mo/v1/statistics_pages_83920473": ("mo/v1/statistics_pages_…", "statistics_pages"),
    "mo/v1/posts-x4tplw9cz1": ("mo/v1/posts-…", "posts"),
    "mo/v1/8f14e45fceea167a": ("mo/v1/…", "endpoint"),
    "mo/v1/orders/83920473": ("mo/v1/orders/…", "endpoint"),
    "mo/v1/a9f83kd02/rows": ("mo/v1/…/rows", "rows"),
}


@pytest.mark.parametrize("root", ROOTS)
@pytest.mark.parametrize(
    ("route", "text"),
    [
        ("wp/v2/posts", "wp/v2/posts"),
        ("wp/v2/elementor_library", "wp/v2/elementor_library"),
        ("wc/v3/orders", "wc/v3/orders"),
        ("shop/v1/items", "shop/v1/items"),
        ("tribe/events/v1/events", "tribe/events/v1/events"),
        ("mo/v1/term_relationship", "mo/v1/term_…"),
        *((route, text) for route, (text, _) in SECRET.items()),
    ],
)
def test_a_route_is_shown_without_a_random_part(root, route, text):
    assert shown(Address(root + route)) == text


@pytest.mark.parametrize(("route", "name"), [(one, name) for one, (_, name) in SECRET.items()])
def test_a_name_holds_no_random_part(route, name):
    assert names_for([Address(ROOTS[0] + route)]) == [name]


@pytest.mark.parametrize(
    ("route", "is_secret"),
    [
        ("mo/v1/statistics_pages_83920473", True),
        ("mo/v1/posts_4821/(?P<id>\\d+)", True),
        ("mo/v1/8f14e45fceea167a", True),
        ("mo/v1/rows_2cbkggco", True),
        ("mo/v1/rows_rgshnzjn", True),
        ("mo/v1/item_lengths", False),
        ("mo/v1/sign_in_with_oauth2", False),
        ("mo/v1/export_mp3", False),
        ("wp/v2/posts", False),
        ("wc-analytics/reports/orders", False),
        ("wc/v3/system_status", False),
        ("oembed/1.0/embed", False),
        ("mo/v1/term_relationship", False),
    ],
)
def test_a_random_part_looks_secret(route, is_secret):
    assert looks_secret(route) is is_secret


def test_every_route_name_is_unique():
    routes = ("wp/v2/posts", "shop/v1/posts", "shop/v1/posts_1", "shop/v1/posts_2", "wp/v2/tags")
    addresses = [Address(ROOTS[0] + route) for route in routes]

    assert names_for(addresses) == ["posts", "shop_posts", "posts_2", "posts_3", "tags"]
    assert names_for(addresses[:1], taken=["posts"]) == ["wp_posts"]
