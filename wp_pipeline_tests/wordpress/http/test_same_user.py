"""A login that is lost in the middle: refused, since WordPress answers as to a visitor then."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from sample_site.messages import Answer, Request
from sample_site.site import SampleSite
from wp_pipeline.wordpress.endpoints.address import Origin
from wp_pipeline.wordpress.endpoints.endpoint import parse_endpoints
from wp_pipeline.wordpress.errors import CompletenessNotProven
from wp_pipeline.wordpress.http.cancellation import Cancellation
from wp_pipeline.wordpress.http.credentials import Credentials
from wp_pipeline.wordpress.http.retries import RetryingClient
from wp_pipeline.wordpress.reading.collection import Collection
from wp_pipeline.wordpress.reading.reader import read_endpoint
from wp_pipeline_tests.fakes.in_process_site import InProcessSite

ORIGIN = Origin("https", "sample.test", 443)
# Whether the login arrives with a request, by its number from 0 on.
LOST = {
    "expires": lambda number: number < 2,
    "one of two servers drops it": lambda number: number % 2 == 0,
    "the first page comes from a cache": lambda number: number > 0,
}


def read(site: SampleSite, arrives: Callable[[int], bool], credentials: Credentials) -> int:
    """Read comments of which visitors may not read all; return how many items came."""

    def answers(request: Request) -> Answer:
        if arrives(len(world.requests) - 1):
            return site.answer(request)
        return site.answer(Request(request.method, request.path, request.query, {}))

    world = InProcessSite(answers)
    client = RetryingClient(world.client(credentials=credentials, origin=ORIGIN), 1, 120.0, 0.001)
    (endpoint,) = parse_endpoints("https://sample.test/wp-json/wp/v2/comments")
    with ThreadPoolExecutor(1) as pool:
        reading = read_endpoint(endpoint, client, pool, Cancellation(20))
        assert isinstance(reading, Collection)
        return sum(map(len, reading.batches))


@pytest.fixture
def site() -> SampleSite:
    site = SampleSite({"posts": 1, "comments": 450})
    for item in site.readable_ids("comments")[10::3]:
        site.hide("comments", item)
    return site


@pytest.mark.parametrize("arrives", LOST.values(), ids=LOST)
def test_a_login_that_is_lost_in_the_middle_is_refused(site, arrives):
    login = Credentials(site.user, site.application_password)

    with pytest.raises(CompletenessNotProven, match="only some of the answers were to the login"):
        read(site, arrives, login)


def test_a_user_gets_every_item(site):
    assert read(site, lambda number: True, Credentials(site.user, site.application_password)) == 450


def test_a_password_of_the_web_server_is_not_one_of_wordpress(site):
    visible = len(site.readable_ids("comments"))

    assert read(site, lambda number: True, Credentials("server", "secret")) == visible
