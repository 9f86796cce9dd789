import base64
import json

import pytest

from sample_site.content import COLLECTIONS
from sample_site.messages import Request
from sample_site.site import SampleSite

POST_TYPES = ("posts", "pages", "media", "books")
OTHERS = ("comments", "categories", "tags", "genres", "users")


@pytest.mark.parametrize("name", COLLECTIONS)
def test_every_item_comes_once_in_id_order(name, site, all_ids):
    assert all_ids(site, f"wp/v2/{name}?orderby=id&order=asc") == site.readable_ids(name)


@pytest.mark.parametrize("name", COLLECTIONS)
def test_every_item_comes_once_in_the_default_order(name, site, all_ids):
    assert sorted(all_ids(site, f"wp/v2/{name}")) == site.readable_ids(name)


def test_headers_have_the_total_and_the_next_and_previous_page(site, ask):
    answer = ask(site, "wp/v2/posts?per_page=10&page=2&include=&x=a%20b")

    assert answer.headers["X-WP-Total"] == "25"
    assert answer.headers["X-WP-TotalPages"] == "3"
    assert answer.headers["Link"] == (
        '<http://sample.test/wp-json/wp/v2/posts?per_page=10&page=1&x=a+b>; rel="prev", '
        '<http://sample.test/wp-json/wp/v2/posts?per_page=10&page=3&x=a+b>; rel="next"'
    )


def test_a_link_writes_lists_as_php_does(site, ask):
    answer = ask(site, "wp/v2/posts?per_page=1&exclude=3,4&_fields=id")

    assert (
        "?per_page=1&exclude%5B0%5D=3&exclude%5B1%5D=4&_fields=id&page=2>"
        in (answer.headers["Link"])
    )


def test_a_single_page_links_to_the_api_only(site, ask):
    link = ask(site, "wp/v2/pages").headers["Link"]

    assert link == '<http://sample.test/wp-json/>; rel="https://api.w.org/"'


@pytest.mark.parametrize("name", POST_TYPES)
def test_a_post_type_refuses_a_page_past_the_end(name, site, ask):
    answer = ask(site, f"wp/v2/{name}?page=99")

    assert answer.status == 400
    assert json.loads(answer.body) == {
        "code": "rest_post_invalid_page_number",
        "message": "The page number requested is larger than the number of pages available.",
        "data": {"status": 400},
    }


@pytest.mark.parametrize("name", OTHERS)
def test_other_collections_are_empty_past_the_end(name, site, ask):
    answer = ask(site, f"wp/v2/{name}?page=99")

    assert (answer.status, answer.body) == (200, b"[]")
    assert answer.headers["X-WP-Total"] == str(len(site.readable_ids(name)))


@pytest.mark.parametrize("name", COLLECTIONS)
def test_an_empty_collection_is_an_empty_array_on_every_page(name, ask):
    answer = ask(SampleSite({}), f"wp/v2/{name}?page=2")

    assert (answer.status, answer.body, answer.headers["X-WP-Total"]) == (200, b"[]", "0")


@pytest.mark.parametrize("name", ["posts", "media", "comments", "tags", "users"])
def test_offset_overrides_page(name, site, ids):
    route = f"wp/v2/{name}?orderby=id&order=asc&per_page=3&page=1&offset=2"

    assert ids(site, route) == site.readable_ids(name)[2:5]


@pytest.mark.parametrize("name", ["categories", "genres"])
def test_hierarchical_taxonomies_ignore_offset(name, site, ids):
    route = f"wp/v2/{name}?orderby=id&order=asc&per_page=3&page=2&offset=0"

    assert ids(site, route) == site.readable_ids(name)[3:6]


@pytest.mark.parametrize(
    ("name", "total"), [("posts", "0"), ("media", "0"), ("comments", "40"), ("tags", "15")]
)
def test_an_offset_past_the_end_makes_the_total_of_post_types_zero(name, total, site, ask):
    answer = ask(site, f"wp/v2/{name}?offset=9999")

    assert (answer.status, answer.body, answer.headers["X-WP-Total"]) == (200, b"[]", total)


def test_include_and_exclude_select_by_id(site, ids):
    first, second, third = site.readable_ids("posts")[:3]

    assert ids(site, f"wp/v2/posts?include={first},{third}&orderby=id") == [third, first]
    assert ids(site, f"wp/v2/posts?include[]={second}&include[]={first}&orderby=include") == [
        second,
        first,
    ]
    assert first not in ids(site, f"wp/v2/posts?exclude={first}&per_page=100")


def test_only_comments_apply_exclude_together_with_include(site, ids):
    post, comment = site.readable_ids("posts")[0], site.readable_ids("comments")[0]

    assert ids(site, f"wp/v2/posts?include={post}&exclude={post}") == [post]
    assert ids(site, f"wp/v2/comments?include={comment}&exclude={comment}") == []


@pytest.mark.parametrize(
    ("query", "name", "message"),
    [
        ("per_page=101", "per_page", "per_page must be between 1 (inclusive) and 100 (inclusive)"),
        ("per_page=0", "per_page", "per_page must be between 1 (inclusive) and 100 (inclusive)"),
        ("per_page=1.5", "per_page", "per_page is not of type integer."),
        ("page=0", "page", "page must be greater than or equal to 1"),
        ("order=up", "order", "order is not one of asc and desc."),
        ("context=all", "context", "context is not one of view, embed, and edit."),
        ("include=a", "include", "include[0] is not of type integer."),
        ("after=yesterday", "after", "Invalid date."),
        ("status=draft", "status", "Status is forbidden."),
    ],
)
def test_a_bad_parameter_is_refused_by_name(query, name, message, site, ask):
    answer = ask(site, f"wp/v2/posts?{query}")
    error = json.loads(answer.body)

    assert (answer.status, error["code"]) == (400, "rest_invalid_param")
    assert error["message"] == f"Invalid parameter(s): {name}"
    assert error["data"]["params"] == {name: message}


@pytest.mark.parametrize("name", OTHERS)
def test_only_post_types_can_be_ordered_by_modified(name, site, ask):
    answer = ask(site, f"wp/v2/{name}?orderby=modified")

    assert answer.status == 400
    assert "orderby is not one of" in json.loads(answer.body)["data"]["params"]["orderby"]


@pytest.mark.parametrize("name", OTHERS)
def test_filters_that_a_collection_does_not_know_are_ignored(name, site, ask):
    answer = ask(site, f"wp/v2/{name}?modified_after=garbage")

    assert answer.headers["X-WP-Total"] == str(len(site.readable_ids(name)))


def test_the_error_names_a_lower_maximum(ask):
    site = SampleSite({"posts": 60}, max_per_page=50)

    assert ask(site, "wp/v2/posts?per_page=50").status == 200
    assert b"between 1 (inclusive) and 50" in ask(site, "wp/v2/posts?per_page=51").body


def test_dates_are_compared_strictly_and_in_the_time_zone_of_the_site(ids):
    site = SampleSite({"posts": 40})
    newest = json.loads(site.answer(Request.parse("GET", "/wp-json/wp/v2/posts?per_page=1")).body)
    at, at_gmt = newest[0]["date"], newest[0]["date_gmt"]

    assert at != at_gmt, "This post appeared in summer time."
    assert ids(site, f"wp/v2/posts?after={at}") == []
    assert ids(site, f"wp/v2/posts?after={at_gmt}Z") == []
    assert ids(site, f"wp/v2/posts?after={at_gmt}") == [newest[0]["id"]]


def test_ordering_by_modified_loses_items_where_seconds_repeat(all_ids):
    site = SampleSite({"posts": 120})
    found = all_ids(site, "wp/v2/posts?orderby=modified&order=asc", per_page=10)

    assert len(found) == 120
    assert len(set(found)) < 120
    assert found == all_ids(site, "wp/v2/posts?orderby=modified&order=asc", per_page=10)


def test_fields_can_be_selected_whole_or_in_part(site, ask):
    route = "wp/v2/posts?per_page=1&_fields=id,title.rendered,_links.self"
    (post,) = json.loads(ask(site, route).body)

    assert list(post) == ["id", "title", "_links"]
    assert list(post["title"]) == ["rendered"]
    assert list(post["_links"]) == ["self"]


def test_no_selected_field_is_an_empty_php_array(site, ask):
    assert ask(site, "wp/v2/posts?per_page=2&_fields=nope").body == b"[[],[]]"


def test_json_is_written_as_php_does(site, ask):
    body = ask(site, "wp/v2/comments?per_page=40").body

    assert body.isascii()
    assert b'"http:\\/\\/sample.test\\/' in body
    assert b'": ' not in body


@pytest.mark.parametrize("name", COLLECTIONS)
def test_a_single_item_equals_the_one_in_the_collection(name, ask):
    site = SampleSite({name: 3, "posts": 3}, volatile=False)
    item_id = site.readable_ids(name)[1]

    (listed,) = json.loads(ask(site, f"wp/v2/{name}?include={item_id}").body)
    assert json.loads(ask(site, f"wp/v2/{name}/{item_id}/").body) == listed


@pytest.mark.parametrize(
    ("route", "status", "code"),
    [
        ("wp/v2/posts/99999", 404, "rest_post_invalid_id"),
        ("wp/v2/comments/99999", 404, "rest_comment_invalid_id"),
        ("wp/v2/tags/99999", 404, "rest_term_invalid"),
        ("wp/v2/users/99999", 404, "rest_user_invalid_id"),
        ("wp/v2/users/me", 401, "rest_not_logged_in"),
        ("wp/v2/posts?context=edit", 401, "rest_forbidden_context"),
        ("wp/v2/comments?status=hold", 401, "rest_forbidden_param"),
        ("wp/v2/nothing", 404, "rest_no_route"),
        ("posts", 404, "rest_no_route"),
    ],
)
def test_errors_have_the_code_and_status_of_wordpress(route, status, code, site, ask):
    answer = ask(site, route)
    error = json.loads(answer.body)

    assert (answer.status, error["code"], error["data"]["status"]) == (status, code, status)


def test_only_get_and_head_are_served(site, ask):
    assert b"rest_no_route" in ask(site, "wp/v2/posts", "POST").body


def test_head_is_get_without_a_body(site, ask):
    got, head = ask(site, "wp/v2/posts"), ask(site, "wp/v2/posts", "HEAD")

    assert (head.status, head.headers, head.body) == (got.status, got.headers, b"")


def test_the_application_password_gives_access_to_what_is_not_public(site, ask):
    def credentials(password: str) -> str:
        return "Basic " + base64.b64encode(f"{site.user}:{password}".encode()).decode()

    right, wrong = credentials(site.application_password.replace(" ", "")), credentials("wrong")
    hidden = site.readable_ids("comments")[0]
    site.hide("comments", hidden)

    assert ask(site, "wp/v2/users/me", Authorization=right).status == 200
    assert ask(site, "wp/v2/posts?context=edit", Authorization=right).status == 200
    assert ask(site, f"wp/v2/comments/{hidden}", Authorization=right).status == 200
    assert ask(site, "wp/v2/users/me", Authorization=wrong).status == 401
    assert ask(site, "wp/v2/posts", Authorization=wrong).status == 200


@pytest.mark.parametrize(("style", "expected"), [("string", "3"), ("absent", None)])
def test_ids_can_be_strings_or_absent(style, expected, ask):
    site = SampleSite({"posts": 1}, id_style=style)
    (post,) = json.loads(ask(site, "wp/v2/posts").body)

    assert post.get("id") == expected
