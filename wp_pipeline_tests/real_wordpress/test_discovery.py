"""What is discovered of a real WordPress, compared with its database and with an extraction."""

import pytest

from wp_pipeline.extraction.outcomes import Stored
from wp_pipeline.wordpress.completeness import PROVEN, SINGLE
from wp_pipeline.wordpress.endpoints.address import addresses_of_site
from wp_pipeline.wordpress.endpoints.endpoint import parse_endpoint
from wp_pipeline.wordpress.site import cost
from wp_pipeline.wordpress.site.discovered import EMPTY, DiscoveredSite
from wp_pipeline.wordpress.site.discovery import LISTS
from wp_pipeline.wordpress.site.site import open_site
from wp_pipeline_tests.real_wordpress import database
from wp_pipeline_tests.real_wordpress.extraction import extracted
from wp_pipeline_tests.real_wordpress.wordpress import COLLECTIONS, WordPress
from wp_pipeline_tests.support.site_options import options_with


@pytest.fixture(params=["wordpress", "newest_wordpress", "plain_wordpress"])
def site(request: pytest.FixtureRequest) -> WordPress:
    return request.getfixturevalue(request.param)


@pytest.fixture
def found(site: WordPress) -> DiscoveredSite:
    with open_site(options_with()) as reader:
        addresses = addresses_of_site(site.url.removeprefix("http://"))
        return reader.discover(reader.find_api(addresses), LISTS)


def test_every_collection_is_listed_with_its_items_and_hidden_ones(site, found):
    samples = {one.address.last_segment: one.sample for one in found.collections}
    for name in COLLECTIONS:
        readable, sample = len(database.readable_ids(site, name)), samples[name]
        assert sample.completeness == PROVEN
        assert sample.total == site.expected["totals"].get(name, readable), name
        assert sample.hidden in (None, sample.total - readable), name
    assert samples["media"].hidden is not None or samples["media"].total > 100


def test_every_table_of_the_plugin_is_listed(site, found):
    samples = {one.address.route: one.sample for one in found.collections}
    for name, url in site.raw_rows.items():
        sample = next(one for route, one in samples.items() if route and url.endswith(route))
        assert (sample.rows, sample.completeness) == (database.row_count(site, name), SINGLE)
    assert [one.route for one in found.failed] == ["mo/v1/broken_…"]
    assert len(found.secret_routes) == len(site.raw_rows) + 2


def test_empty_internals_are_left_out(found):
    internals = {one.route for one in found.excluded_as(EMPTY)}

    assert "wp/v2/blocks" in internals
    assert internals.isdisjoint(f"wp/v2/{name}" for name in COLLECTIONS)


def test_a_full_read_costs_what_was_estimated(site, found, bucket):
    collections = {
        one.address.last_segment: one
        for one in found.collections
        if one.address.last_segment in COLLECTIONS and "/mo/v1/" not in one.address.route
    }
    urls = {name: one.address.url for name, one in collections.items()}
    for name, outcome in extracted(urls, bucket).items():
        assert isinstance(outcome, Stored)
        estimate = cost.full_read(collections[name].sample)
        assert abs(outcome.stats.requests - estimate.requests) <= max(2, estimate.requests / 10)
        assert outcome.size / 3 < estimate.size < outcome.size * 3, name


def test_a_site_that_obeys_queries_is_not_said_to_ignore_them(site):
    with open_site(options_with()) as opened:
        for url in site.endpoints.values():
            found = opened.diagnose(parse_endpoint(url))
            assert found is not None
            assert found.ignored == (), url
