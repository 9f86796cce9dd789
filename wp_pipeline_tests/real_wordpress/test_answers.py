"""A real WordPress as people have it: pasted URLs, caches, another prefix, limits, heavy pages.

faults/answers.py has the same kinds of answers on small fake sites, and many more.
"""

from collections.abc import Iterator

import pytest
import requests

from wp_pipeline.extraction.outcomes import Outcome, Refused, Stored
from wp_pipeline.wordpress.completeness import COUNTED, PROVEN
from wp_pipeline_tests.fakes.extraction_bucket import ExtractionBucket
from wp_pipeline_tests.real_wordpress import database
from wp_pipeline_tests.real_wordpress.access_log import Request, requests_to
from wp_pipeline_tests.real_wordpress.cache import PATH_ONLY, WITH_QUERY, page_cache
from wp_pipeline_tests.real_wordpress.extraction import extracted
from wp_pipeline_tests.real_wordpress.must_use_plugins import (
    FIVE_BOOKS_AT_MOST,
    HEAVY_TAGS,
    OTHER_PREFIX,
    plugin,
)
from wp_pipeline_tests.real_wordpress.wordpress import COLLECTIONS, WordPress
from wp_pipeline_tests.support.recorded_notes import RecordedNotes

NO_QUERY = (
    "there is no X-WP-Total: the query does not arrive;"
    " exclude /wp-json/ from the cache in front of the site"
)
PAGING_IS_LEFT_OUT = (
    "page, offset and per_page in the endpoint's URL are left out: all pages are read"
)
A_PAGE = 100
HIDDEN_ROWS = (
    "more than a page of hidden rows at the end, and no X-WP-Total;"
    " check what drops the site's headers"
)
# What others asked for, and a cache then sends to everybody.
CACHED_QUERIES = {
    "newest": "",
    "by_id": "?orderby=id&order=asc",
    "one": "?per_page=1",
    "one_id": "?per_page=1&_fields=id",
}


@pytest.fixture(scope="module", params=["wordpress", "newest_wordpress"])
def site(request: pytest.FixtureRequest) -> WordPress:
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def posts(site: WordPress, extraction_of) -> bytes:
    """All posts, as they are stored when nothing is unusual."""
    usual = extraction_of(site)
    assert_is_all(site, "posts", usual.outcomes, usual.bucket)
    return usual.bucket.body("posts")


@pytest.fixture(scope="module")
def stored(site: WordPress, new_bucket, extraction_of) -> ExtractionBucket:
    """All collections, as they are stored without a cache. Nothing may replace them."""
    bucket = new_bucket()
    bucket.put_all_of(extraction_of(site).bucket)
    return bucket


@pytest.fixture
def other_prefix(wordpress: WordPress) -> Iterator[str]:
    """The root of a REST API that is not at /wp-json/."""
    with plugin(wordpress, "other-prefix", OTHER_PREFIX):
        assert requests.get(wordpress.endpoint("posts"), timeout=30).status_code == 404
        yield f"{wordpress.url}/api/"


def assert_is_all(
    site: WordPress,
    collection: str,
    outcomes: dict[str, Outcome],
    bucket: ExtractionBucket,
    completeness: str = PROVEN,
) -> None:
    """The stored object of a collection is all that a visitor can read."""
    outcome = outcomes[collection]
    assert isinstance(outcome, Stored), outcome
    assert bucket.ids(collection) == sorted(database.readable_ids(site, collection))
    assert outcome.completeness == completeness


# URLs as people paste them.


@pytest.mark.parametrize("query", ["_envelope", "_envelope=1"])
def test_the_envelope_of_an_answer_is_removed(site, bucket, posts, query):
    url = f"{site.endpoint('posts')}?{query}"
    assert requests.get(url, timeout=30).json().keys() == {"body", "status", "headers"}

    extracted({"posts": url}, bucket)

    assert bucket.body("posts") == posts


@pytest.mark.parametrize("query", ["per_page=100&page=2", "offset=100", "page=3"])
def test_paging_parameters_of_the_url_are_left_out_with_one_note(site, bucket, posts, query):
    notes = RecordedNotes()

    extracted({"posts": f"{site.endpoint('posts')}?{query}"}, bucket, observer=notes)

    assert bucket.body("posts") == posts
    assert notes.notes == [("posts", PAGING_IS_LEFT_OUT)]


def test_other_parameters_of_the_url_are_sent(site, bucket):
    post = max(database.readable_ids(site, "posts"))

    extracted({"posts": f"{site.endpoint('posts')}?page=2&include={post}"}, bucket)

    assert bucket.ids("posts") == [post]


# Caches.


@pytest.mark.parametrize("cached", CACHED_QUERIES)
def test_a_page_that_a_cache_sends_for_every_query_is_refused(site, stored, cached):
    before = {name: stored.body(name) for name in COLLECTIONS}
    with page_cache(site, PATH_ONLY) as cache:
        urls = {name: cache.behind(url) for name, url in site.endpoints.items()}
        for url in urls.values():
            cached_for(f"{url}{CACHED_QUERIES[cached]}")

        outcomes = extracted(urls, stored)

    for name, outcome in outcomes.items():
        assert isinstance(outcome, Refused), outcome
        assert outcome.reason.endswith(NO_QUERY), outcome
        assert stored.body(name) == before[name]


@pytest.mark.parametrize("cached", CACHED_QUERIES)
def test_a_cached_page_is_refused_by_the_first_extraction_too(wordpress, bucket, cached):
    with page_cache(wordpress, PATH_ONLY) as cache:
        urls = {name: cache.behind(url) for name, url in wordpress.endpoints.items()}
        for url in urls.values():
            cached_for(f"{url}{CACHED_QUERIES[cached]}")

        outcomes = extracted(urls, bucket)

    assert all(isinstance(outcome, Refused) for outcome in outcomes.values()), outcomes
    assert bucket.uploads() == {}


@pytest.mark.parametrize("forgets", [(), ("X-WP-Total", "X-WP-TotalPages", "Link")])
def test_our_own_first_page_from_a_cache_is_not_taken_for_the_whole_collection(
    wordpress, bucket, forgets
):
    with page_cache(wordpress, PATH_ONLY, forgets) as cache:
        outcomes = extracted({"posts": cache.behind(wordpress.endpoint("posts"))}, bucket)

    assert outcomes["posts"].summary.startswith("posts: the pages do not follow each other")
    assert bucket.uploads() == {}


def test_a_cache_that_obeys_the_query_and_drops_headers_loses_nothing(site, bucket):
    with page_cache(site, WITH_QUERY) as cache:
        urls = {name: cache.behind(url) for name, url in site.endpoints.items()}
        outcomes = extracted(urls, bucket)
        with requests_to(site) as asked:
            cached_for(urls["posts"])
            again = extracted(urls, bucket)

    hidden = {name for name in COLLECTIONS if hidden_at_the_end(site, name) >= A_PAGE}
    for name in hidden:
        assert outcomes[name].summary == f"{name}: {HIDDEN_ROWS}"
    for name in COLLECTIONS:
        if name not in hidden:
            assert_is_all(site, name, outcomes, bucket)
    new = [one for one in asked if not is_probe(one)]
    assert [one.route for one in new] == ["wp/v2/posts"]
    assert {name for name, one in again.items() if isinstance(one, Refused)} == hidden
    assert all(one.unchanged for one in again.values() if isinstance(one, Stored))


def is_probe(request: Request) -> bool:
    """Whether a full read asked what is kept with its object."""
    return request.parameters.get("order") == "desc"


def hidden_at_the_end(site: WordPress, collection: str) -> int:
    """How many rows X-WP-Total counts that no visitor sees; seed.php adds them last."""
    total = site.expected["totals"].get(collection)
    return total - site.expected["readable"][collection] if total else 0


def cached_for(url: str) -> None:
    """Ask twice, and see that the second answer is the first one, without WordPress's headers."""
    first, second = (requests.get(url, timeout=30) for _ in range(2))
    assert first.content == second.content
    assert first.headers["Content-Type"].startswith("application/json")
    assert not {"X-WP-Total", "Link"} & set(second.headers)


# Plugins.


def test_a_collection_below_another_prefix_is_extracted(wordpress, bucket, other_prefix):
    outcomes = extracted({"posts": f"{other_prefix}wp/v2/posts"}, bucket)

    assert_is_all(wordpress, "posts", outcomes, bucket)


def test_a_site_that_allows_five_a_page_is_read(wordpress, bucket):
    with plugin(wordpress, "five-books", FIVE_BOOKS_AT_MOST):
        refusal = requests.get(f"{wordpress.endpoint('books')}?per_page=6", timeout=30)
        outcomes = extracted({"books": wordpress.endpoint("books")}, bucket)

    assert (refusal.status_code, refusal.json()["code"]) == (400, "rest_invalid_param")
    assert_is_all(wordpress, "books", outcomes, bucket)


def test_an_empty_body_with_200_is_requested_in_smaller_pages(wordpress, bucket):
    with plugin(wordpress, "heavy-tags", HEAVY_TAGS):
        dead = requests.get(f"{wordpress.endpoint('tags')}?per_page=21", timeout=30)
        outcomes = extracted({"tags": wordpress.endpoint("tags")}, bucket)

    assert (dead.status_code, dead.content) == (200, b"")
    assert_is_all(wordpress, "tags", outcomes, bucket)


# A route that can't be sorted by id.


def test_a_search_is_counted_and_equal_to_the_database(site, bucket):
    found = extracted({"search": site.endpoint("search")}, bucket)["search"]

    shown = [*("posts", "pages", "books")]
    ids = sorted(one for name in shown for one in database.readable_ids(site, name))
    assert isinstance(found, Stored), found
    assert bucket.ids("search") == ids
    assert (found.rows, found.completeness) == (len(ids), COUNTED)
