import http.client
import threading
import time

import pytest
import requests

from sample_site.messages import Answer
from sample_site.server import SampleSiteServer


@pytest.fixture
def server(site):
    with SampleSiteServer(site) as server:
        yield server


@pytest.fixture
def session():
    with requests.Session() as session:
        yield session


def test_the_site_is_served_under_its_own_url(server, session):
    posts = session.get(f"{server.url}/wp-json/wp/v2/posts?per_page=2")

    assert posts.headers["Link"].startswith(f"<{server.url}/wp-json/wp/v2/posts?per_page=2&page=2>")
    assert posts.json()[0]["link"].startswith(server.url)
    assert server.requests == ["/wp-json/wp/v2/posts?per_page=2"]


def test_a_connection_serves_many_requests(server):
    connection = http.client.HTTPConnection("127.0.0.1", int(server.url.rpartition(":")[2]))
    sizes = []
    for method in ("GET", "HEAD", "POST", "GET"):
        connection.request(method, "/wp-json/wp/v2/users", body=b"x" if method == "POST" else None)
        opened = connection.sock
        with connection.getresponse() as response:
            sizes.append(len(response.read()))
        assert connection.sock is opened
    connection.close()

    assert sizes[1] == 0
    assert sizes[0] == sizes[3] > sizes[2] > 0


def test_bodies_are_compressed_only_for_clients_that_accept_it(server, session):
    url = f"{server.url}/wp-json/wp/v2/posts"
    packed = session.get(url)
    plain = session.get(url, headers={"Accept-Encoding": "identity"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == "Origin, Accept-Encoding"
    assert "Content-Encoding" not in plain.headers
    assert packed.content == plain.content


def test_no_more_workers_than_given_answer_at_once(site):
    with SampleSiteServer(site, latency=0.02, workers=2) as server:
        threads = [
            threading.Thread(target=requests.get, args=[f"{server.url}/"], kwargs={"timeout": 5})
            for _ in range(6)
        ]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert time.perf_counter() - began >= 0.06


def test_a_body_may_be_shorter_than_its_content_length(server, session):
    server.answers = lambda request: Answer(200, {"Content-Length": "99"}, b"[1,2")

    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        session.get(server.url)


def test_no_request_is_answered_after_the_context_has_ended(site, session):
    with SampleSiteServer(site) as server:
        session.get(server.url)

    with pytest.raises(requests.ConnectionError):
        session.get(server.url)
