"""No error holds a URL, and credentials are sent to their own origin only."""

import gzip
import traceback
from base64 import b64encode

import pytest

from sample_site.messages import Answer
from wp_pipeline.wordpress.endpoints.address import Address
from wp_pipeline.wordpress.errors import SiteError, SiteUnavailable, UnexpectedStatus
from wp_pipeline.wordpress.http.cancellation import Cancellation
from wp_pipeline.wordpress.http.client import HttpClient
from wp_pipeline.wordpress.http.credentials import Credentials
from wp_pipeline_tests.fakes.in_process_site import URL, InProcessSite
from wp_pipeline_tests.fakes.raw_server import RawServer, chunked_answer, http_answer
from wp_pipeline_tests.support.error_chain import assert_holds_no_secret

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
        http_answer(LOUD, "404 Not Found"),
        http_answer(LOUD, "403 Forbidden"),
        http_answer(LOUD, "400 Bad Request"),
        http_answer(LOUD, "500 Oh"),
        http_answer(LOUD, "429 Slow", Retry_After="7"),
        http_answer(b"", "302 Found", Location=PATH),
        http_answer(b"", "302 Found", Location="http://hush.test" + PATH),
        http_answer(b"", "302 Found", Location="http://[hush"),
        http_answer(b"", "302 Found", Location="http://hush.test:99999hush" + PATH),
        http_answer(b"", "302 Found", Location="http://127.0.0.1:hush" + PATH),
        http_answer(LOUD, length=9999),
        http_answer(LOUD, Content_Encoding="gzip"),
        http_answer(gzip.compress(LOUD, mtime=0)[:-9], length=999, Content_Encoding="gzip"),
        chunked_answer(LOUD, ended=False),
        [chunked_answer()[0], b"hush\r\n"],
        [http_answer(LOUD, length=9999), 5.0],
        [5.0],
        b"",
        b"hush\r\n\r\n",
        b"HTTP/1.1 hush\r\n\r\n",
        http_answer(b" " * 200_000),
    ],
)
def test_no_error_in_the_chain_holds_the_url_or_comes_from_requests(start, reply):
    server = start(reply)
    client = HttpClient("tests", timeout=0.2, largest_body=100_000)
    error = error_of(client, server.url + PATH, Cancellation(5))

    assert_holds_no_secret(error, "hush", "4821", str(server.port))
    assert "hush" not in "".join(traceback.format_exception(error))


def test_a_connection_error_does_not_hold_the_url(start, client, deadline):
    gone = start(http_answer())
    gone.stop()
    plain = start(b"hush")

    for url in (gone.url + PATH, f"https://127.0.0.1:{plain.port}{PATH}"):
        assert_holds_no_secret(error_of(client, url, deadline), "hush", "4821", str(plain.port))


def test_the_error_of_a_failing_proxy_does_not_hold_the_url(start, client, deadline, monkeypatch):
    gone = start(http_answer())
    gone.stop()
    monkeypatch.setenv("http_proxy", f"http://hush:hush@127.0.0.1:{gone.port}")
    error = error_of(client, "http://sample.test" + PATH, deadline)

    assert isinstance(error, SiteUnavailable)
    assert "proxy" in str(error)
    assert_holds_no_secret(error, "hush", "4821", str(gone.port))


@pytest.mark.parametrize("user_agent", ["a\r\nX-Hush: b", "wp\u2615pipeline"])
def test_a_user_agent_that_cannot_be_sent_is_a_site_error(start, deadline, user_agent):
    server = start(http_answer())
    error = error_of(HttpClient(user_agent), server.url + PATH, deadline)

    assert_holds_no_secret(error, "hush", "4821")
    assert server.heads == []


# Credentials.


class RecordingSite(InProcessSite):
    """A site that records the Authorization headers that it gets."""

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
def test_credentials_are_sent_to_their_origin_over_https_or_to_loopback(url, origin):
    site = RecordingSite()
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
def test_credentials_are_not_sent_anywhere_else(url, origin):
    site = RecordingSite()
    asked(site, url, origin)

    assert site.sent == [""]


def test_no_credentials_are_sent_without_an_origin():
    site = RecordingSite()
    site.client(credentials=CREDENTIALS).get(Address("https://sample.test/x"), Cancellation(5))

    assert site.sent == [""]


@pytest.mark.parametrize(
    "location",
    ["http://sample.test/b", "https://other.test/b", "https://sample.test:8443/b", "//other.test/"],
)
def test_credentials_do_not_follow_a_redirect_to_another_origin(location):
    site = RecordingSite(Answer(301, {"Location": location}, b""), Answer(200, {}, b"[]"))

    with pytest.raises(UnexpectedStatus):
        asked(site, "https://sample.test/a", "https://sample.test")

    assert site.requests == ["/a"]


def test_credentials_follow_a_redirect_within_the_origin():
    site = RecordingSite(Answer(301, {"Location": "/b"}, b""), Answer(200, {}, b"[]"))
    asked(site, "https://sample.test/a", "https://sample.test")

    assert (site.requests, site.sent) == (["/a", "/b"], [AUTHORIZATION] * 2)


@pytest.fixture
def netrc(tmp_path, monkeypatch):
    """A .netrc file with passwords for this machine."""
    home = tmp_path / "home"
    home.mkdir()
    (home / ".netrc").write_text("default login hush password hush\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("NETRC", str(home / ".netrc"))


@pytest.mark.usefixtures("netrc")
def test_passwords_from_netrc_are_not_sent(start, client, deadline):
    server: RawServer = start(
        http_answer(b"", "302 Found", Location="/b"), http_answer(), http_answer()
    )
    client.get(Address(f"{server.url}/a"), deadline)
    HttpClient("tests", credentials=CREDENTIALS, origin=Address(server.url).origin).get(
        Address(server.url), deadline
    )

    assert [b"uthorization" in head for head in server.heads] == [False, False, True]
    assert AUTHORIZATION.encode() in server.heads[2]


def test_a_password_in_a_url_is_not_sent(start, client, deadline):
    server: RawServer = start(http_answer())
    place = server.url.removeprefix("http://")
    server.replies.insert(0, http_answer(b"", "302 Found", Location=f"http://a:hush@{place}/b"))
    client.get(Address(f"http://a:hush@{place}/a"), deadline)

    assert server.requests == ["/a", "/b"]
    assert not any(b"uthorization" in head or b"hush" in head for head in server.heads)


def test_cookies_are_not_sent_back(start, client, deadline):
    site: RawServer = start(http_answer(Set_Cookie="a=hush; Path=/"))
    for _ in range(2):
        client.get(Address(site.url), deadline)

    assert not any(b"hush" in head for head in site.heads)


def test_cookies_are_not_sent_to_another_server(start, client, deadline):
    site, other = start(http_answer(Set_Cookie="a=hush; Path=/")), start(http_answer())
    client.get(Address(site.url), deadline)
    client.get(Address(other.url.replace("127.0.0.1", "localhost")), deadline)

    assert b"hush" not in other.heads[0]


def test_no_error_holds_a_credential(start, deadline):
    server = start(http_answer(LOUD, "401 Unauthorized"))
    client = HttpClient("tests", credentials=CREDENTIALS, origin=Address(server.url).origin)
    error = error_of(client, server.url, deadline)

    assert AUTHORIZATION.encode() in server.heads[0]
    assert_holds_no_secret(error, "editor", "lamp", AUTHORIZATION.split()[1])


def test_credentials_in_a_url_are_not_in_the_error():
    site = RecordingSite()
    site.client().get(Address(URL.replace("//", "//editor:hush@") + "/x"), Cancellation(5))

    assert site.sent == [""]
