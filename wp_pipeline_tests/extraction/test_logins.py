"""Extractions with a login: which endpoints are read, and which are refused with which reason."""

import logging
from base64 import b64decode

import pytest

from sample_site.messages import Answer, Request
from wp_pipeline.extraction.outcomes import Refused, Stored
from wp_pipeline.extraction.run import run
from wp_pipeline.observer import LoggingObserver
from wp_pipeline.settings import Settings

ORDERS = b'[{"id":10,"date_modified_gmt":"2026-01-02T03:04:05"}]'
KEY, SECRET = "ck_q7hzv3nk", "cs_q7hzv3nk"
NO_KEY = b'{"code":"woocommerce_rest_cannot_view","message":"Sorry","data":{"status":401}}'
TOTAL = {"Content-Type": "application/json", "X-WP-Total": "1", "X-WP-TotalPages": "1"}


@pytest.fixture
def outcomes(world, caplog):
    """Extracts with a login, and returns the outcomes; what is logged is in `caplog`."""
    caplog.set_level(logging.DEBUG)
    observer = LoggingObserver(logging.getLogger("test"))

    def extracting(login: str = ""):
        name = "/wp/login" if login else ""
        if login:
            world.aws.put_parameters({name: login})
        settings = Settings.from_environment(credentials_parameter=name)
        caplog.clear()  # botocore logs what the test itself has put into Parameter Store.
        return {outcome.name: outcome for outcome in run(settings, observer)}

    return extracting


@pytest.fixture
def shop(world):
    """Adds a shop to the site, whose orders are for WooCommerce's keys only."""
    wordpress = world.server.answers

    def answers(request: Request) -> Answer:
        if not request.path.startswith("/wp-json/wc/v3/"):
            return wordpress(request)
        basic = b64decode(request.header("Authorization").removeprefix("Basic ")).decode()
        query = f"{request.query.get('consumer_key')}:{request.query.get('consumer_secret')}"
        if f"{KEY}:{SECRET}" in (basic, query):
            return Answer(200, TOTAL, ORDERS)
        return Answer(401, {"Content-Type": "application/json"}, NO_KEY)

    world.server.answers = answers
    return world


def test_keys_of_woocommerce_are_credentials(shop, outcomes):
    shop.put_endpoints(shop.url("wc/v3/orders"))

    assert isinstance(outcomes(f"{KEY}:{SECRET}")["orders"], Stored)
    assert [row["id"] for row in shop.rows("orders")] == [10]
    assert not any("users/me" in asked for asked in shop.server.requests)


def test_keys_in_the_url_work_and_are_shown_nowhere(shop, outcomes, caplog):
    query = f"consumer_key={KEY}&consumer_secret={SECRET}"
    shop.put_endpoints(shop.url(f"wc/v3/orders?{query}"))
    found = outcomes()["orders"]

    assert isinstance(found, Stored)
    assert [row["id"] for row in shop.rows("orders")] == [10]
    assert "q7hzv3nk" not in caplog.text + repr(found) + repr(shop.stored("orders"))


def test_wrong_keys_in_the_url_are_refused_without_naming_them(shop, outcomes, caplog):
    shop.put_endpoints(shop.url("wc/v3/orders?consumer_key=ck_q7hzv3nk&consumer_secret=cs_other"))
    found = outcomes()["orders"]

    assert isinstance(found, Refused)
    assert found.reason == (
        "orders: HTTP 401 woocommerce_rest_cannot_view: the site wants a login; set credentials or"
        " correct them"
    )
    assert "q7hzv3nk" not in caplog.text


def test_wrong_keys_refuse_the_endpoints_that_need_them(shop, outcomes, caplog):
    shop.put_endpoints(f"{shop.url('wc/v3/orders')},{shop.url('wp/v2/posts')}")
    found = outcomes("ck_wrong:cs_wrong")

    assert isinstance(found["orders"], Refused)
    assert isinstance(found["posts"], Stored)
    assert "the credentials are WooCommerce keys" in caplog.text


def test_an_endpoint_is_read_where_users_are_closed(world, outcomes):
    world.respond("wp/v2/users/me", b"<html>", 403, Content_Type="text/html")

    found = outcomes(f"{world.site.user}:{world.site.application_password}")
    assert {type(one) for one in found.values()} == {Stored}


TURNED_OFF = (
    "the site has application passwords turned off, as its index says, and answers as to a visitor;"
    " turn them on, or unset WP_PIPELINE_CREDENTIALS_PARAMETER to read what a visitor may read"
)
CLOSED_USERS = (
    "the site does not accept the user or the application password in the credentials parameter;"
    " set a valid one (context=edit: HTTP 401 rest_forbidden_context)"
)


def test_application_passwords_that_are_turned_off_are_named(world, outcomes):
    world.put_endpoints(world.url("wp/v2/posts"))
    world.respond("", b'{"authentication":[]}')

    assert outcomes(f"{world.site.user}:lamp")["posts"].reason == f"posts: {TURNED_OFF}"


def test_a_wrong_login_is_found_where_users_are_closed(world, outcomes):
    world.put_endpoints(world.url("wp/v2/posts"))
    world.respond("wp/v2/users/me", b"<html>", 403, Content_Type="text/html")

    assert outcomes(f"{world.site.user}:lamp")["posts"].reason == f"posts: {CLOSED_USERS}"
    assert world.uploads() == []


def test_a_wrong_login_is_found_behind_a_firewall(world, outcomes):
    world.put_endpoints(world.url("wp/v2/posts"))
    wordpress = world.server.answers

    def through_sucuri(request: Request) -> Answer:
        found = wordpress(request)
        return Answer(found.status, {**found.headers, "Server": "Sucuri/Cloudproxy"}, found.body)

    world.server.answers = through_sucuri

    assert "does not accept the user" in outcomes(f"{world.site.user}:lamp")["posts"].reason
    assert world.uploads() == []


def test_a_login_that_can_not_be_verified_is_noted(world, outcomes, caplog):
    world.put_endpoints(world.url("wp/v2/posts"))
    world.respond("wp/v2/users/me", b"<html>", 403, Content_Type="text/html")
    world.respond("wp/v2/posts", b'[{"id":1}]', X_WP_Total="1", X_WP_TotalPages="1")

    assert isinstance(outcomes(f"{world.site.user}:lamp")["posts"], Stored)
    assert "does not tell whether it knows the login" in caplog.text
