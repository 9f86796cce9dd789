"""Requests have the URLs that requests itself would send, and headers of their own."""

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from wp_pipeline.wordpress.endpoints.address import Address
from wp_pipeline.wordpress.http.credentials import Credentials
from wp_pipeline.wordpress.http.request_builder import RequestBuilder

HOSTS = ["example.org", "bücher.example", "127.0.0.1:8080", "[::1]:80", "EXAMPLE.org:443"]
texts = st.text(alphabet="abzAZ09-._~!$&'()*+,;=:@%/?[]{}|^\"<>` \\é€😀", max_size=12)
encoded = st.sampled_from(["%2F", "%7E", "%41", "%zz", "%", "%C3%A9", "+"])
parts = st.lists(texts | encoded, max_size=4).map("".join)


@given(host=st.sampled_from(HOSTS), path=parts, query=st.none() | parts)
def test_a_url_is_sent_as_requests_sends_it_each_time(host, path, query):
    url = f"https://{host}/{path.replace('?', '')}" + (f"?{query}" if query is not None else "")
    builder = RequestBuilder({})

    found = [builder.build(Address(url)).url for _ in range(2)]

    assert found == [requests.Request("GET", url).prepare().url] * 2


def test_pages_differ_in_the_query_only():
    builder = RequestBuilder({})
    base = Address.parse("http://bücher.example/blög/wp/v2/posts?lang=de,en&search=a%20b")

    urls = [builder.build(base.with_parameters({"offset": place})).url for place in (0, 99)]

    beginning = "http://xn--bcher-kva.example/bl%C3%B6g/wp/v2/posts?lang=de,en&search=a+b&offset="
    assert urls == [f"{beginning}0", f"{beginning}99"]


def test_each_request_has_its_own_headers():
    login = Credentials("editor", "lamp wick")
    address = Address.parse("https://example.org/posts")
    builder = RequestBuilder({"Accept": "*/*"}, "OPTIONS", login, address.origin)

    here = builder.build(address)
    elsewhere = builder.build(Address.parse("https://www.example.org/posts"))

    assert (here.method, dict(elsewhere.headers)) == ("OPTIONS", {"Accept": "*/*"})
    assert dict(here.headers) == {"Accept": "*/*", "Authorization": login.header}


@pytest.mark.parametrize("url", ["https://*/posts", "https:///posts", "https://[::1/posts"])
def test_a_url_that_requests_refuses_is_refused(url):
    with pytest.raises(requests.RequestException):
        RequestBuilder({}).build(Address(url))
