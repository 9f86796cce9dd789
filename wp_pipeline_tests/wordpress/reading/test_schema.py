"""What a site says of the members of its items, in one OPTIONS request."""

import json

import pytest

from sample_site.site import SampleSite
from wp_pipeline.wordpress.endpoints.endpoint import parse_endpoint
from wp_pipeline.wordpress.errors import SiteError
from wp_pipeline.wordpress.http.cancellation import Cancellation
from wp_pipeline.wordpress.reading.schema import Member, Schema, parse_schema, schema_of
from wp_pipeline_tests.fakes.in_process_site import URL, InProcessSite, always

NO_SCHEMAS = [
    b"",
    b"[]",
    b"null",
    b'"schema"',
    b"<html>a firewall</html>",
    b'{"schema": []}',
    b'{"schema": {"properties": []}}',
    b'{"schema": {"properties": {"id": "integer", "tags": null}}}',
    b"[" * 100_000,
    b"\xff",
]


def schema_at(world: InProcessSite, route: str) -> Schema:
    endpoint = parse_endpoint(f"{URL}/wp-json/{route}")
    return schema_of(endpoint, world.retrying_client(), Cancellation(20))


@pytest.fixture
def world():
    return InProcessSite(site=SampleSite({"posts": 3, "books": 3}))


def test_one_request_tells_what_the_members_are(world):
    schema = schema_at(world, "wp/v2/posts")

    assert len(world.requests) == 1
    assert schema["id"].types == ("integer",)
    assert schema["date"] == Member(
        ("string", "null"), "date-time", "When it was published, in the site's time zone."
    )
    assert schema["categories"].items == ("integer",)
    assert schema["comment_status"].values == ("open", "closed")
    assert "rendered" in schema["title"].properties


def test_a_custom_type_has_members_of_its_own(world):
    assert schema_at(world, "wp/v2/books")["genres"].description == "Ids of its genres."


@pytest.mark.parametrize(
    ("query", "has_password"), [("", False), ("?context=edit", True), ("?context=embed", False)]
)
def test_members_that_the_context_does_not_send_are_left_out(world, query, has_password):
    assert ("password" in schema_at(world, f"wp/v2/posts{query}")) is has_password


def test_with_plain_permalinks_the_schema_is_requested_by_get():
    world = InProcessSite(site=SampleSite({"posts": 3}, plain_permalinks=True))
    endpoint = parse_endpoint(f"{URL}/?rest_route=/wp/v2/posts")

    assert "id" in schema_of(endpoint, world.retrying_client(), Cancellation(20))


def test_a_route_without_a_schema_has_no_members(world):
    assert schema_at(world, "mo/v1/posts_4821") == {}


@pytest.mark.parametrize("body", NO_SCHEMAS)
def test_an_answer_that_is_no_schema_declares_nothing(body):
    assert parse_schema(body) == {}


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ({}, Member()),
        ({"type": {"1": "string", "3": "null"}}, Member(("string", "null"))),
        ({"type": 5, "format": None, "enum": "open", "items": []}, Member(values=("open",))),
        ({"description": " in\n two  lines "}, Member(description="in two lines")),
        ({"description": "x" * 400}, Member(description="x" * 299 + "…")),
        ({"enum": [f"value {n}" for n in range(30)]}, Member()),
        ({"type": "array", "items": {"type": "integer"}}, Member(("array",), items=("integer",))),
    ],
)
def test_the_valid_part_of_a_plugins_schema_is_read(declared, expected):
    body = json.dumps({"schema": {"properties": {"member": declared}}}).encode()
    assert parse_schema(body)["member"] == expected


def test_a_firewall_that_refuses_options_is_asked_once():
    world = InProcessSite(always(403, b"Forbidden", {"Content-Type": "text/html"}))
    with pytest.raises(SiteError):
        schema_at(world, "wp/v2/posts")
    assert len(world.requests) == 1


def test_half_a_surrogate_pair_in_its_texts_is_replaced():
    declared = {"id": {"type": "integer", "description": "An \ud83d id.", "enum": ["\udc00"]}}
    schema = {"schema": {"properties": {**declared, "cut\ud83d": {"type": "string"}}}}

    assert parse_schema(json.dumps(schema).encode()) == {
        "id": Member(("integer",), "", "An ? id.", ("?",)),
        "cut?": Member(("string",)),
    }
