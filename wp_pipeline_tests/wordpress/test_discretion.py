"""Secrets stay where they belong: URLs out of errors, credentials with their own site."""

import gzip
import traceback
from base64 import b64encode

import pytest

from sample_site.messages import Answer
from wp_pipeline.wordpress.address import Address
from wp_pipeline.wordpress.errors import SiteError, SiteUnavailable, UnexpectedStatus
from wp_pipeline.wordpress.http.cancellation import Cancellation
from wp_pipeline.wordpress.http.client import HttpClient
from wp_pipeline.wordpress.http.credentials import Credentials
from wp_pipeline_tests.wordpress.world import (
    URL,
    InProcessSite,
    RawServer,
    assert_discreet,
    in_chunks,
    said,
)

CREDENTIALS = Credentials("editor", "lamp wick tide mark")
AUTHORIZATION = "Basic " + b64encode(b"editor:lamp wick tide mark").decode()

PATH = "/wp-json/mo/v1/posts_4821hush?token=hushhush"
LOUD = b'{"code":"rest_no_route","message":"' + PATH.encode() + b'"}'


def error_of(client: HttpClient, url: str, deadline: Cancellation) -> SiteError:
    with pytest.raises(SiteError) as failure:
        client.get(Address(url), deadline)
    return failure.value


@pytest.mark.parametrize(
    "reply",
    [
        said(LOUD, "404 Not Found"),
        said(LOUD, "403 Forbidden"),
        said(LOUD, "400 Bad Request"),
        said(LOUD, "500 Oh"),
        said(LOUD, "429 Slow", Retry_After="7"),
        said(b"", "302 Found", Location=PATH),
        said(b"", "302 Found", Location="http://hush.test" + PATH),
        said(b"", "302 Found", Location="http://[hush"),
        said(b"", "302 Found", Location="http://hush.test:99999hush" + PATH),
        said(b"", "302 Found", Location="http://127.0.0.1:hush" + PATH),
        said(LOUD, length=9999),
        said(LOUD, Content_Encoding="gzip"),
        said(gzip.compress(LOUD, mtime=0)[:-9], length=999, Content_Encoding="gzip"),
        in_chunks(LOUD, ended=False),
        [in_chunks()[0], b"hush\r\n"],
        [said(LOUD, length=9999), 5.0],
        [5.0],
        b"",
        b"hush\r\n\r\n",
        b"HTTP/1.1 hush\r\n\r\n",
        said(b" " * 200_000),
    ],
)
def test_no_link_of_an_errors_chain_holds_the_url_or_is_an_error_of_requests(start, reply):
    server = start(reply)
    client = HttpClient("tests", timeout=0.2, largest_body=100_000)
    error = error_of(client, server.url + PATH, Cancellation(5))

    assert_discreet(error, "hush", "4821", str(server.port))
    assert "hush" not in "".join(traceback.format_exception(error))


def test_an_error_of_the_connection_does_not_hold_the_url_either(start, client, deadline):
    gone = start(said())
    gone.stop()
    plain = start(b"hush")

    for url in (gone.url + PATH, f"https://127.0.0.1:{plain.port}{PATH}"):
        assert_discreet(error_of(client, url, deadline), "hush", "4821", str(plain.port))


def test_a_proxy_that_fails_does_not_bring_the_url_into_the_error(
    start, client, deadline, monkeypatch
):
    gone = start(said())
    gone.stop()
    monkeypatch.setenv("http_proxy", f"http://hush:hush@127.0.0.1:{gone.port}")
    error = error_of(client, "http://sample.test" + PATH, deadline)

    assert isinstance(error, SiteUnavailable)
    assert "proxy" in str(error)
    assert_discreet(error, "hush", "4821", str(gone.port))


@pytest.mark.parametrize("user_agent", ["a\r\nX-Hush: b", "wp\u2615pipeline"])
def test_a_user_agent_that_cannot_be_sent_is_an_error_like_any_other(start, deadline, user_agent):
    server = start(said())
    error = error_of(HttpClient(user_agent), server.url + PATH, deadline)

    assert_discreet(error, "hush", "4821")
    assert server.heads == []


# Credentials.


class Watched(InProcessSite):
    """A site that notes what it is sent as Authorization."""

    def __init__(self, *answers: Answer) -> None:
        super().__init__(self._answer)
        self._answers = list(answers) or [Answer(200, {}, b"[]")]
        self.sent: list[str] = []

    def _answer(self, request) -> Answer:
        self.sent.append(request.header("Authorization"))
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


def asked(site: InProcessSite, url: str, origin: str) -> None:
    client = site.client(credentials=CREDENTIALS, origin=Address(origin).origin)
    client.get(Address(url), Cancellation(5))


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://sample.test/x", "https://sample.test"),
        ("https://sample.test/x", "https://sample.test:443/other"),
        ("https://SAMPLE.test:443/x", "https://sample.test"),
        ("http://127.0.0.1:8080/x", "http://127.0.0.1:8080"),
        ("http://localhost/x", "http://localhost"),
        ("http://[::1]:8080/x", "http://[::1]:8080"),
    ],
)
def test_credentials_go_to_their_origin_over_https_or_to_loopback(url, origin):
    site = Watched()
    asked(site, url, origin)

    assert site.sent == [AUTHORIZATION]


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://sample.test/x", "http://sample.test"),
        ("http://sample.test/x", "https://sample.test"),
        ("http://192.168.1.7/x", "http://192.168.1.7"),
        ("http://localhost.sample.test/x", "http://localhost.sample.test"),
        ("http://127.0.0.1.sample.test/x", "http://127.0.0.1.sample.test"),
        ("https://other.test/x", "https://sample.test"),
        ("https://www.sample.test/x", "https://sample.test"),
        ("https://sample.test:8443/x", "https://sample.test"),
        ("http://127.0.0.1:8081/x", "http://127.0.0.1:8080"),
    ],
)
def test_credentials_go_nowhere_else(url, origin):
    site = Watched()
    asked(site, url, origin)

    assert site.sent == [""]


def test_no_credentials_are_sent_without_an_origin():
    site = Watched()
    site.client(credentials=CREDENTIALS).get(Address("https://sample.test/x"), Cancellation(5))

    assert site.sent == [""]


@pytest.mark.parametrize(
    "location",
    ["http://sample.test/b", "https://other.test/b", "https://sample.test:8443/b", "//other.test/"],
)
def test_credentials_are_not_taken_along_to_another_origin(location):
    site = Watched(Answer(301, {"Location": location}, b""), Answer(200, {}, b"[]"))

    with pytest.raises(UnexpectedStatus):
        asked(site, "https://sample.test/a", "https://sample.test")

    assert site.asked == ["/a"]


def test_a_site_that_is_asked_with_credentials_may_redirect_within_itself():
    site = Watched(Answer(301, {"Location": "/b"}, b""), Answer(200, {}, b"[]"))
    asked(site, "https://sample.test/a", "https://sample.test")

    assert (site.asked, site.sent) == (["/a", "/b"], [AUTHORIZATION] * 2)


@pytest.fixture
def netrc(tmp_path, monkeypatch):
    """Passwords for this machine, where requests would look for them."""
    home = tmp_path / "home"
    home.mkdir()
    (home / ".netrc").write_text("default login hush password hush\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("NETRC", str(home / ".netrc"))


@pytest.mark.usefixtures("netrc")
def test_the_passwords_of_netrc_are_not_sent(start, client, deadline):
    server: RawServer = start(said(b"", "302 Found", Location="/b"), said(), said())
    client.get(Address(f"{server.url}/a"), deadline)
    HttpClient("tests", credentials=CREDENTIALS, origin=Address(server.url).origin).get(
        Address(server.url), deadline
    )

    assert [b"uthorization" in head for head in server.heads] == [False, False, True]
    assert AUTHORIZATION.encode() in server.heads[2]


def test_cookies_that_a_site_sets_are_not_the_business_of_anybody_else(start, client, deadline):
    site, other = start(said(Set_Cookie="a=hush; Path=/")), start(said())
    client.get(Address(site.url), deadline)
    client.get(Address(other.url.replace("127.0.0.1", "localhost")), deadline)

    assert b"hush" not in other.heads[0]


def test_an_error_never_holds_a_credential(start, deadline):
    server = start(said(LOUD, "401 Unauthorized"))
    client = HttpClient("tests", credentials=CREDENTIALS, origin=Address(server.url).origin)
    error = error_of(client, server.url, deadline)

    assert AUTHORIZATION.encode() in server.heads[0]
    assert_discreet(error, "editor", "lamp", AUTHORIZATION.split()[1])


def test_credentials_are_not_told_by_a_url_that_carries_some():
    site = Watched()
    site.client().get(Address(URL.replace("//", "//editor:hush@") + "/x"), Cancellation(5))

    assert site.sent == [""]
