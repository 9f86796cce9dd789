"""Plugins of a site: a shop of WooCommerce, and languages as WPML and Polylang Pro serve them."""

import json
from collections.abc import Mapping

from sample_site.messages import Answer, Request
from sample_site.server import SampleSiteServer
from wp_pipeline_tests.fakes.api_sites import Answers, Rows, answer, wordpress

NAMESPACE = "wc/v3"
KEYS = ("ck_0a1b2c3d", "cs_4e5f6a7b")
UNKNOWN = answer({"code": "woocommerce_rest_cannot_view", "message": "No.", "data": {}}, 401)
PAGED = {"page": {"required": False}, "per_page": {"required": False}}


def for_known_keys(answers: Answers) -> Answers:
    """Answer those who have the keys: as a login, or in the URL."""

    def answering(request: Request) -> Answer:
        named = (request.query.get("consumer_key"), request.query.get("consumer_secret"))
        return answers(request) if KEYS in (request.credentials(), named) else UNKNOWN

    return answering


def open_shop(server: SampleSiteServer, collections: Mapping[str, Rows]) -> None:
    """Add the routes of WooCommerce to a site and to its index, such as `wc/v3/orders`."""
    routes = {f"{NAMESPACE}/{name}": for_known_keys(wordpress(rows))
              for name, rows in collections.items()}  # fmt: skip
    others = server.answers

    def answering(request: Request) -> Answer:
        path = request.path.removeprefix("/wp-json/")
        if path in routes:
            return routes[path](request)
        found = others(request)
        return with_routes(found, routes) if path in ("", "wp-json") else found

    server.answers = answering


def with_routes(found: Answer, routes: Mapping[str, Answers]) -> Answer:
    """Return the index with these routes."""
    index = json.loads(found.body)
    index["namespaces"].append(NAMESPACE)
    for route in routes:
        described = {"methods": ["GET"], "args": PAGED}
        index["routes"][f"/{route}"] = {
            "namespace": NAMESPACE, "methods": ["GET"], "endpoints": [described],
        }  # fmt: skip
    return Answer(found.status, found.headers, json.dumps(index).encode())


def in_languages(rows: Mapping[str, Rows], default: str) -> Answers:
    """A route that sends the items of the language `lang`, or else of the default language."""
    routes = {language: wordpress(ones) for language, ones in rows.items()}
    return lambda request: routes[request.query.get("lang", default)](request)
