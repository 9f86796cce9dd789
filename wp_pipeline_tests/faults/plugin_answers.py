"""Answers of plugins, caches and firewalls: each is read whole, or refused.

Rows of the table "Answers" in docs/faults.md; test_answers.py runs every one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from wp_pipeline.settings import Settings
from wp_pipeline_tests.fakes.api_sites import (
    Answers,
    advertising,
    all_at_once,
    always,
    always_bytes,
    answer,
    by_number,
    events_calendar,
    fields,
    gravity_forms,
    growing,
    hanging_up,
    heavy_above,
    items,
    losing_its_last_page,
    newest_from_a_cache,
    one_after_another,
    page_of_a_list,
    refusing_pages_above,
    sends_at_most,
    sends_at_most_and_tells_other_pages,
    silent_for,
    total_capped_at,
    total_of_the_page,
    window,
    with_envelope,
    with_hidden,
    without_totals,
    wordpress,
    wordpress_com,
)

POSTS = "/wp-json/wp/v2/posts"
PLUGIN = "/wp-json/mo/v1/rows_q7hzv3nk"
BROWSER = "; open the endpoint in a browser to see what it says"
ERROR = f"HTTP 200 with an error or an empty object instead of data{BROWSER}"
NO_LIST = f"HTTP 200 with a JSON object or scalar where items are expected{BROWSER}"
NO_ROWS = (
    "the site sent no rows; the stored object is kept."
    " If that is right, add the endpoint to WP_PIPELINE_MAY_BE_EMPTY"
)
NO_QUERY = (
    "the rows are not in the order that was requested, and there is no X-WP-Total: the query does"
    " not arrive; exclude /wp-json/ from the cache in front of the site"
)
ONCE_NO_QUERY = NO_QUERY.replace(
    "the query does not arrive",
    "another answer has one, so that a cache gave this one without the query",
)
SAME_ROWS = (
    "every request gets the same rows, and there is no X-WP-Total: the query does not arrive;"
    " exclude /wp-json/ from the cache in front of the site"
)
NO_SECOND_PAGE = (
    "only a page of the rows came: 100 rows, not in order of id, and no X-WP-Total; check what"
    " drops the site's headers"
)
PROVEN, COUNTED, SINGLE = "proven", "counted", "single answer"


@dataclass(frozen=True)
class AnswerCase:
    """What a site answers, after an extraction from `before` if there is one.

    It is published with these `rows` (their `id`, or all of a row) and this `completeness`, or
    refused with this `message`.
    """

    name: str
    what: str
    answers: Answers
    route: str = POSTS
    before: Answers | None = None
    rows: Sequence[Any] | None = None
    completeness: str = PROVEN
    message: str = ""
    settings: Settings = field(default_factory=Settings)

    @property
    def outcome(self) -> str:
        if self.rows is None:
            return "Refused"
        return "Published" if self.completeness == PROVEN else f"Published, {self.completeness}"


def drop(found: str, stored: str, name: str) -> str:
    return (
        f"{found} where {stored} stored; the stored object is kept. If that is right, accept it"
        f" for one run: --accept-drop {name}, or accept_drop: [{name}] in the launchpad or in"
        " Lambda's event"
    )


def refused(name: str, what: str, answers: Answers, message: str, **more: Any) -> AnswerCase:
    return AnswerCase(name, what, answers, message=message, **more)


def whole(name: str, what: str, answers: Answers, rows: Sequence[Any], **more: Any) -> AnswerCase:
    return AnswerCase(name, what, answers, rows=rows, **more)


RAW = [{"ID": str(n), "a": "x"} for n in range(1, 196)]
FORMER = always(RAW)
RATES = {"currency": "EUR", "rates": {"USD": 1.1}}
IMUNIFY = {
    "message": "Access denied by Imunify360 bot-protection. IPs used for automation should be"
    " whitelisted"
}


def error(name: str, what: str, value: Any, code: str = "", **more: Any) -> AnswerCase:
    message = ERROR.replace("data;", f"data ({code});") if code else ERROR
    return refused(name, what, always(value), message, **{"route": PLUGIN, **more})


ERRORS = (
    error("bot_wall", '`{"message":"Access denied by … bot-protection. …"}`', IMUNIFY),
    error("bot_wall_on_posts", "The same on a route of WordPress", IMUNIFY, route=POSTS),
    error("nonce", '`{"success":false,"data":"Invalid nonce"}`',
          {"success": False, "data": "Invalid nonce"}),
    error("wp_error", '`{"errors":{"no_access":["Sorry"]},"error_data":{…}}`',
          {"errors": {"no_access": ["Sorry"]}, "error_data": {"no_access": 403}}),
    error("list_of_errors", '`{"errors":[{"code":…,"message":…}]}`',
          {"errors": [{"code": "a", "message": "Sorry"}]}),
    error("error_true", '`{"error":true,"msg":"…"}`', {"error": True, "msg": ".."}),
    error("status_fail", '`{"status":"fail","data":null}`', {"status": "fail", "data": None}),
    error("error_in_a_list", '`[{"code":"rest_forbidden","message":"Sorry","data":{…}}]`',
          [{"code": "rest_forbidden", "message": "Sorry", "data": {"status": 403}}],
          "rest_forbidden"),
    error("status_403", '`{"status":403,"message":"Forbidden"}`',
          {"status": 403, "message": "Forbidden"}),
    error("problem", 'RFC 9457: `{"type":…,"title":…,"status":503,"detail":…}`',
          {"type": "about:blank", "title": "Busy", "status": 503, "detail": "Later"}),
    error("oauth", '`{"error":"invalid_token","error_description":"…"}`',
          {"error": "invalid_token", "error_description": "Sorry"}, "invalid_token"),
    error("graphql_error", '`{"errors":[…],"data":null}`',
          {"errors": [{"message": "Sorry"}], "data": None}),
    error("ok_false", '`{"ok":false,"reason":"…"}`', {"ok": False, "reason": "quota"}),
    error("result_error", '`{"result":"error","errorMessage":"…"}`',
          {"result": "error", "errorMessage": "no"}),
    error("spanish", 'An error in another language: `{"message":"Acceso denegado"}`',
          {"message": "Acceso denegado"}),
    error("nested_error", 'An error in an object: `{"response":{"status":"error",…}}`',
          {"response": {"status": "error", "message": "x"}}),
    error("error_beside_nothing", '`{"error":"…","items":[]}`', {"error": "busy!", "items": []}),
    error("failure_beside_rows", '`{"success":false,"posts":[…]}`: perhaps only some of the rows',
          {"success": False, "posts": items(3)}),
    whole("log", "Rows of a log, each with a code and a message of an error",
          always([{"code": "E1", "message": "Login failed", "date": "2024-01-01"}]),
          [{"code": "E1", "message": "Login failed", "date": "2024-01-01"}], route=PLUGIN,
          completeness=SINGLE),
    whole("code_of_success", '`{"code":200,"message":"success","data":[…]}`',
          always({"code": 200, "message": "success", "data": items(3)}), range(1, 4),
          route=PLUGIN, completeness=SINGLE),
    error("markup_in_a_code", "Markup and control characters in an error's code",
          {"code": "<script>\x1b[2J\n2026 ERROR forged", "message": "x"}),
    refused("object_on_posts", "Any other object where WordPress has a collection",
            always({"plan": "pro", "seats": {"used": 3}}), NO_LIST),
    whole("greeting", '`{"message":"Welcome"}`: no error', always({"message": "Welcome"}),
          [{"message": "Welcome"}], route=PLUGIN, completeness=SINGLE),
)  # fmt: skip

FALLS = (
    refused("one_of_250", "1 row where 250 are stored", wordpress(items(1)),
            drop("1 row", "250 rows are", "one_of_250"), before=wordpress(items(250))),
    refused("object_for_rows", "An object that nobody thought of, where 195 rows are stored",
            always({"hint": "x", "extra": {"a": 1}}),
            drop("one object", "a list of 195 rows is", "object_for_rows"),
            route=PLUGIN, before=FORMER),
    refused("object_for_one_row", "The same where one row is stored", always({"hint": {"a": 1}}),
            drop("one object", "a list of 1 row is", "object_for_one_row"),
            route=PLUGIN, before=always(RAW[:1])),
    refused("notice_for_object", "A notice that nobody thought of, where an object is stored",
            always({"maintenance": True, "hint": "Back soon"}),
            drop("only values with other names", "an object is", "notice_for_object"),
            route=PLUGIN, before=always(RATES)),
    refused("notice_for_a_few_rows", "The same as a row, where 5 rows are stored",
            always([{"hint": "Back soon"}]),
            drop("only values with other names", "a list of 5 rows is", "notice_for_a_few_rows"),
            route=PLUGIN, before=always(RAW[:5])),
    whole("member_removed", "An object whose member is replaced",
          always({"currency": "EUR", "count": 2}), [{"currency": "EUR", "count": 2}],
          route=PLUGIN, before=always(RATES), completeness=SINGLE),
    whole("next_year", "An object with years as names, in another year",
          always({"2026": {"a": 1}}), [{"2026": {"a": 1}}], route=PLUGIN,
          before=always({"2025": {"b": 1}}), completeness=SINGLE),
    whole("next_day", "An object with dates as names, on another day", always({"2026-11-27": 5}),
          [{"2026-11-27": 5}], route=PLUGIN, before=always({"2026-11-26": 4}), completeness=SINGLE),
    refused("half_of_195", "Fewer than half of the stored rows", always(RAW[:97]),
            drop("97 rows", "195 rows are", "half_of_195"), route=PLUGIN, before=FORMER),
    whole("half_of_a_few", "Fewer than half, but of a few", always(RAW[:4]), RAW[:4],
          route=PLUGIN, before=always(RAW[:13]), completeness=SINGLE),
    whole("more_than_half", "More than half of the stored rows", always(RAW[:98]), RAW[:98],
          route=PLUGIN, before=FORMER, completeness=SINGLE),
    whole("sparse_list", 'A list that PHP wrote as an object: `{"0":{…},"2":{…}}`',
          always({str(n): row for n, row in enumerate(RAW) if n != 1}), RAW[:1] + RAW[2:],
          route=PLUGIN, before=FORMER, completeness=SINGLE),
    whole("wrapped_sparse_list", 'The same in an object: `{"data":{"0":{…},"2":{…}}}`',
          always({"data": {str(n): row for n, row in enumerate(RAW) if n != 1}}),
          RAW[:1] + RAW[2:], route=PLUGIN, before=FORMER, completeness=SINGLE),
    whole("by_year", "An object with years as names is no list", always({"2025": {"a": 1}}),
          [{"2025": {"a": 1}}], route=PLUGIN, completeness=SINGLE),
)  # fmt: skip

TWO_FIFTY = wordpress(items(250))
PAGING = (
    whole("page_in_the_url", "`?per_page=100&page=2` in the endpoint's URL", TWO_FIFTY,
          range(1, 251), route=f"{POSTS}?per_page=100&page=2"),
    whole("offset_in_the_url", "`?offset=100`", TWO_FIFTY, range(1, 251),
          route=f"{POSTS}?offset=100"),
    whole("page_of_a_plugin", "`?page=3` of a plugin's route with X-WP-Total", TWO_FIFTY,
          range(1, 251), route=f"{PLUGIN}?page=3"),
    whole("envelope", "`?_envelope`", with_envelope(TWO_FIFTY), range(1, 251),
          route=f"{POSTS}?_envelope"),
    whole("envelope_of_a_plugin", "`?_envelope=1` of a plugin's route", with_envelope(TWO_FIFTY),
          range(1, 251), route=f"{PLUGIN}?_envelope=1"),
)  # fmt: skip

EVENTS = "/wp-json/tribe/events/v1/events"
UNORDERED = [{"id": (n * 7) % 211 + 1, "name": f"a{n}"} for n in range(150)]
FORM_ENTRIES = [{"id": str(n), "1": "x"} for n in range(1, 53)]
COM_POSTS = [{"ID": n, "title": "x"} for n in range(1, 151)]
REPORT = [{"order_id": n, "total": 5} for n in range(1, 251)]
SEARCH = [
    {"id": n % 80, "type": "post" if n < 80 else "term", "title": f"No. {n}"} for n in range(150)
]


def only_a_page(came: str, reason: str) -> str:
    return (
        f"only a page of the rows came: {came}, and {reason};"
        " add a parameter to the endpoint's URL that sends all rows at once"
    )


SAME_PAGE = (
    "only a page of the rows came: 10 of 45, and the next page holds the same ones; add a"
    " parameter to the endpoint's URL that sends all rows at once, or exclude the route from caches"
)
NOT_SORTED = "more than one page, and the site does not sort them by id; check its plugins"
AGAIN = "run again when the site is quieter; if this comes again, check its plugins"
OTHERS_BEHIND = (
    "the site counts 100 rows, and sends others behind them: rows were added, or a plugin counts"
    f" those of a page only; {AGAIN}"
)
REPEATED = "rows that repeat the id or content of another"
WRAPPED = (
    whole("events", "The Events Calendar: `{\"events\":[…],\"total\":35,…}`",
          events_calendar(items(35), most=10), range(1, 36), route=EVENTS, completeness=COUNTED),
    refused("no_events", "The same without events", events_calendar([]), NO_ROWS, route=EVENTS),
    whole("like_events", "The same of a plugin that nobody knows",
          events_calendar(items(35), "things"), range(1, 36), route=PLUGIN, completeness=COUNTED),
    whole("form_entries", "Gravity Forms: `{\"total_count\":52,\"entries\":[…]}`",
          gravity_forms(FORM_ENTRIES), range(1, 53), route="/wp-json/gf/v2/entries",
          completeness=COUNTED),
    whole("wordpress_com", "WordPress.com v1.1: `{\"found\":150,\"posts\":[…]}`",
          wordpress_com(COM_POSTS), COM_POSTS, route="/rest/v1.1/sites/x.test/posts",
          completeness=COUNTED),
    refused("graphql", "GraphQL: `pageInfo.hasNextPage`",
            always({"data": {"posts": {"nodes": items(10), "pageInfo": {"hasNextPage": True}}}}),
            only_a_page("10 rows", "no total and page number are known for it"), route=PLUGIN),
    refused("next_link", "`Link: rel=\"next\"` and no total",
            page_of_a_list(items(45), 10, follows_page=True),
            only_a_page("10 rows", "no total and page number are known for it"), route=PLUGIN),
    whole("total_count", "`Link: rel=\"next\"` and `X-Total-Count: 45`",
          page_of_a_list(items(45), 10, follows_page=True, X_Total_Count=45), range(1, 46),
          route=PLUGIN, completeness=COUNTED),
    whole("wc_total", "`X-WC-Total: 45` and `X-WC-TotalPages: 5`",
          page_of_a_list(items(45), 10, follows_page=True, X_WC_Total=45, X_WC_TotalPages=5),
          range(1, 46), route=PLUGIN, completeness=COUNTED),
    refused("same_page", "`X-Total-Count: 45`, and every page is the first one",
            page_of_a_list(items(45), 10, follows_page=False, X_Total_Count=45), SAME_PAGE,
            route=PLUGIN),
    refused("has_more", "`{\"items\":[…],\"has_more\":true}`",
            always({"items": items(10), "has_more": True}),
            only_a_page("10 rows", "no total and page number are known for it"), route=PLUGIN),
    refused("two_lists", "A page of rows beside another list, and a total",
            always({"posts": items(10), "categories": items(2), "total_posts": "1,300"}),
            only_a_page("an object", "no total and page number are known for it"), route=PLUGIN),
    refused("not_the_last_page", "`{\"rows\":[…],\"is_last_page\":false}`",
            always({"rows": items(10), "is_last_page": False}),
            only_a_page("10 rows", "no total and page number are known for it"), route=PLUGIN),
    refused("page_of_an_object", "A page of rows in an object with data of its own",
            always({"id": 7, "name": "Shop", "reviews": items(10), "total_pages": 4}),
            only_a_page("an object", "no total and page number are known for it"), route=PLUGIN),
    whole("own_list", "An object with a list of its own is one object",
          always({"id": 7, "name": "Shop", "reviews": items(2)}), [7], route=PLUGIN,
          completeness=SINGLE),
    whole("wrapped_in_two", "`{\"success\":true,\"data\":{\"posts\":[…]}}`",
          always({"success": True, "data": {"posts": items(3)}}), range(1, 4), route=PLUGIN,
          completeness=SINGLE),
    refused("empty_wrapper", "`{\"success\":true,\"data\":[]}`",
            always({"success": True, "data": []}), NO_ROWS, route=PLUGIN,
            before=always({"success": True, "data": items(3)})),
    refused("null_in_a_wrapper", "`{\"success\":true,\"data\":null}`",
            always({"success": True, "data": None}), NO_ROWS, route=PLUGIN),
    refused("empty_rows", "`{\"rows\":[],\"generated_at\":\"…\"}`",
            always({"rows": [], "generated_at": "2026-01-01"}), NO_ROWS, route=PLUGIN),
)  # fmt: skip

UNSORTED = (
    whole("buddypress", "BuddyPress: pages in an order of its own", by_number(UNORDERED),
          sorted(row["id"] for row in UNORDERED), route="/wp-json/buddypress/v1/members",
          completeness=COUNTED),
    whole("search", "`wp/v2/search`: posts and terms with the same ids", by_number(SEARCH),
          sorted(row["id"] for row in SEARCH), route="/wp-json/wp/v2/search",
          completeness=COUNTED),
    whole("analytics", "`wc-analytics`: rows without an id", by_number(REPORT), REPORT,
          route="/wp-json/wc-analytics/reports/orders", completeness=COUNTED),
    whole("moves_once", "A total that changes while pages are read: once more",
          growing(1, items),
          range(1, 251), route="/wp-json/buddypress/v1/groups", completeness=COUNTED),
    whole("loses_its_last_page", "The last page is gone when it is requested, with 404: once more",
          losing_its_last_page(items(101), events_calendar), range(1, 101), route=EVENTS,
          completeness=COUNTED),
    refused("always_moves", "The same, three times",
            growing(99, items),
            f"the site counted 250 rows, and then 251; {AGAIN}",
            route="/wp-json/buddypress/v1/groups"),
    refused("total_of_the_page", "A plugin tells as the total how many rows its page has",
            total_of_the_page(lambda request: answer(window(request, UNORDERED))), OTHERS_BEHIND,
            route="/wp-json/buddypress/v1/members"),
    refused("total_of_the_page_on_posts", "The same on a route of WordPress",
            total_of_the_page(lambda request: answer(window(request, UNORDERED))), OTHERS_BEHIND),
    refused("short_pages_without_totals", "At most 20 rows a page, and a cache drops the headers",
            lambda request: answer(window(request, UNORDERED, most=20)),
            "only a page of the rows came: 20 rows, and no total is told; check what drops the"
            " site's headers", route="/wp-json/buddypress/v1/members"),
    whole("no_totals_of_members", "All rows in one short page, and a cache drops the headers",
          lambda request: answer(window(request, UNORDERED[:60])),
          [row["id"] for row in UNORDERED[:60]], route="/wp-json/buddypress/v1/members",
          completeness=SINGLE),
    whole("only_page", "A route that applies nothing but `page`, with rows in order of id",
          page_of_a_list(items(45), 10, follows_page=True, X_WP_Total=45), range(1, 46),
          route=PLUGIN, completeness=COUNTED),
    whole("only_page_of_pages", "The same, and it tells the number of pages",
          page_of_a_list(items(45), 10, follows_page=True, X_WP_Total=45, X_WP_TotalPages=5),
          range(1, 46), route=PLUGIN, completeness=COUNTED),
    refused("hidden_and_unsorted", "A route that can't be sorted by id counts a hidden row",
            with_hidden(5, by_number(items(60))),
            f"rows that came: 59, but the site counts 60; {AGAIN}"),
    refused("repeated_ids", "A plugin sends two rows with one id, in pages of their own order",
            by_number([*UNORDERED, *items(1, 7)]), f"{REPEATED}: 1; {AGAIN}",
            route="/wp-json/buddypress/v1/members"),
    refused("repeated_ids_on_posts", "The same on a route of WordPress, on the first page",
            wordpress(items(7) + items(144, 7)), f"{REPEATED}: 1; {AGAIN}"),
    refused("repeated_ids_later", "The same, on the second page",
            wordpress(items(120) + items(131, 120)),
            "more than one page, and a page has two rows with one id; check the site's plugins"),
    refused("in_groups", "A plugin sorts by group, then by id; the last row of a page is hidden",
            with_hidden(300, wordpress(items(100, 201) + items(150))), NOT_SORTED),
    refused("advertised", "A plugin appends the same row to each page", advertising(items(500)),
            NOT_SORTED),
    whole("all_by_name", "All 150 rows in one page, in order of name",
          always(UNORDERED, X_WP_Total=150, X_WP_TotalPages=1),
          sorted(row["id"] for row in UNORDERED), completeness=COUNTED),
    whole("all_by_id", "All 150 rows in one page, in order of id",
          always(items(150), X_WP_Total=150, X_WP_TotalPages=1), range(1, 151)),
)  # fmt: skip

SIXTY = wordpress(items(60))
TEMPLATES = [{"id": f"theme//t{n}", "slug": f"t{n}"} for n in range(9, 0, -1)]
NOTES = items(9)[::-1]
CACHES = (
    refused("newest_from_a_cache", "A cache ignores the query and drops the headers",
            newest_from_a_cache(items(250)), NO_QUERY),
    refused("once_from_a_cache", "The same, for the first request only",
            one_after_another(newest_from_a_cache(items(60)), SIXTY), ONCE_NO_QUERY),
    refused("unordered_from_a_cache", "The same, in no order of id", always(UNORDERED[25:35]),
            NO_QUERY),
    refused("ascending_from_a_cache", "The same, and the ten rows happen to be in order of id",
            always(items(10)), SAME_ROWS),
    refused("one_row_from_a_cache", "The same, and somebody asked for one row",
            always(items(1)), SAME_ROWS),
    refused("ids_from_a_cache", "The same, and somebody asked for nothing but an id",
            always([{"id": 7}]), SAME_ROWS),
    refused("newest_ids_from_a_cache", "The same, and for the ids of the newest rows",
            always([{"id": 9}, {"id": 7}]), NO_QUERY),
    whole("no_totals", "A cache drops the headers of each page",
          without_totals(250, items(250)), range(1, 251)),
    whole("hidden_without_a_total", "The same, and a few rows at the end are hidden",
          without_totals(200, items(250)), range(1, 201)),
    refused("all_hidden_without_a_total", "The same, and more than a page of rows",
            without_totals(200, items(350)),
            "more than a page of hidden rows at the end, and no X-WP-Total; check what drops the"
            " site's headers"),
    whole("shipping_zones", "Shipping zones: in order of id, all at once, no total",
          all_at_once(items(3)), range(1, 4), route="/wp-json/wc/v3/shipping/zones"),
    whole("templates", "Templates: text ids, no total", always(TEMPLATES), TEMPLATES,
          route="/wp-json/wp/v2/templates", completeness=SINGLE),
    whole("order_notes", "Order notes: newest first, all at once, no total", always(NOTES),
          [row["id"] for row in NOTES], route="/wp-json/wc/v3/orders/5/notes",
          completeness=SINGLE),
    refused("order_ignored", "A cache that ignores the order and drops the headers",
            lambda request: fields(request, window(request, items(250)[::-1])), NO_SECOND_PAGE),
    refused("no_ids", "A full page of rows without ids, and no headers",
            lambda request: answer(window(request, [{"a": n} for n in range(250)])),
            NO_SECOND_PAGE),
    refused("capped_total", "`X-WP-Total: 1000` for ever, of 1,300 rows",
            total_capped_at(1000, items(1300)),
            "the site counts 1,000 rows and does not send those that follow, up to id 1300: a"
            " search plugin or a cache limits it; exclude the REST API there"),
)  # fmt: skip

HALF_AND_ERROR = b'[{"id":1},{"id":2<p>There has been a critical error on this website.</p>'
OUT_OF_MEMORY = b"<br />\n<b>Fatal error</b>:  Allowed memory size of 67108864 bytes exhausted"
CRITICAL_ERROR = {
    "code": "internal_server_error",
    "message": "<p>There has been a critical error on this website.</p>",
    "data": {"status": 500},
}
HEAVY = (
    whole("empty_if_large", "200 without a body above 20 items a page",
          heavy_above(20, SIXTY, always_bytes(b"")), range(1, 61)),
    whole("half_if_large", "200 with half the JSON and an error page",
          heavy_above(20, SIXTY, always_bytes(HALF_AND_ERROR)), range(1, 61)),
    whole("fatal_if_large", "200 with PHP's fatal error",
          heavy_above(20, SIXTY, always_bytes(OUT_OF_MEMORY)), range(1, 61)),
    whole("limit_if_large", "503 `Resource Limit Is Reached`",
          heavy_above(20, SIXTY, always_bytes(b"<h1>Resource Limit Is Reached</h1>", 503)),
          range(1, 61)),
    whole("silence_if_large", "No answer within WP_PIPELINE_TIMEOUT above 20 items a page",
          heavy_above(20, SIXTY, silent_for(0.5)), range(1, 61), settings=Settings(timeout=0.25)),
    whole("critical_error_if_large", "200 with WordPress's critical error as JSON",
          heavy_above(20, SIXTY, always(CRITICAL_ERROR)), range(1, 61)),
    whole("false_if_large", "200 with `false`, which a failed `json_encode` leaves",
          heavy_above(20, SIXTY, always(False)), range(1, 61)),
    whole("fatal_if_large_by_number", "PHP's fatal error on a route that can't be sorted by id",
          heavy_above(20, by_number(items(60)), always_bytes(OUT_OF_MEMORY)), range(1, 61),
          route="/wp-json/buddypress/v1/members", completeness=COUNTED),
    whole("one_by_one", "One row a page, whatever is asked for",
          lambda request: sends_at_most(1, request, items(20)), range(1, 21),
          completeness=COUNTED),
    whole("fewer_than_told", "50 rows of 80, and the number of pages follows from 100 a page",
          sends_at_most_and_tells_other_pages(50, items(80)), range(1, 81)),
    whole("few_of_told", "10 rows of 250, and the same",
          sends_at_most_and_tells_other_pages(10, items(250)), range(1, 251)),
    whole("timeout_if_large", "408 above 20 items a page",
          heavy_above(20, SIXTY, always_bytes(b"", 408)), range(1, 61)),
    whole("litespeed_if_large", "503 `Request Timeout` of LiteSpeed",
          heavy_above(20, SIXTY, always_bytes(b"<title>503 Request Timeout", 503)),
          range(1, 61)),
    whole("hangs_up_if_large", "The connection is closed without an answer above 20 items a page",
          heavy_above(20, SIXTY, hanging_up), range(1, 61)),
    whole("five_at_most", "400 above 5 items a page", refusing_pages_above(5, SIXTY),
          range(1, 61)),
    whole("one_at_most", "400 above 1 item a page", refusing_pages_above(1, SIXTY), range(1, 61),
          completeness=COUNTED),
    whole("three_at_most", "400 above 3 items a page", refusing_pages_above(3, SIXTY),
          range(1, 61)),
)  # fmt: skip

ANSWER_CASES: Mapping[str, tuple[AnswerCase, ...]] = {
    "An error with status 200": ERRORS,
    "Far fewer rows than are stored": FALLS,
    "Paging in the endpoint's URL": PAGING,
    "Rows in a page of an object, and pages that are only named": WRAPPED,
    "Routes that can't be sorted by id": UNSORTED,
    "Caches and search plugins": CACHES,
    "Pages that are too heavy": HEAVY,
}
ALL_ANSWER_CASES = tuple(case for cases in ANSWER_CASES.values() for case in cases)
