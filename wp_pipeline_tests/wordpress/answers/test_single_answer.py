"""What a single answer is: an error, rows, a page of rows, nothing, or one object."""

import json

import pytest

from wp_pipeline.wordpress.answers.signs import signs_in_headers
from wp_pipeline.wordpress.answers.single_answer import (
    ErrorInsteadOfData,
    SingleAnswer,
    single_answer,
)

ROWS = [{"id": 1, "title": "a"}, {"id": 2, "title": "b"}, {"id": 3, "title": "c"}]


def read(value: object) -> SingleAnswer:
    return single_answer(json.dumps(value).encode())


ERRORS = (
    {"message": "Acceso denegado"},
    {"message": "Zugriff verweigert"},
    {"message": "Accès refusé"},
    {"message": "Доступ запрещён"},
    {"message": "禁止访问"},
    {"messages": ["Access denied"]},
    {"detail": "Authentication credentials were not provided."},
    {"message": "One moment, please...", "redirect": "https://example.org/"},
    {"message": "Unauthenticated."},
    {"message": "Bad Request", "data": None},
    {"message": "Your IP has been banned"},
    {"message": "Rate exceeded"},
    {"msg": "This account has been suspended"},
    {"detail": "You don't have access to this"},
    {"error_type": "x", "error_message": "x"},
    {"err": "x"},
    {"errcode": 40001, "errmsg": "invalid credential"},
    {"code": 1001, "msg": "x", "data": None},
    {"faultCode": 403, "faultString": "x"},
    {"type": "error", "text": "x"},
    {"state": "error", "msg": "x"},
    {"isSuccess": False, "value": None},
    {"return": False, "message": "x"},
    {"cloudflare_error": True, "ray_id": "x"},
    {"jsonrpc": "2.0", "id": 1, "error": {"code": -32601, "message": "x"}},
    {"response": {"status": "error", "message": "x"}},
    {"data": {"error": "no access"}},
    {"data": {"status": 403}},
    {"status": {"code": 403, "message": "x"}},
    {"message": {"error": "x"}},
    {"body": {"code": "rest_forbidden", "message": "x"}, "status": 401, "headers": {}},
    {"success": True, "data": {"code": "rest_x", "message": "x", "data": {"status": 500}}},
    {"error": True, "plugin": "x"},
    {"error": "rate limited", "items": []},
    {"errors": [{"message": "x"}], "posts": []},
    {"success": False, "posts": ROWS},
    {"error": "stopped after 3 rows", "items": ROWS},
    {"notices": [{"type": "error", "message": "x"}]},
    {"0": {"code": "rest_forbidden", "message": "x"}},
)


@pytest.mark.parametrize("value", ERRORS, ids=json.dumps)
def test_an_error_is_recognized_in_every_spelling(value):
    with pytest.raises(ErrorInsteadOfData):
        read(value)


LISTS = (
    [{"log_id": "1", "code": "E1", "message": "x"}],
    [{"code": "E_LOGIN", "message": "Login failed", "date": "2024-01-01"}],
    [{"url": "/x", "error": "404", "date": "2024-01-01"}],
    [{"status": "error", "name": "a"}, {"status": "error", "name": "b"}],
    [{"success": False, "user": "a"}],
    [{"code": "DE", "message": "Hallo"}, {"code": "EN", "message": "Hello"}],
    {"code": 0, "message": "ok", "data": ROWS},
    {"code": "success", "message": "Courses", "data": {"posts": ROWS, "total_page": 1}},
    {"errcode": 0, "errmsg": "ok", "list": ROWS},
    {"errorCode": "0", "errorMsg": "success", "data": ROWS},
    {"error": "0", "data": ROWS},
    {"errors": [{"id": 1, "message": "x"}], "total": 1},
    {"errors": [], "links": [{"url": "x"}], "items": ROWS},
    {"data": {"0": {"id": 1}, "2": {"id": 3}}},
    {"success": True, "data": {"items": {"0": {"id": 1}, "7": {"id": 9}}}, "total": 2},
)


@pytest.mark.parametrize("value", LISTS, ids=json.dumps)
def test_rows_that_mention_errors_are_read(value):
    found = read(value)

    assert found.is_list
    assert not found.signs.more_than(found.rows)
    assert len(json.loads(b"".join(found.chunks()))) == found.rows


OBJECTS = (
    {"error": None, "name": "x"},
    {"errors": {}, "message": "", "data": {"a": 1}},
    {"errors": 12, "warnings": 3, "info": 50},
    {"success": True, "message": "No errors found"},
    {"title": "Sale", "message": "Limited offer!"},
    {"message": "We exceeded our goal, and sales are suspended until Monday"},
    {"message": "Accessories for bad weather: coming soon"},
    {"title": "My site", "description": "Error-free"},
    {"name": "My site", "description": ""},
    {"id": 5, "status": "error", "code": "x", "message": "x"},
    {"status": "closed", "message": "See you on Monday"},
    {"id": 7, "total": 100, "line_items": ROWS},
    {"data": {"2024": {"a": 1}, "2025": {"a": 2}}},
    {"data": ROWS, "included": [{"id": "9", "type": "author"}]},
)


@pytest.mark.parametrize("value", OBJECTS, ids=json.dumps)
def test_an_object_with_members_of_its_own_is_stored_as_one_object(value):
    found = read(value)

    assert (found.rows, found.is_list) == (1, False)
    assert not found.signs.more_than(1)
    assert json.loads(b"".join(found.chunks())) == value


@pytest.mark.parametrize(
    "value",
    [{"data": None}, {"success": True, "data": {}}, {"items": None, "total": 0}, {"events": []}],
    ids=json.dumps,
)
def test_an_empty_wrapper_has_no_rows(value):
    found = read(value)

    assert (found.rows, b"".join(found.chunks())) == (0, b"[]")


PAGES = (
    {"data": ROWS, "last_page": 5, "links": [{"url": None}], "from": 1, "path": "x"},
    {"code": "success", "message": "x", "data": {"posts": ROWS, "total_page": 5}},
    {"jobs": ROWS, "found_jobs": 45},
    {"html": "<li>", "max_num_pages": 5},
    {"products": ROWS, "request_speed": 0.1, "total_products": "1,300"},
    {"data": ROWS, "included": [{"id": "9"}], "meta": {"count": 45}},
    {"posts": ROWS, "categories": [{"id": 1}], "total_posts": 45},
    {"@odata.context": "x", "@odata.count": 45, "value": ROWS},
    {"took": 3, "_shards": {"total": 1}, "hits": {"total": {"value": 45}, "hits": ROWS}},
    {"draw": 1, "recordsTotal": 45, "data": ROWS},
    {"iTotalRecords": 45, "aaData": ROWS},
    {"items": ROWS, "counts": {"all": 45}},
    {"items": ROWS, "total": "1-10 of 45"},
    {"items": ROWS, "pages": 5.0},
    {"records": ROWS, "is_last_page": False},
    {"records": ROWS, "truncated": True},
    {"data": {"0": {"id": 1}, "2": {"id": 3}}, "total": 45},
)


@pytest.mark.parametrize("value", PAGES, ids=json.dumps)
def test_members_of_an_answer_show_that_there_are_more_rows(value):
    found = read(value)

    assert found.signs.more_than(found.rows)


HEADERS = (
    ("Total-Count", "45"),
    ("Pagination-Count", "45"),
    ("X-Pagination", '{"total":45}'),
    ("X-Next-Page", "2"),
    ("X-Has-More", "true"),
    ("X-Last-Page", "5"),
    ("Content-Range", "0-9/45"),
    ("Link", "<https://example.org/?page=2>; rel='next'"),
    ("Link", '<a>; rel="first", <b>; rel="prev next"'),
)


@pytest.mark.parametrize(("name", "text"), HEADERS)
def test_a_header_shows_that_there_are_more_rows(name, text):
    assert signs_in_headers({name: text}).more_than(10)


OTHER_HEADERS = (
    ("X-Query-Total", "45"),
    ("X-Runtime-Total", "45"),
    ("X-RateLimit-Total", "45"),
    ("X-Total-Time", "45"),
    ("X-Has-More", "false"),
    ("Link", '<https://example.org/>; rel="https://api.w.org/"'),
    ("Link", '<a>; rel="prev"; title="next"'),
)


@pytest.mark.parametrize(("name", "text"), OTHER_HEADERS)
def test_other_headers_do_not_count_as_signs_of_more_rows(name, text):
    assert not signs_in_headers({name: text}).more_than(10)
