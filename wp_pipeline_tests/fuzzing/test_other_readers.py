"""Generated answers to the probe, the login check and discovery: they raise only SiteError."""

import json
import re
from collections.abc import Callable
from typing import TypeVar

from hypothesis import event, given
from hypothesis import strategies as st

from wp_pipeline.wordpress.endpoints.address import Address, addresses_of_site
from wp_pipeline.wordpress.endpoints.endpoint import parse_endpoint, parse_endpoints
from wp_pipeline.wordpress.errors import SiteError
from wp_pipeline.wordpress.http.cancellation import Cancellation
from wp_pipeline.wordpress.reading.probe import probe
from wp_pipeline.wordpress.site.api_root import ApiRootFinder
from wp_pipeline.wordpress.site.discovered import DiscoveredSite
from wp_pipeline.wordpress.site.discovery import discover
from wp_pipeline.wordpress.site.login import rejected_logins
from wp_pipeline_tests.fakes.raw_server import RawServer
from wp_pipeline_tests.fuzzing import regressions
from wp_pipeline_tests.fuzzing.bodies import MARK, NASTY_VALUES, PLANTED, any_text, one_of_these
from wp_pipeline_tests.fuzzing.generated_answers import Answer, answers
from wp_pipeline_tests.fuzzing.generated_site import (
    MARGIN,
    SETTINGS,
    SINGLE,
    GeneratedSite,
    fuzzing,
    one_after_another,
    retrying_client,
)
from wp_pipeline_tests.support.captured_output import assert_quotes_nothing, capturing, within
from wp_pipeline_tests.support.error_chain import assert_holds_no_secret

Value = TypeVar("Value")


def discovered_at(url: str, cancellation: Cancellation) -> DiscoveredSite:
    client = retrying_client()
    api = ApiRootFinder(client, cancellation).find(addresses_of_site(url))
    return discover(api, client, cancellation)


def found_by(work: Callable[[Cancellation], Value], other_server: RawServer) -> Value | None:
    """Return the result, or None after a SiteError. Assert that it is in time and leaks nothing."""
    other_server.heads.clear()
    with capturing():
        try:
            found = within(
                SETTINGS.deadline + MARGIN, lambda: work(Cancellation(SETTINGS.deadline))
            )
        except SiteError as error:
            event(type(error).__name__)
            assert_quotes_nothing(str(error))
            assert_holds_no_secret(error, MARK, PLANTED)
            return None
    event("found" if found else "nothing there")
    assert other_server.heads == []
    return found


odd_values = one_of_these(NASTY_VALUES) | any_text.map(lambda text: json.dumps(text).encode())
newest = st.builds(
    lambda item_id, modified: b'[{"id":%b,"modified_gmt":%b}]' % (item_id, modified),
    st.just(b"7") | odd_values,
    st.just(b'"2026-01-02T03:04:05"') | odd_values,
)


@fuzzing(40)
@given(
    generated=st.lists(answers(newest, b"X-WP-Total: 7"), min_size=1, max_size=3),
    orderby=st.sampled_from(["modified", "id"]),
)
def test_a_probe_fits_into_the_metadata_or_has_a_reason(
    generated_site: GeneratedSite, other_server: RawServer, generated: list[Answer], orderby: str
) -> None:
    generated_site.respond_with(one_after_another(generated))
    endpoint = parse_endpoint(f"{generated_site.url}/wp-json/wp/v2/posts?lang={MARK}")
    found = found_by(lambda left: probe(endpoint, retrying_client(), left, orderby), other_server)

    if found is not None:
        assert re.fullmatch(r"(modified|id) (None|\d+) [0-9a-f]{16}", found.text)


@fuzzing(15)
@given(generated=st.lists(answers(), min_size=1, max_size=2))
def test_a_login_is_accepted_or_has_a_reason(
    generated_site: GeneratedSite, other_server: RawServer, generated: list[Answer]
) -> None:
    generated_site.respond_with(one_after_another(generated))
    endpoints = [
        parse_endpoint(f"{generated_site.url}{route}") for route in (SINGLE, "/wp-json/wp/v2/posts")
    ]

    for endpoint in endpoints:
        found_by(
            lambda left, one=endpoint: rejected_logins([one], retrying_client(), left),
            other_server,
        )


ROUTES = (
    "posts",
    "menu-items",
    "a,b",
    "a,c=http://other.test/",
    "?x=\ud83d",
    "\ud83d",
    "a\nb",
    "",
)
routes = one_of_these(ROUTES) | any_text
described = st.fixed_dictionaries(
    {}, optional={"rest_base": routes | st.just(7), "rest_namespace": routes | st.just("wp/v2")}
)
indexes = st.sampled_from([b'{"namespaces":["oembed/1.0","wp/v2"]}'] * 3 + [b'{"namespaces":7}'])
kinds = st.dictionaries(st.just("post") | any_text, described, max_size=3).map(
    lambda kinds: json.dumps(kinds).encode()
)


@regressions.with_examples(regressions.SITES)
@fuzzing(30)
@given(index=answers(indexes), types=answers(kinds), others=answers(newest, b"X-WP-Total: 7"))
def test_discovered_endpoints_are_of_the_site_or_there_is_a_reason(
    generated_site: GeneratedSite,
    other_server: RawServer,
    index: Answer,
    types: Answer,
    others: Answer,
) -> None:
    by_route = {b"/wp-json/": index, b"/wp-json/wp/v2/types": types}
    by_route[b"/wp-json/wp/v2/taxonomies"] = types
    generated_site.respond_with(lambda head, number: by_route.get(head.split(b" ")[1], others))
    url = generated_site.url
    found = found_by(lambda left: discovered_at(url, left), other_server)

    for collection in found.collections if found else ():
        (endpoint,) = parse_endpoints(f"name={collection.address.url}")
        assert endpoint.address.origin == Address(url).origin
        assert collection.total >= 0
