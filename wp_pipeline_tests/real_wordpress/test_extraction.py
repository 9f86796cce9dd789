"""The extraction of a site that does not change: complete, byte by byte, with few requests."""

from collections.abc import Callable
from math import ceil
from typing import Any

import pytest
import requests

from wp_pipeline.extraction.outcomes import Outcome, Refused, Stored
from wp_pipeline.wordpress.endpoints.endpoint import parse_endpoint
from wp_pipeline.wordpress.http.credentials import Credentials
from wp_pipeline.wordpress.site.site import open_site
from wp_pipeline_tests.real_wordpress import database
from wp_pipeline_tests.real_wordpress.access_log import most_at_once, requests_to
from wp_pipeline_tests.real_wordpress.extraction import (
    Extraction,
    all_endpoints,
    extracted,
    rows_of,
)
from wp_pipeline_tests.real_wordpress.wordpress import COLLECTIONS, WordPress
from wp_pipeline_tests.support.site_options import options_with

PER_PAGE = 100
SAMPLE = 10  # items of each collection

# Parts of an item that differ between answers: the numbers of media players depend on their place,
# and a comment without an e-mail address gets one of three Gravatar hosts at random.
VOLATILE = (b"wp-video", b"gravatar.com\\/avatar\\/?s=")


@pytest.fixture(scope="module", params=["wordpress", "newest_wordpress", "plain_wordpress"])
def extraction(
    request: pytest.FixtureRequest, extraction_of: Callable[[WordPress], Extraction]
) -> Extraction:
    return extraction_of(request.getfixturevalue(request.param))


def test_everything_is_published(extraction):
    assert published(extraction.outcomes) == all_endpoints(extraction.site).keys()
    assert extraction.bucket.uploads() == dict.fromkeys(extraction.outcomes, 1)


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_a_collection_is_all_that_a_visitor_can_read(extraction, collection):
    ids = extraction.bucket.ids(collection)

    assert ids == sorted(database.readable_ids(extraction.site, collection))
    assert extraction.outcomes[collection].rows == len(ids)


def test_raw_rows_are_the_whole_table_as_sent(extraction):
    for name, url in extraction.site.raw_rows.items():
        assert extraction.bucket.body(rows_of(name)) == requests.get(url, timeout=30).content, name
        count = len(extraction.bucket.items(rows_of(name)))
        assert count == database.row_count(extraction.site, name), name
        assert extraction.outcomes[rows_of(name)].rows == count, name


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_items_equal_the_answers_for_single_items(extraction, collection):
    body, ids = extraction.bucket.body(collection), extraction.bucket.ids(collection)
    sample = {*ids[:: ceil(len(ids) / SAMPLE)], ids[-1]}
    if collection == "posts":
        sample |= {post for posts in extraction.site.expected["awkward"].values() for post in posts}
    compared = 0
    for item in sorted(sample):
        single = requests.get(f"{extraction.site.endpoint(collection)}/{item}", timeout=30).content
        if not any(mark in single for mark in VOLATILE):
            assert body.count(single) == 1, item
            compared += 1

    assert compared > len(sample) / 2


def test_every_member_that_is_sent_is_described_by_the_site_itself(extraction):
    with open_site(options_with()) as site:
        for collection in COLLECTIONS:
            schema = site.schema(parse_endpoint(extraction.site.endpoint(collection)))
            sent = set().union(*extraction.bucket.items(collection))

            assert sent - {"_links"} <= schema.keys(), collection
            assert [name for name in sent & schema.keys() if not schema[name].description] == []
            assert schema["id"].types == ("integer",), collection


def test_raw_rows_have_no_schema(extraction):
    with open_site(options_with()) as site:
        for url in extraction.site.raw_rows.values():
            assert site.schema(parse_endpoint(url)) == {}


def test_there_are_few_more_requests_than_pages(extraction, report):
    totals = totals_of(extraction.site)
    pages = sum(ceil(total / PER_PAGE) for total in totals.values()) + len(extraction.site.raw_rows)
    asked = len(extraction.requests)
    # Where the newest items are hidden, the last page is read from the front too.
    hidden = 2 * len(extraction.site.expected["totals"])
    report(
        f"WordPress {extraction.site.version}, quiet: {asked} requests for {pages} pages"
        f" ({asked / pages - 1:+.1%}), of them up to {hidden} for hidden ones,"
        f" {most_at_once(extraction.requests)} at once"
    )

    assert asked == sum(outcome.stats.requests for outcome in extraction.outcomes.values())
    assert asked <= 1.05 * pages + hidden


def test_no_request_goes_past_the_end(extraction):
    totals = totals_of(extraction.site)
    for request in extraction.requests:
        collection = request.route.removeprefix("wp/v2/")
        assert request.first_row < totals.get(collection, 1), request
        assert request.status == 200, request


def test_the_concurrency_limit_is_not_exceeded(extraction, bucket):
    with requests_to(extraction.site) as asked:
        extracted({"posts": extraction.site.endpoint("posts")}, bucket, concurrency=2)

    assert most_at_once(extraction.requests) in (3, 4)  # 4 is the default.
    assert most_at_once(asked) == 2


def test_requests_have_our_user_agent(extraction):
    agents = {request.user_agent for request in extraction.requests}

    assert len(agents) == 1
    assert agents.pop().startswith("wp-pipeline/")
    assert {request.method for request in extraction.requests} == {"GET"}


def test_a_second_extraction_finds_everything_unchanged_and_uploads_nothing(extraction):
    again = extracted(all_endpoints(extraction.site), extraction.bucket)

    for name, outcome in again.items():
        assert isinstance(outcome, Stored), outcome
        assert outcome.unchanged, name
        assert outcome.sha256 == extraction.outcomes[name].sha256, name
    assert extraction.bucket.uploads() == dict.fromkeys(extraction.outcomes, 1)


def test_an_empty_answer_is_refused_unless_it_may_be_empty(extraction, bucket):
    endpoints = {
        "rows": extraction.site.empty_rows,
        "things": extraction.site.endpoint("empty-things"),
    }
    refused = extracted(endpoints, bucket)

    assert all(isinstance(outcome, Refused) for outcome in refused.values())
    assert refused["things"].reason.startswith("things: the site sent no rows")
    assert bucket.uploads() == {}

    published = extracted(endpoints, bucket, may_be_empty=frozenset(endpoints))

    assert [outcome.rows for outcome in published.values()] == [0, 0]
    assert bucket.items("rows") == bucket.items("things") == []


def test_a_broken_route_is_refused_with_its_status_and_the_others_are_published(extraction, bucket):
    outcomes = extracted(
        {"broken": extraction.site.broken_rows, "genres": extraction.site.endpoint("genres")},
        bucket,
    )

    assert isinstance(outcomes["broken"], Refused)
    assert outcomes["broken"].reason.startswith("broken: HTTP 400 db_error")
    assert isinstance(outcomes["genres"], Stored)
    assert bucket.uploads() == {"genres": 1}


# With changes, or with a login.


@pytest.fixture
def admin(busy_wordpress) -> tuple[str, str]:
    return "admin", busy_wordpress.credentials["admin"]


def test_a_change_replaces_only_the_objects_that_hold_it(busy_wordpress, bucket, admin):
    endpoints = all_endpoints(busy_wordpress)
    extracted(endpoints, bucket)
    post = bucket.ids("posts")[500]

    edited = change(f"{busy_wordpress.endpoint('posts')}/{post}", admin, title="Edited")

    # Raw rows also have the revision, and WordPress's marks for its next pings.
    rows = {rows_of("posts"), rows_of("postmeta")}
    assert published(extracted(endpoints, bucket)) == {"posts", *rows}
    assert edited in bucket.items("posts")

    comment = change(busy_wordpress.endpoint("comments"), admin, post=post, content="First!")

    # The row of the post holds the number of its comments.
    rows = {rows_of("comments"), rows_of("posts"), rows_of("statistics_pages")}
    assert published(extracted(endpoints, bucket)) == {"comments", *rows}
    assert comment["id"] == bucket.ids("comments")[-1]


def test_a_login_gives_access_to_private_data(busy_wordpress, bucket, admin):
    endpoints = {
        "posts": f"{busy_wordpress.endpoint('posts')}?context=edit",
        "drafts": f"{busy_wordpress.endpoint('posts')}?status=draft&context=edit",
        "users": f"{busy_wordpress.endpoint('users')}?context=edit",
        "held": f"{busy_wordpress.endpoint('comments')}?status=hold&context=edit",
    }
    anonymous = extracted(endpoints, bucket)

    assert all(isinstance(outcome, Refused) for outcome in anonymous.values())
    assert anonymous["posts"].reason.startswith("posts: HTTP 401 rest_forbidden_context")

    outcomes = extracted(endpoints, bucket, Credentials(*admin))

    assert published(outcomes) == endpoints.keys()
    assert bucket.ids("posts") == sorted(database.readable_ids(busy_wordpress, "posts"))
    assert bucket.ids("drafts") == busy_wordpress.expected["drafts"]
    assert bucket.ids("users") == database.select(
        busy_wordpress, "SELECT ID FROM wp_users ORDER BY ID"
    )
    assert bucket.ids("held") == database.select(
        busy_wordpress,
        "SELECT comment_ID FROM wp_comments WHERE comment_approved = '0' ORDER BY comment_ID",
    )
    assert all("raw" in item["content"] for item in bucket.items("posts"))
    assert all("email" in item for item in bucket.items("users"))


def change(url: str, admin: tuple[str, str], **members: Any) -> dict[str, Any]:
    """Change or create an item; return it as a visitor sees it."""
    answer = requests.post(url, json=members, auth=admin, timeout=30)
    answer.raise_for_status()
    [itself] = answer.json()["_links"]["self"]
    return requests.get(itself["href"], timeout=30).json()


def totals_of(site: WordPress) -> dict[str, int]:
    """Return the X-WP-Total of each collection."""
    return {
        name: int(requests.head(url, timeout=30).headers["X-WP-Total"])
        for name, url in site.endpoints.items()
    }


def published(outcomes: dict[str, Outcome]) -> set[str]:
    return {
        name
        for name, outcome in outcomes.items()
        if isinstance(outcome, Stored) and not outcome.unchanged
    }
