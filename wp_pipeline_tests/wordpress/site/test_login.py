"""A login is judged where the endpoints are, and only a proof refuses them."""

import json
import re
from collections.abc import Callable, Mapping

import pytest

from sample_site.messages import Answer, Request
from sample_site.site import SampleSite
from wp_pipeline.observer import NoteCollector
from wp_pipeline.wordpress.endpoints.address import Address
from wp_pipeline.wordpress.endpoints.endpoint import parse_endpoints
from wp_pipeline.wordpress.errors import SiteUnavailable
from wp_pipeline.wordpress.http.cancellation import Cancellation
from wp_pipeline.wordpress.http.credentials import Credentials
from wp_pipeline.wordpress.http.retries import RetryingClient
from wp_pipeline.wordpress.site.login import NO_VERDICT, rejected_logins
from wp_pipeline.wordpress.site.site import KEYS_FOR_PLUGINS, open_site
from wp_pipeline_tests.fakes.in_process_site import InProcessSite
from wp_pipeline_tests.support.site_options import options_with

ROOT = "http://127.0.0.1/wp-json"
POSTS = f"posts={ROOT}/wp/v2/posts?per_page=7&page=2"
ROWS = f"rows={ROOT}/mo/v1/rows_1"
ORDERS = f"orders={ROOT}/wc/v3/orders"
RIGHT, WRONG = Credentials("editor", "lamp"), Credentials("editor", "hush")

Answers = Callable[[Request], Answer]


def wordpress_says(status: int, code: str) -> Answer:
    body = json.dumps({"code": code, "message": "No.", "data": {"status": status}})
    return Answer(status, {"Content-Type": "application/json"}, body.encode())


def page(status: int, **headers: str) -> Answer:
    return Answer(status, {"Content-Type": "text/html", **headers}, b"<html>hush")


class JudgedSite:
    """A site with an editor, and what it answers in place of WordPress to paths that end so."""

    def __init__(self, **instead: Answer | Answers) -> None:
        self.wordpress = SampleSite({"posts": 3}, user="editor", application_password="lamp")
        self.instead = {name.replace("_", "/"): answer for name, answer in instead.items()}
        self.world = InProcessSite(self._answer)
        self.collector = NoteCollector()

    @property
    def notes(self) -> list[str]:
        return self.collector.notes

    def _answer(self, request: Request) -> Answer:
        for ending, answer in self.instead.items():
            if request.path.endswith(ending):
                return answer if isinstance(answer, Answer) else answer(request)
        return self.wordpress.answer(request)

    def rejected(self, login: Credentials, endpoints: str = POSTS) -> Mapping[str, str]:
        parsed = parse_endpoints(endpoints)
        client = self.world.client(credentials=login, origin=parsed[0].address.origin)
        retrying = RetryingClient(client, 4, 120.0, 0.001, observer=self.collector)
        found = rejected_logins(parsed, retrying, Cancellation(20))
        for reason in found.values():
            assert not re.search("hush|lamp|editor|127.0.0.1", reason)
        return found


def visitor_of(site: SampleSite) -> Answers:
    """Answer as if the header with the login were dropped on the way."""
    return lambda request: site.answer(Request(request.method, request.path, request.query, {}))


def test_a_right_login_takes_one_request():
    site = JudgedSite()

    assert site.rejected(RIGHT, f"{POSTS},{ROWS}") == {}
    assert site.world.requests == ["/wp-json/wp/v2/users/me?_fields=id"]


DOES_NOT_ACCEPT = "the site does not accept the user or the application password in the credentials"


def test_a_wrong_login_rejects_every_endpoint_of_wordpress_itself():
    found = JudgedSite().rejected(WRONG, f"{POSTS},{ROWS},{ORDERS}")

    assert sorted(found) == ["posts", "rows"]
    assert found["posts"].startswith(DOES_NOT_ACCEPT)
    assert found["posts"].endswith("(wp/v2/users/me: HTTP 401 rest_not_logged_in)")


@pytest.mark.parametrize("code", ["incorrect_password", "invalid_username", "invalid_email"])
@pytest.mark.parametrize("endpoints", [POSTS, ROWS])
def test_an_error_about_the_password_proves_a_wrong_login(code, endpoints):
    (reason,) = JudgedSite(me=wordpress_says(401, code)).rejected(WRONG, endpoints).values()

    assert reason.endswith(f"(wp/v2/users/me: HTTP 401 {code})")


CLOSED = {
    "403 of nginx": page(403),
    "403 of a plugin": wordpress_says(403, "rest_user_cannot_view"),
    "401 of a plugin": wordpress_says(401, "rest_cannot_access"),
    "404 of WordPress": wordpress_says(404, "rest_no_route"),
    "404 of nginx": page(404),
    "406 of ModSecurity": page(406),
    "500": page(500),
    "503 of Wordfence": page(503),
    "a redirect to the login": page(302, Location="/wp-login.php"),
    "a web page": page(200),
    "an empty list": Answer(200, {}, b"[]"),
    "nothing": Answer(200, {}, b""),
}


@pytest.mark.parametrize("closed", CLOSED.values(), ids=CLOSED)
def test_a_closed_users_route_rejects_no_login(closed):
    assert JudgedSite(users_me=closed).rejected(RIGHT) == {}


@pytest.mark.parametrize("closed", CLOSED.values(), ids=CLOSED)
def test_a_closed_users_route_does_not_hide_a_wrong_login(closed):
    site = JudgedSite(users_me=closed)
    (reason,) = site.rejected(WRONG).values()

    assert reason.startswith(DOES_NOT_ACCEPT)
    assert reason.endswith("(context=edit: HTTP 401 rest_forbidden_context)")
    assert "page=2" not in "".join(site.world.requests).replace("per_page", "")


@pytest.mark.parametrize("route", ["types", "search", "posts/1", "things"])
def test_a_route_that_gives_no_verdict_does_not_hide_a_wrong_login(route):
    site = JudgedSite(users_me=page(403), things=Answer(200, {}, b"[]"))
    endpoint = f"x={ROOT}/wp/v2/{route}"

    assert list(site.rejected(WRONG, endpoint)) == ["x"]
    assert JudgedSite(users_me=page(403)).rejected(RIGHT, endpoint) == {}
    assert len(site.world.requests) <= 5


@pytest.mark.parametrize("endpoints", [1, 10, 100])
def test_the_requests_do_not_grow_with_the_endpoints(endpoints):
    listed = ",".join(f"n{one}={ROOT}/wp/v2/posts?x={one}" for one in range(endpoints))
    good, bad, closed = JudgedSite(), JudgedSite(), JudgedSite(users_me=page(403))

    good.rejected(RIGHT, listed)
    assert len(bad.rejected(WRONG, listed)) == endpoints
    assert len(closed.rejected(WRONG, listed)) == endpoints
    assert [len(one.world.requests) for one in (good, bad, closed)] == [1, 2, 3]


@pytest.mark.parametrize(
    "site",
    [
        lambda: JudgedSite(users_me=page(403), posts=Answer(200, {}, b"[]")),
        lambda: JudgedSite(users_me=page(403), posts=wordpress_says(401, "rest_cannot_access")),
        lambda: JudgedSite(users_me=wordpress_says(404, "rest_no_route"), posts=page(403)),
    ],
)
@pytest.mark.parametrize("endpoints", [POSTS, ROWS])
def test_an_unverified_login_is_noted(site, endpoints):
    judged = site()

    assert judged.rejected(WRONG, endpoints) == {}
    assert judged.notes == [NO_VERDICT]


@pytest.mark.parametrize(
    "code", ["application_passwords_disabled_for_user", "authentication_failed"]
)
def test_an_error_about_the_user_proves_a_wrong_login(code):
    assert list(JudgedSite(me=wordpress_says(401, code)).rejected(WRONG)) == ["posts"]


def test_a_user_with_the_id_0_is_no_login():
    assert list(JudgedSite(me=Answer(200, {}, b'{"id":0}')).rejected(WRONG)) == ["posts"]


def test_a_header_that_is_dropped_on_the_way_rejects_the_endpoint():
    site = JudgedSite()
    site.instead["/"] = site.instead["me"] = visitor_of(site.wordpress)

    assert list(site.rejected(RIGHT)) == ["posts"]


@pytest.mark.parametrize(
    "said",
    [
        wordpress_says(403, "rest_forbidden_context"),
        wordpress_says(401, "rest_cannot_access"),
        page(401),
        page(403),
        Answer(200, {}, b"[]"),
        wordpress_says(404, "rest_no_route"),
    ],
)
def test_an_endpoint_that_gives_no_verdict_is_read(said):
    assert JudgedSite(users_me=page(403), posts=said).rejected(WRONG) == {}


def test_a_site_that_is_down_is_not_read():
    with pytest.raises(SiteUnavailable):
        JudgedSite(users_me=page(403), posts=page(502)).rejected(RIGHT)


def test_a_password_of_the_web_server_opens_the_whole_site():
    site = JudgedSite()

    def behind_nginx(request: Request) -> Answer:
        if not request.header("Authorization"):
            return page(401, **{"WWW-Authenticate": 'Basic realm="hush"'})
        return site.wordpress.answer(request)

    site.instead[""] = behind_nginx

    assert site.rejected(Credentials("anyone", "else"), f"{POSTS},{ROWS}") == {}


def without_passwords(site: JudgedSite) -> Answers:
    def index(request: Request) -> Answer:
        assert request.query["_fields"] == "authentication"
        return Answer(200, {}, b'{"authentication":[]}')

    return index


def test_the_index_shows_that_application_passwords_are_turned_off():
    site = JudgedSite()
    site.instead["/wp-json/"] = without_passwords(site)
    (reason,) = site.rejected(WRONG).values()

    assert reason.startswith("the site has application passwords turned off, as its index says")
    assert "turn them on" in reason


def test_an_endpoint_that_knows_the_login_is_read_though_they_are_turned_off():
    site = JudgedSite(posts=Answer(200, {}, b"[]"))
    site.instead["/wp-json/"] = without_passwords(site)

    assert site.rejected(WRONG) == {}
    assert len(site.notes) == 1


@pytest.mark.parametrize("index", [page(403), wordpress_says(404, "x"), Answer(200, {}, b"[]")])
def test_without_an_index_application_passwords_count_as_turned_on(index):
    site = JudgedSite()
    site.instead["/wp-json/"] = index
    (reason,) = site.rejected(WRONG).values()

    assert reason.startswith(DOES_NOT_ACCEPT)


def test_a_route_of_another_namespace_gives_no_verdict_and_a_note():
    site = JudgedSite()

    assert site.rejected(WRONG, ROWS) == {}
    assert len(site.notes) == 1


def test_logins_of_plugins_with_keys_of_their_own_are_not_verified():
    site = JudgedSite()

    assert (
        site.rejected(WRONG, f"{ORDERS},r={ROOT}/wc-analytics/reports,e={ROOT}/gf/v2/forms") == {}
    )
    assert site.world.requests == []


def test_a_route_of_wordpress_com_gives_no_verdict():
    site = JudgedSite(me=wordpress_says(404, "rest_no_route"), posts=Answer(200, {}, b"[]"))

    assert site.rejected(WRONG, "posts=http://127.0.0.1/wp/v2/sites/x.org/posts") == {}
    assert site.world.requests[0].startswith("/wp/v2/users/me")


def test_the_login_of_each_site_of_a_host_is_verified():
    blog = SampleSite({"posts": 3}, user="editor", application_password="hush")
    site = JudgedSite()

    def of_two(request: Request) -> Answer:
        path = request.path.removeprefix("/blog")
        answering = blog if path != request.path else site.wordpress
        return answering.answer(Request(request.method, path, request.query, request.headers))

    site.instead[""] = of_two
    endpoints = f"{POSTS},news=http://127.0.0.1/blog/wp-json/wp/v2/posts"

    assert list(site.rejected(WRONG, endpoints)) == ["posts"]


@pytest.mark.parametrize(
    ("route", "root"),
    [
        ("/wp-json/wp/v2/posts", "/wp-json/"),
        ("/blog/wp-json/wp/v2/posts?a=b", "/blog/wp-json/"),
        ("/api/wp/v2/posts", "/api/"),
        ("/blog/api/wc/v3/orders", "/blog/api/"),
        ("/wp/v2/sites/x.org/posts", "/"),
        ("/api/mo/v1/rows_1/", "/api/"),
        ("/api/wc-analytics/v1/reports", "/api/"),
        ("/api/wc-analytics/reports/orders", "/api/"),
        ("/api/tribe/events/v1/events", "/api/"),
        ("/wp/wp-json/wp/v2/posts", "/wp/wp-json/"),
        ("/rows_1/", "/wp-json/"),
        ("/?rest_route=/wp/v2/posts&a=b", "/?rest_route=/"),
        ("/blog/index.php?a=b&rest_route=/wp/v2/posts", "/blog/index.php?rest_route=/"),
    ],
)
def test_the_root_of_the_api_ends_before_the_namespace(route, root):
    assert Address(f"https://s.test{route}").api_root.url == f"https://s.test{root}"


def test_keys_of_woocommerce_are_not_verified_and_their_limits_are_noted():
    observer = NoteCollector()
    options = options_with(credentials=Credentials("ck_1", "cs_2"))
    with open_site(options, observer) as site:
        assert site.rejected_logins(parse_endpoints(ORDERS)) == {}
        assert observer.notes == []
        assert site.rejected_logins(parse_endpoints(f"{ORDERS},{POSTS}")) == {}

    assert observer.notes == [KEYS_FOR_PLUGINS]
