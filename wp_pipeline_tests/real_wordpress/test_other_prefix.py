"""A real WordPress whose REST API is not at /wp-json/: discovered, and read with a login."""

from collections.abc import Iterator

import pytest
import requests

from wp_pipeline.extraction.outcomes import Refused, Stored
from wp_pipeline.wordpress.endpoints.address import addresses_of_site
from wp_pipeline.wordpress.http.credentials import Credentials
from wp_pipeline.wordpress.site import discovery
from wp_pipeline.wordpress.site.site import open_site
from wp_pipeline_tests.real_wordpress import database
from wp_pipeline_tests.real_wordpress.extraction import extracted
from wp_pipeline_tests.real_wordpress.must_use_plugins import (
    CLOSED_USERS,
    NO_APPLICATION_PASSWORDS,
    OTHER_PREFIX,
    plugin,
)
from wp_pipeline_tests.real_wordpress.wordpress import COLLECTIONS, WordPress
from wp_pipeline_tests.support.site_options import options_with


@pytest.fixture(params=["wordpress", "newest_wordpress"])
def site(request: pytest.FixtureRequest) -> Iterator[WordPress]:
    site: WordPress = request.getfixturevalue(request.param)
    with plugin(site, "other-prefix", OTHER_PREFIX):
        assert requests.get(site.endpoint("posts"), timeout=30).status_code == 404
        yield site


@pytest.fixture
def root(site: WordPress) -> str:
    return f"{site.url}/api/"


@pytest.fixture
def admin(site: WordPress) -> Credentials:
    return Credentials("admin", site.credentials["admin"])


def test_discovery_finds_every_collection(site, root):
    with open_site(options_with()) as reader:
        api = reader.find_api(addresses_of_site(site.url))
        found = reader.discover(api, discovery.COLLECTIONS)

    totals = {one.address.url: one.total for one in found.collections}
    for name in COLLECTIONS:
        readable = len(database.readable_ids(site, name))
        expected = site.expected["totals"].get(name, readable)
        assert totals[f"{root}wp/v2/{name}"] == expected, name
    assert all(url.startswith(root) for url in totals)
    assert found.moved_to == root


def test_a_login_works(site, root, bucket, admin):
    urls = {"drafts": f"{root}wp/v2/posts?status=draft&context=edit"}

    outcome = extracted(urls, bucket, admin)["drafts"]

    assert isinstance(outcome, Stored), outcome
    assert bucket.ids("drafts") == site.expected["drafts"]


def test_a_wrong_login_is_refused(site, root, bucket):
    wrong = Credentials("admin", "not the password")

    outcome = extracted({"posts": f"{root}wp/v2/posts"}, bucket, wrong)["posts"]

    assert isinstance(outcome, Refused)
    assert "does not accept the user or the application password" in outcome.reason
    assert bucket.uploads() == {}


def test_a_login_works_where_users_are_closed(site, root, bucket, admin):
    with plugin(site, "closed-users", CLOSED_USERS):
        urls = {"drafts": f"{root}wp/v2/posts?status=draft&context=edit"}
        outcome = extracted(urls, bucket, admin)["drafts"]
        users = requests.get(f"{root}wp/v2/users/me", timeout=30)

    assert (users.status_code, users.json()["code"]) == (404, "rest_no_route")
    assert isinstance(outcome, Stored), outcome
    assert bucket.ids("drafts") == site.expected["drafts"]


def test_application_passwords_that_are_turned_off_are_named(site, root, bucket, admin):
    with plugin(site, "no-application-passwords", NO_APPLICATION_PASSWORDS):
        outcome = extracted({"posts": f"{root}wp/v2/posts"}, bucket, admin)["posts"]

    assert isinstance(outcome, Refused)
    assert "the site has application passwords turned off" in outcome.reason
    assert bucket.uploads() == {}
