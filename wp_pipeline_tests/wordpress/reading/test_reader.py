"""Reading an endpoint: single answers, collections, page sizes, and failing items."""

import json
import re
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sample_site.messages import Answer, Request
from sample_site.site import SampleSite
from wp_pipeline.wordpress.answers.json_text import BOM
from wp_pipeline.wordpress.answers.single_answer import SingleAnswer
from wp_pipeline.wordpress.errors import (
    AccessDenied,
    CompletenessNotProven,
    MalformedAnswer,
    RouteNotFound,
    SiteUnavailable,
    UnexpectedStatus,
)
from wp_pipeline_tests.fakes.api_sites import fields, items, number
from wp_pipeline_tests.fakes.in_process_site import JSON, InProcessSite, always

POSTS = "/wp-json/wp/v2/posts"
PLUGIN = "/wp-json/mo/v1/posts_4821"
NOTHING = {"Content-Type": "application/json", "X-WP-Total": "0", "X-WP-TotalPages": "0"}


def single(world: InProcessSite, route: str = PLUGIN) -> SingleAnswer:
    reading = world.read(route)
    assert isinstance(reading, SingleAnswer), "it was read as a collection"
    return reading


def stored(answer: SingleAnswer) -> bytes:
    return b"".join(answer.chunks())


# Single answers.


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        (b'[{"ID":"1"},{"ID":"2"}]', [b'{"ID":"1"}', b'{"ID":"2"}']),
        (b'[{"id":2},{"id":1}]', [b'{"id":2}', b'{"id":1}']),
        (b' [ {"id":1} ]\n', [b'{"id":1}']),
        (b"[]", []),
        (b'{"name":"A site"}', [b'{"name":"A site"}']),
        (b'{"status":"SUCCESS","data":[{"id":1},{"id":2}]}', [b'{"id":1}', b'{"id":2}']),
        (b'{"status":"success","status_code":200,"data":[]}', []),
        (b'{"data":[{"id":1}],"status":"SUCCESS"}', [b'{"id":1}']),
        (b'{"status":"SUCCESS","total":3}', [b'{"status":"SUCCESS","total":3}']),
        (b'{"status":"publish","data":[1]}', [b'{"status":"publish","data":[1]}']),
        (b'{"status":200,"x":1}', [b'{"status":200,"x":1}']),
        (b'{"code":"X1","price":2}', [b'{"code":"X1","price":2}']),
        (b'{"message":"Welcome"}', [b'{"message":"Welcome"}']),
        (b'{"a":"\\ud83d"}', [b'{"a":"\\ud83d"}']),
        (b'{"a":1,"b":"\\ud83d","a":2}', [b'{"a":1,"b":"\\ud83d","a":2}']),
        (
            b'{"status":"SUCCESS","data":[{"a":"\\ud83d \\ud83d\\ude00"}]}',
            [b'{"a":"\\ud83d \\ud83d\\ude00"}'],
        ),
    ],
)
def test_a_single_answer_is_kept_as_sent_and_its_rows_are_counted(body, rows):
    answer = single(InProcessSite(always(200, body)))

    is_wrapped = body[:1] == b"{" and answer.is_list
    assert (
        body[body.index(b"[") : body.rindex(b"]") + 1] == stored(answer)
        if is_wrapped
        else (stored(answer) == body)
    )
    assert [bytes(row).strip() for row in answer.first] == rows
    assert answer.rows == len(rows)


def test_a_byte_order_mark_is_not_stored():
    answer = single(InProcessSite(always(200, b'\xef\xbb\xbf[{"id":1}]')))

    assert bytes(answer.body) == b'[{"id":1}]'


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{}", "an error or an empty object"),
        (
            b' { "x" : 1, "code":"rest_no_route","message":"Hush"}',
            r"an error or an empty object .*\(rest_no_route\)",
        ),
        (
            b'{"code":"x","message":"Hush","data":{"status":404}}',
            r"an error or an empty object .*\(x\)",
        ),
        (b'{"status":"ERROR","error":"Hush"}', "an error or an empty object"),
        (b'{"status":"error"}', "an error or an empty object"),
        (b'{"status":"SUCCESS","data":"Hush"}', "object or scalar"),
        (b'{"status":"SUCCESS","data":{"id":1}}', "object or scalar"),
        (b'{"status":"SUCCESS","data":[1]}', "array whose values are not objects"),
        (b"null", "object or scalar"),
        (b"false", "object or scalar"),
        (b"0", "object or scalar"),
        (b'"Hush: unknown column"', "object or scalar"),
        (b"Hush", "not JSON from byte 0 on"),
        (b"[1,2]", "array whose values are not objects"),
        (b'["hush"]', "array whose values are not objects"),
        (b"[[]]", "array whose values are not objects"),
        (b"", "empty body"),
        (b"<html>Hush</html>", "web page"),
        (b'<br />Notice: hush[{"id":1}]', "web page"),
        (b'[{"id":1}', "not JSON"),
        (b'{"a":1', "not JSON"),
        (b'{"a":1}hush', "not JSON"),
        (b'{"a":1}{"b":2}', "not JSON"),
        (b'{"a":NaN}', "not JSON"),
        (b'{"a":"\xff"}', "not UTF-8"),
        (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply"),
    ],
)
@pytest.mark.parametrize("route", [PLUGIN, POSTS])
def test_an_answer_without_data_is_refused_and_not_quoted(body, reason, route):
    with pytest.raises(MalformedAnswer, match=reason) as refusal:
        InProcessSite(always(200, body)).read(route)

    assert "hush" not in str(refusal.value).lower()


FULL_PAGE = json.dumps([{"slug": f"item-{number}"} for number in range(1, 101)]).encode()


@pytest.mark.parametrize(
    ("refusal", "is_the_end"),
    [
        (b'{"code":"rest_post_invalid_page_number","message":"","data":{"status":400}}', True),
        (b"<html>Request blocked</html>", False),
        (b'{"success":false}', False),
    ],
)
def test_only_wordpress_can_say_that_no_page_follows(refusal, is_the_end):
    def answers(request: Request) -> Answer:
        if request.query.get("page", "1") == "1":
            return Answer(200, JSON, FULL_PAGE)
        return Answer(400, JSON, refusal)

    world = InProcessSite(answers)

    if is_the_end:
        assert single(world, POSTS).rows == 100
    else:
        with pytest.raises(UnexpectedStatus, match="HTTP 400"):
            world.read(POSTS)


def test_a_plugins_route_is_requested_once_and_unchanged():
    world = InProcessSite(site=SampleSite({"posts": 150}))
    answer = single(world)

    assert answer.rows == 150
    assert world.requests == [PLUGIN]


@pytest.mark.parametrize("route", ["types", "taxonomies", "statuses"])
def test_a_wordpress_route_with_one_object_is_a_single_answer(route):
    answer = single(InProcessSite(), f"/wp-json/wp/v2/{route}")

    assert isinstance(json.loads(bytes(answer.body)), dict)
    assert answer.rows == 1


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, AccessDenied), (403, AccessDenied), (404, RouteNotFound), (400, UnexpectedStatus)],
)
@pytest.mark.parametrize("route", [PLUGIN, POSTS])
def test_a_refusal_is_raised(status, error, route):
    world = InProcessSite(always(status))

    with pytest.raises(error):
        world.read(route)

    assert len(world.requests) == 1


def test_a_missing_route_is_named_in_the_error():
    with pytest.raises(RouteNotFound, match="rest_no_route"):
        InProcessSite().read("/wp-json/wp/v2/nothing")


# Collections.


def without_headers(
    answers: Callable[[Request], Answer], *names: str
) -> Callable[[Request], Answer]:
    def shortened(request: Request) -> Answer:
        answer = answers(request)
        kept = {name: text for name, text in answer.headers.items() if name not in names}
        return Answer(answer.status, kept, answer.body)

    return shortened


def changed(request: Request, **query: str) -> Request:
    return Request(request.method, request.path, {**request.query, **query}, request.headers)


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 250])
@pytest.mark.parametrize("collection", ["posts", "comments", "tags", "categories"])
def test_a_collection_is_read_completely_and_in_order_of_id(collection, count):
    site = SampleSite({"posts": 1, collection: count})

    assert InProcessSite(site=site).ids(f"/wp-json/wp/v2/{collection}") == site.readable_ids(
        collection
    )


def test_the_items_of_a_collection_are_the_bytes_that_the_site_sent():
    site = SampleSite({"posts": 150}, volatile=False)
    items = InProcessSite(site=site).read(POSTS)
    assert isinstance(items, list)
    one_by_one = [site.answer(Request.parse("GET", f"{POSTS}?include={i.id}")) for i in items]

    assert [b"[" + bytes(item.raw) + b"]" for item in items] == [one.body for one in one_by_one]


def test_a_collection_of_another_namespace_is_recognized_by_its_total():
    site = SampleSite({"posts": 150})
    world = InProcessSite(site=site)
    world.adapter.answers = lambda request: site.answer(
        Request(request.method, POSTS, request.query, request.headers)
    )

    assert world.ids("/wp-json/tribe/v1/events") == site.readable_ids("posts")
    assert world.requests[0] == "/wp-json/tribe/v1/events"


@pytest.mark.parametrize("count", [1, 99, 100, 101, 250])
def test_a_collection_is_read_completely_if_a_cache_drops_its_totals(count):
    site = SampleSite({"posts": count})
    world = InProcessSite(without_headers(site.answer, "X-WP-Total", "X-WP-TotalPages", "Link"))
    reading = world.read(POSTS)
    rows = reading.rows if isinstance(reading, SingleAnswer) else reading

    assert [row.id for row in rows] == site.readable_ids("posts")


@pytest.mark.parametrize("count", [50, 100, 101, 250])
@pytest.mark.parametrize("hidden", [0, 3])
def test_a_collection_is_read_completely_behind_a_byte_order_mark(count, hidden):
    """A PHP file that begins with a byte order mark sends it before the status and the headers."""
    site = SampleSite({"posts": count})
    for item in site.readable_ids("posts")[:hidden]:
        site.hide("posts", item)
    world = InProcessSite(lambda request: Answer(200, {}, BOM + site.answer(request).body))

    assert world.ids(POSTS) == site.readable_ids("posts")


@pytest.mark.parametrize("total", ["", "many", "-1", "1e3", "\xb2", "9" * 30])
def test_an_invalid_total_is_ignored(total):
    site = SampleSite({"posts": 150})

    def answers(request: Request) -> Answer:
        answer = site.answer(request)
        return Answer(answer.status, {**answer.headers, "X-WP-Total": total}, answer.body)

    assert InProcessSite(answers).ids(POSTS) == site.readable_ids("posts")


@pytest.mark.parametrize("id_style", ["int", "string"])
def test_ids_may_be_strings(id_style):
    site = SampleSite({"posts": 120}, id_style=id_style)

    assert InProcessSite(site=site).ids(POSTS) == site.readable_ids("posts")


def test_a_collection_without_ids_is_read_if_it_has_one_page():
    items = InProcessSite(site=SampleSite({"posts": 99}, id_style="absent")).read(POSTS)

    assert isinstance(items, list)
    assert len(items) == 99


@pytest.mark.parametrize("fields", ["", "?_fields=title"])
def test_a_collection_without_ids_is_refused_if_it_has_more_pages(fields):
    site = SampleSite({"posts": 101}, id_style="absent" if not fields else "int")

    with pytest.raises(CompletenessNotProven, match="without an id; keep id in _fields"):
        InProcessSite(site=site).read(POSTS + fields)


def in_order_of(orderby: str, site: SampleSite) -> Callable[[Request], Answer]:
    """Answer like a site that ignores `orderby=id`."""
    return lambda request: site.answer(changed(request, orderby=orderby))


def test_a_single_unsorted_page_is_sorted():
    site = SampleSite({"posts": 60})

    assert InProcessSite(in_order_of("title", site)).ids(POSTS) == site.readable_ids("posts")


def test_several_unsorted_pages_are_read_by_number():
    site = SampleSite({"posts": 150})

    assert InProcessSite(in_order_of("title", site)).ids(POSTS) == site.readable_ids("posts")


def test_a_page_with_an_id_twice_is_refused():
    body, headers = b'[{"id":1},{"id":2},{"id":1}]', {"X-WP-Total": "3", "X-WP-TotalPages": "1"}

    with pytest.raises(CompletenessNotProven, match="repeat the id or content of another: 1;"):
        InProcessSite(always(200, body, headers)).read(POSTS)


@pytest.mark.parametrize("count", [5, 45])
def test_a_route_that_applies_only_page_and_tells_no_total_is_refused_if_it_has_more_pages(count):
    def answers(request: Request) -> Answer:
        return fields(request, items(count)[10 * number(request, "page", 1) - 10 :][:10])

    world, route = InProcessSite(answers), "/wp-json/wp/v2/things"

    if count == 5:
        assert world.ids(route) == [1, 2, 3, 4, 5]
    else:
        with pytest.raises(CompletenessNotProven, match="only a page of the rows came: 10 rows"):
            world.read(route)


@pytest.mark.parametrize("collection", ["posts", "comments", "categories"])
@pytest.mark.parametrize("answered", [1, 2, 3])
def test_a_site_whose_database_fails_in_the_middle_is_refused(collection, answered):
    """WordPress then answers 200 with no rows and a total of 0."""
    site, left = SampleSite({"posts": 1, collection: 450}), [True] * answered

    def answers(request: Request) -> Answer:
        return site.answer(request) if left and left.pop() else Answer(200, NOTHING, b"[]")

    with pytest.raises(CompletenessNotProven, match="then said that it has none"):
        InProcessSite(answers).read(f"/wp-json/wp/v2/{collection}")


# Sites that limit the page size.


@pytest.mark.parametrize("most", [50, 20, 10])
@pytest.mark.parametrize("collection", ["posts", "categories"])
def test_smaller_pages_are_requested_if_a_site_refuses_large_ones(most, collection):
    site = SampleSite({collection: 120}, max_per_page=most)

    assert InProcessSite(site=site).ids(f"/wp-json/wp/v2/{collection}") == site.readable_ids(
        collection
    )


def capped(site: SampleSite, most: int) -> Callable[[Request], Answer]:
    """Answer like a site that caps the page size silently."""

    def answers(request: Request) -> Answer:
        if int(request.query.get("per_page", 10)) > most:
            request = changed(request, per_page=str(most))
        return site.answer(request)

    return answers


@pytest.mark.parametrize("most", [10, 20, 25, 30, 50, 60])
@pytest.mark.parametrize("count", [9, 31, 64, 95, 100, 101, 250])
def test_nothing_is_lost_if_a_site_caps_its_pages_silently(most, count):
    site = SampleSite({"posts": count})

    assert InProcessSite(capped(site, most)).ids(POSTS) == site.readable_ids("posts")


@pytest.mark.parametrize(
    "dropped", [["X-WP-TotalPages"], ["X-WP-Total", "X-WP-TotalPages", "Link"]]
)
@pytest.mark.parametrize("count", [9, 31, 95, 250])
@pytest.mark.parametrize("collection", ["posts", "categories"])
def test_nothing_is_lost_if_a_site_caps_its_pages_and_does_not_tell(collection, count, dropped):
    site = SampleSite({collection: count})
    world = InProcessSite(without_headers(capped(site, 10), *dropped))

    assert world.ids(f"/wp-json/wp/v2/{collection}") == site.readable_ids(collection)


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 99), st.integers(1, 260))
def test_any_silent_cap_works_with_any_collection_size(most, count):
    site = SampleSite({"tags": count})

    assert InProcessSite(capped(site, most)).ids("/wp-json/wp/v2/tags") == site.readable_ids("tags")


def refusing(site: SampleSite, *names: str) -> Callable[[Request], Answer]:
    """Answer like a route that refuses some parameters."""

    def answers(request: Request) -> Answer:
        refused = {name: "No." for name in names if name in request.query}
        if not refused:
            return site.answer(request)
        body = {"code": "rest_invalid_param", "message": "", "data": {"params": refused}}
        return Answer(400, {}, json.dumps(body).encode())

    return answers


def test_a_route_that_cannot_be_sorted_is_read_if_it_has_one_page():
    site = SampleSite({"posts": 80})
    world = InProcessSite(refusing(site, "orderby"))

    assert world.ids(POSTS) == site.readable_ids("posts")
    assert "orderby" not in world.requests[-1]


def test_a_route_that_cannot_be_sorted_is_read_by_number_if_it_has_more_pages():
    site = SampleSite({"posts": 150})

    assert InProcessSite(refusing(site, "orderby")).ids(POSTS) == site.readable_ids("posts")


def test_a_route_that_refuses_every_page_size_is_refused():
    world = InProcessSite(refusing(SampleSite({"posts": 5}), "per_page"))

    with pytest.raises(UnexpectedStatus, match="rest_invalid_param"):
        world.read(POSTS)

    assert len(world.requests) < 10


# Failing items and pages.


def breaking(
    site: SampleSite,
    is_broken: Callable[[Mapping[str, str], list[int]], bool],
    status: int = 500,
) -> Callable[[Request], Answer]:
    """Answer with an error if the query or the ids of the page match."""

    def answers(request: Request) -> Answer:
        answer = site.answer(request)
        ids = [int(found) for found in re.findall(rb'[{]"id":(\d+)', answer.body)]
        return Answer(status, {}, b"Fatal") if is_broken(request.query, ids) else answer

    return answers


@pytest.mark.parametrize("place", [0, 1, 49, 50, 99, 100, 149])
@pytest.mark.parametrize("tells_its_id", [True, False])
def test_an_item_that_makes_its_page_fail_is_named(place, tells_its_id):
    site = SampleSite({"tags": 150})
    poisoned = site.readable_ids("tags")[place]
    world = InProcessSite(
        breaking(
            site,
            lambda query, ids: (
                poisoned in ids and not (tells_its_id and query.get("_fields") == "id")
            ),
        )
    )

    named = f"item {poisoned}" if tells_its_id else f"row {place} in order of id"
    with pytest.raises(SiteUnavailable, match=rf"HTTP 500.*{named}\b"):
        world.read("/wp-json/wp/v2/tags")

    assert len(world.requests) < 60


@pytest.mark.parametrize(
    ("collection", "count", "largest"),
    [
        *[("tags", count, largest) for count in (2, 90, 250) for largest in (80, 50, 15, 3, 2)],
        *[("categories", count, 30) for count in (20, 90, 250)],
    ],
)
def test_pages_that_fail_because_of_their_size_are_read_in_smaller_ones(collection, count, largest):
    site = SampleSite({collection: count})
    answers = breaking(
        site, lambda query, ids: len(ids) > largest or int(query.get("per_page", 10)) > 3 * largest
    )

    assert InProcessSite(answers).ids(f"/wp-json/wp/v2/{collection}") == site.readable_ids(
        collection
    )


@pytest.mark.parametrize("first_row", [0, 60, 120, 200])
def test_a_large_item_that_makes_only_large_pages_fail_is_read(first_row):
    site = SampleSite({"tags": 250})
    large = site.readable_ids("tags")[first_row]
    answers = breaking(site, lambda query, ids: large in ids and len(ids) > 12)

    assert InProcessSite(answers).ids("/wp-json/wp/v2/tags") == site.readable_ids("tags")


@pytest.mark.parametrize("status", [429, 503])
def test_an_overloaded_site_does_not_get_smaller_requests(status):
    world = InProcessSite(breaking(SampleSite({"tags": 250}), lambda query, ids: True, status))

    with pytest.raises(SiteUnavailable, match=f"HTTP {status}"):
        world.read("/wp-json/wp/v2/tags")

    assert len(set(world.requests)) == 1


def test_a_site_that_always_fails_gets_few_requests():
    world = InProcessSite(always(500))

    with pytest.raises(SiteUnavailable, match="HTTP 500"):
        world.read(POSTS)

    assert len(world.requests) < 40


def test_a_site_that_never_answers_two_items_gets_few_requests():
    answers = breaking(SampleSite({"tags": 90}), lambda query, ids: query.get("per_page") != "1")
    world = InProcessSite(answers)

    with pytest.raises(SiteUnavailable, match="HTTP 500"):
        world.read("/wp-json/wp/v2/tags")

    assert len(world.requests) < 60
