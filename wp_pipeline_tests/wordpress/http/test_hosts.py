"""Hosts in any script: requests sends their ASCII form, which is the same origin."""

import pytest

from sample_site.messages import Answer, Request
from wp_pipeline.wordpress.endpoints.address import Address
from wp_pipeline.wordpress.http.credentials import Credentials
from wp_pipeline_tests.fakes.in_process_site import JSON, URL, InProcessSite

BODY = b'[{"id":1}]'
LOGIN = Credentials("editor", "hush")


class SiteThatMoved:
    """Redirects its first request within itself, and notes the login of each."""

    def __init__(self) -> None:
        self.logins: list[str] = []
        self.site = InProcessSite(self.answer)

    def answer(self, request: Request) -> Answer:
        self.logins.append(request.header("Authorization"))
        if len(self.logins) > 1:
            return Answer(200, JSON, BODY)
        return Answer(301, {"Location": f"https://{request.header('Host')}/posts/"}, b"")


@pytest.mark.parametrize("host", ["bücher.test", "пример.test:8443", "xn--bcher-kva.test"])
def test_a_host_in_any_script_gets_the_login_and_may_redirect_within_itself(deadline, host):
    moved, address = SiteThatMoved(), Address.parse(f"https://{host}/posts")
    client = moved.site.client(credentials=LOGIN, origin=address.origin)

    assert bytes(client.get(address, deadline).body) == BODY
    assert moved.logins == [LOGIN.header] * 2


@pytest.mark.parametrize(
    "other",
    [
        "https://bucher.test",
        "https://bücher.test:444",
        "https://bücher.example",
        "http://bücher.test",
        URL,
    ],
)
def test_a_host_that_looks_alike_gets_no_login(deadline, other):
    moved, origin = SiteThatMoved(), Address.parse("https://bücher.test/posts").origin
    moved.logins.append("")
    moved.site.client(credentials=LOGIN, origin=origin).get(Address(f"{other}/posts"), deadline)

    assert moved.logins == ["", ""]
