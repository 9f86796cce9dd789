"""Answers to a user have the headers that WordPress sends with them, and those to visitors do not.

`wordpress/http/same_user.py` tells by them whether a login arrived.
"""

import base64

import pytest

from sample_site.messages import Request

WORDPRESS = {
    "Expires": "Wed, 11 Jan 1984 05:00:00 GMT",
    "Cache-Control": "no-cache, must-revalidate, max-age=0",
}
ANSWERS = pytest.mark.parametrize(
    ("route", "method", "status"),
    [
        ("", "GET", 200),
        ("wp/v2/types", "GET", 200),
        ("wp/v2/posts", "GET", 200),
        ("wp/v2/posts", "HEAD", 200),
        ("wp/v2/posts", "OPTIONS", 200),
        ("wp/v2/users/1", "GET", 200),
        ("mo/v1/posts_4821", "GET", 200),
        ("wp/v2/posts?page=99", "GET", 400),
        ("wp/v2/posts/99999", "GET", 404),
        ("wp/v2/nothing", "GET", 404),
        ("wp/v2/posts", "POST", 404),
    ],
)


def credentials(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@ANSWERS
def test_no_answer_to_a_user_may_be_cached(site, ask, route, method, status):
    login = credentials(site.user, site.application_password)
    answer = ask(site, route, method, Authorization=login)

    assert answer.status == status
    assert {name: answer.headers.get(name) for name in WORDPRESS} == WORDPRESS


@ANSWERS
@pytest.mark.parametrize("password", ["", "wrong"])
def test_answers_to_visitors_may_be_cached(site, ask, route, method, status, password):
    headers = {"Authorization": credentials(site.user, password)} if password else {}
    answer = ask(site, route, method, **headers)

    assert answer.status == status
    assert not answer.headers.keys() & WORDPRESS.keys()


def test_web_pages_know_no_application_password(site):
    login = {"Authorization": credentials(site.user, site.application_password)}

    assert "Expires" not in site.answer(Request.parse("GET", "/", login)).headers
