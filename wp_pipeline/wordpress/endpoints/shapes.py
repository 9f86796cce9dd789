"""How WordPress and the APIs of plugins send the rows of a collection.

To support another API, add a line to `SHAPES`. A route that matches no line is requested as it is,
and its answer shows whether there are more rows.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from wp_pipeline.wordpress.endpoints.address import Address


@dataclass(frozen=True)
class Shape:
    """How the routes that match `route`, a regular expression, send their rows.

    is_sorted_by_id  rows can be requested in order of id, and by `offset`: windows that overlap
    size, page       the parameters for the rows of a page and for its number (from 1); without a
                     `size`, the route is requested as it is
    most             rows of a page
    order            parameters for an order that changes little while pages are read
    identity         the members that identify a row; if there are none, the whole row does
    """

    api: str
    route: str
    is_sorted_by_id: bool = False
    size: str = ""
    page: str = "page"
    most: int = 100
    order: Mapping[str, str] = field(default_factory=dict)
    identity: tuple[str, ...] = ("id",)

    def parameters(self, number: int, size: int) -> dict[str, object]:
        """Return the query parameters for a page."""
        sized: dict[str, object] = {self.size: size} if self.size else {}
        return {**self.order, **sized, self.page: number}


# The first line that matches counts. `answers/wrapped.py` finds the rows in an answer, and
# `answers/signs.py` the total and the next page.
SHAPES = (
    # https://developer.wordpress.org/rest-api/reference/search-results/: posts, terms and formats
    # have ids of their own, in order of relevance.
    Shape("WordPress search", r"/wp/v2/search/?$", size="per_page", identity=("type", "id")),
    # https://woocommerce.github.io/woocommerce-rest-api-docs/#order-notes: newest first.
    Shape("WooCommerce order notes", r"/wc/v[1-3]/orders/\d+/notes/?$"),
    # https://developer.wordpress.org/rest-api/using-the-rest-api/pagination/
    Shape("WordPress", r"/wp/v2/", is_sorted_by_id=True, size="per_page"),
    Shape("WooCommerce", r"/wc/v[1-3]/", is_sorted_by_id=True, size="per_page"),
    # Reports have rows without an id, and cannot be sorted by one.
    Shape("WooCommerce Analytics reports", r"/wc-analytics/reports/", size="per_page", identity=()),
    # https://developer.buddypress.org/bp-rest-api/: `type` decides the order.
    Shape("BuddyPress", r"/buddypress/v[12]/", size="per_page"),
    # https://docs.theeventscalendar.com/rest-api/: 50 is the most that it allows.
    Shape("The Events Calendar", r"/tribe/events/v1/", size="per_page", most=50),
    # https://docs.gravityforms.com/rest-api-v2/
    Shape(
        "Gravity Forms",
        r"/gf/v2/(entries|forms/\d+/entries)/?$",
        size="paging[page_size]",
        page="paging[current_page]",
        order={
            "sorting[key]": "id",
            "sorting[direction]": "ASC",
            "sorting[is_numeric]": "true",
        },
    ),
    # https://developer.wordpress.com/docs/api/
    Shape(
        "WordPress.com",
        r"/rest/v1(\.\d)?/sites/[^/]+/posts/?$",
        size="number",
        order={"order_by": "ID", "order": "ASC"},
        identity=("ID",),
    ),
    Shape(
        "WordPress.com",
        r"/rest/v1(\.\d)?/sites/[^/]+/(comments|media|tags|categories|users|followers)/?$",
        size="number",
        identity=("ID",),
    ),
)
UNKNOWN = Shape("unknown", "")

# Parameters of an endpoint's URL that wrap its answer.
ENVELOPES = frozenset({"_envelope", "_jsonp"})
# Routes of WordPress and WooCommerce with one segment whose answer is one object.
OBJECT_ROUTES = re.compile(
    r"/(wp/v2|wc/v[1-3])/(types|taxonomies|statuses|settings|menu-locations|system_status)/?$"
)
COLLECTION_ROUTES = re.compile(r"/(wp/v2|wc/v[1-3])/[^/]+/?$")


def shape_of(address: Address) -> Shape:
    """Return the shape of a route's answers; UNKNOWN where no line matches."""
    matching = (one for one in SHAPES if re.search(one.route, address.route))
    return next(matching, UNKNOWN)


def must_be_a_list(address: Address) -> bool:
    """Whether a route is a collection of WordPress or WooCommerce: its answer is always a list."""
    return bool(COLLECTION_ROUTES.search(address.route)) and not OBJECT_ROUTES.search(address.route)
