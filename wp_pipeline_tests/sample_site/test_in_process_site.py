import pytest
import requests

from sample_site.messages import Answer
from wp_pipeline_tests.fakes.in_process_site import SampleSiteAdapter


@pytest.fixture
def adapter(site):
    return SampleSiteAdapter(site)


@pytest.fixture
def session(adapter):
    with requests.Session() as session:
        session.mount("http://sample.test", adapter)
        yield session


def test_a_session_reads_the_site_without_a_socket(session, adapter):
    response = session.get("http://sample.test/wp-json/wp/v2/posts", params={"per_page": 3})

    assert len(response.json()) == 3
    assert response.headers["X-WP-Total"] == "25"
    assert adapter.requests == ["/wp-json/wp/v2/posts?per_page=3"]


def test_a_streamed_body_can_be_read_in_pieces(session):
    response = session.get("http://sample.test/wp-json/wp/v2/tags?_fields=id", stream=True)

    first = response.raw.read1(4)
    assert first + response.raw.read(decode_content=True) == (
        session.get("http://sample.test/wp-json/wp/v2/tags?_fields=id").content
    )


def test_the_site_can_change_before_any_request(session, adapter, site):
    adapter.before_request = lambda request: request.path.endswith("tags") and site.publish("tags")
    url = "http://sample.test/wp-json/wp/v2/tags"

    totals = [session.head(url).headers["X-WP-Total"] for _ in range(2)]
    assert totals == ["16", "17"]


def test_answers_can_be_replaced(session, adapter):
    adapter.answers = lambda request: Answer(503, {"Retry-After": "1"}, b"busy")

    response = session.get("http://sample.test/wp-json/")
    assert (response.status_code, response.text) == (503, "busy")
