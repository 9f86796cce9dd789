"""Faults and unusual behaviour of sites, each with its outcome.

docs/faults.md is generated from this table, and test_site.py runs every row.
"""

import gzip
import json
import zlib
from collections.abc import Callable, Mapping

from sample_site.messages import Answer, Request
from sample_site.site import SampleSite
from wp_pipeline_tests.fakes.in_process_site import Answers
from wp_pipeline_tests.fakes.raw_server import RESET, chunked_answer, http_answer
from wp_pipeline_tests.faults.block_pages import BLOCK_PAGES
from wp_pipeline_tests.faults.compression import HEADERS
from wp_pipeline_tests.faults.fault_servers import (
    BUSY_DAY,
    GOOD,
    HASTY,
    MARK,
    RAW,
    ROWS,
    Fault,
    collection,
    nowhere,
    published,
    raw,
    refused,
    retried,
    within,
)
from wp_pipeline_tests.faults.hostile_answers import HOSTILE
from wp_pipeline_tests.faults.tls import TLS

HTML = b"<!DOCTYPE html><title>Maintenance</title>"
JSON = {"Content_Type": "application/json; charset=UTF-8"}
BOMB = zlib.compress(b"[" + b" " * (8 << 20) + b"]", 9)
DEEP = b'[{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}]"
ODD_JSON = b'[{"ID":1,"ID":2,"a":"\\ud83d","b":1e999,"c":123456789012345678901234567890}]'

BROWSER = "; open the endpoint in a browser to see what it says"
UNREACHABLE = "; check that the site is up and accepts connections from this machine"
REFUSED = "the connection was refused or reset" + UNREACHABLE
CUT_OFF = "the answer was cut off; if it always is, see the site's error log"
SLOW = "no answer in time; run again later, or raise WP_PIPELINE_TIMEOUT"
STOPPED = "the answer stopped midway; run again later"
LATE = "took longer than 2 s; raise WP_PIPELINE_DEADLINE to allow it"
LARGE = "the body is larger than 1,048,576 bytes; raise WP_PIPELINE_LARGEST_BODY to allow it"
WEB_PAGE = (
    "HTTP 200 with a web page instead of JSON: a login, captcha or maintenance page,"
    f" or PHP notices{BROWSER}"
)
NO_DATA = f"HTTP 200 with an error or an empty object instead of data{BROWSER}"
NO_ARRAY = f"HTTP 200 with a JSON object or scalar where items are expected{BROWSER}"
SCALARS = f"HTTP 200 with an array whose values are not objects{BROWSER}"
NO_ROWS = (
    "the site sent no rows; the stored object is kept."
    " If that is right, add the endpoint to WP_PIPELINE_MAY_BE_EMPTY"
)
BROTLI = b"\x0b\x02\x80hello\x03"
ELSEWHERE = "redirects to another scheme, host or port; set the endpoint to its final URL"
ONLY_200 = ": expected HTTP 200; correct the endpoint"
NO_ROUTE = ": the site does not serve this route; correct the endpoint"
LOGIN = ": the site wants a login; set credentials or correct them"
FORBIDDEN = ": this user may not read it; grant the permission or remove the endpoint"
FAILED = ": the site failed; see its error log"
BUSY = ": the site is overloaded or under maintenance; run again later"


def drip(data: bytes) -> list[bytes | float]:
    return [piece for byte in data for piece in (bytes([byte]), 0.05)]


def error(code: str, status: int) -> bytes:
    body = {"code": code, "message": f"No {RAW}.", "data": {"status": status}}
    return json.dumps(body).encode()


def refusal(status: str, code: str = "", **headers: str) -> bytes:
    body = error(code, int(status[:3])) if code else HTML
    kind = JSON if code else {"Content_Type": "text/html"}
    return http_answer(body, status, **{**kind, **headers})


def answer(body: bytes, **headers: str) -> bytes:
    return http_answer(body, **{**JSON, **headers})


CONNECTION = (
    retried("nobody_there", "Nobody listens at the port", nowhere(), REFUSED),
    retried(
        "unknown_host",
        "The host's name does not resolve",
        nowhere(f"http://{MARK}.invalid"),
        "the host name cannot be resolved; correct the endpoint",
    ),
    retried("hangs_up", "The site closes the connection without an answer", b"", REFUSED),
    retried("resets", "The connection is reset", [RESET], REFUSED),
    retried(
        "no_http",
        "The answer is not HTTP",
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        "the answer is not HTTP; check scheme and port of the endpoint",
    ),
    retried(
        "no_tls",
        "https, but the port speaks http",
        lambda stack: raw(b"HTTP/1.1 400 X\r\n\r\n")(stack).replace("http:", "https:"),
        "TLS could not be established; check that the port is https",
    ),
    within(
        HASTY, retried("silent", "The site accepts the connection and sends nothing", [9.0], SLOW)
    ),
    within(
        HASTY,
        retried("half_a_head", "The headers stop midway", [b"HTTP/1.1 200 OK\r\nX: ", 9.0], SLOW),
    ),
    within(
        HASTY,
        retried(
            "stalls", "The body stops midway", [http_answer(ROWS[:9], length=99), 9.0], STOPPED
        ),
    ),
    within(
        BUSY_DAY,
        refused(
            "drips_headers",
            "The headers come byte by byte, past the deadline",
            drip(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 999),
            LATE,
        ),
    ),
    within(
        BUSY_DAY,
        refused(
            "drips",
            "The body comes byte by byte, past the deadline",
            [http_answer(b"", length=999), *drip(b" " * 999)],
            LATE,
        ),
    ),
    retried(
        "cut_length",
        "Fewer bytes than Content-Length announces",
        http_answer(ROWS, length=999),
        CUT_OFF,
    ),
    retried(
        "cut_chunks", "A chunked body without its end", chunked_answer(ROWS, ended=False), CUT_OFF
    ),
    refused(
        "brotli",
        "brotli, which was not asked for",
        http_answer(BROTLI, Content_Encoding="br"),
        "HTTP 200, compressed in another way than was asked for; correct the cache or CDN in front"
        " of the site, which ignores Accept-Encoding",
    ),
    retried(
        "cut_gzip",
        "A gzip body without its end",
        http_answer(gzip.compress(ROWS, mtime=0)[:-9], length=999, Content_Encoding="gzip"),
        CUT_OFF,
    ),
)

STATUS = (
    retried(
        "critical_error",
        "500: WordPress's critical error",
        refusal("500 X", "internal_server_error"),
        f"HTTP 500 internal_server_error{FAILED}",
    ),
    retried("bad_gateway", "502, a page of the web server", refusal("502 X"), f"HTTP 502{FAILED}"),
    retried("maintenance", "503, with or without Retry-After", refusal("503 X"), f"HTTP 503{BUSY}"),
    retried("too_slow", "504, a page of the web server", refusal("504 X"), f"HTTP 504{FAILED}"),
    retried("cloudflare", "520 and 524 of Cloudflare", refusal("520 X"), f"HTTP 520{FAILED}"),
    retried(
        "origin",
        "521 to 523 of Cloudflare",
        refusal("522 X"),
        "HTTP 522: Cloudflare can't reach the site; check that it is up and lets Cloudflare in",
    ),
    retried(
        "asked_too_much",
        "429, with or without Retry-After",
        refusal("429 X", Retry_After="0"),
        "HTTP 429: too many requests for the site; lower WP_PIPELINE_CONCURRENCY",
    ),
    refused(
        "come_back_later",
        "429, with a Retry-After beyond WP_PIPELINE_LONGEST_WAIT",
        refusal("429 X", Retry_After="Fri, 31 Dec 2100 23:59:59 GMT"),
        "HTTP 429: the site asks to wait until 2100-12-31 23:59:59 UTC,"
        " longer than WP_PIPELINE_LONGEST_WAIT (120 s); run again then",
    ),
    refused(
        "login_wanted",
        "401 of WordPress",
        refusal("401 X", "rest_forbidden_context"),
        f"HTTP 401 rest_forbidden_context{LOGIN}",
    ),
    refused("password_wanted", "401 of the web server", refusal("401 X"), f"HTTP 401{LOGIN}"),
    refused(
        "forbidden",
        "403 of WordPress",
        refusal("403 X", "rest_forbidden"),
        f"HTTP 403 rest_forbidden{FORBIDDEN}",
    ),
    refused(
        "no_route",
        "404 of WordPress",
        refusal("404 X", "rest_no_route"),
        f"HTTP 404 rest_no_route{NO_ROUTE}",
    ),
    refused("not_found", "404 of the web server", refusal("404 X"), f"HTTP 404{NO_ROUTE}"),
    refused("accepted", "202 with rows", http_answer(ROWS, "202 X"), f"HTTP 202{ONLY_200}"),
    refused("no_content", "204", http_answer(b"", "204 X"), f"HTTP 204{ONLY_200}"),
    refused("partial", "206", http_answer(ROWS, "206 X"), f"HTTP 206{ONLY_200}"),
    refused("not_modified", "304", http_answer(b"", "304 X"), f"HTTP 304{ONLY_200}"),
    refused(
        "bad_request",
        "400",
        refusal("400 X", "rest_invalid_param"),
        f"HTTP 400 rest_invalid_param{ONLY_200}",
    ),
    refused("gone", "410 and every other status", refusal("410 X"), f"HTTP 410{ONLY_200}"),
)


def changing(change: Callable[[Request, Answer], Answer]) -> Callable[[SampleSite], Answers]:
    """Change the answers of the site."""
    return lambda site: lambda request: change(request, site.answer(request))


def forgetting(request: Request, found: Answer) -> Answer:
    return Answer(301, {"Location": request.path}, b"") if request.query else found


REDIRECTS = (
    published(
        "moved",
        "A redirect within the same scheme, host and port",
        raw(http_answer(b"", "301 X", Location="/wp-json/moved"), GOOD),
        ROWS,
    ),
    refused(
        "moved_away",
        "A redirect to another scheme, host or port",
        http_answer(b"", "302 X", Location=f"https://other.example/{MARK}"),
        ELSEWHERE,
    ),
    refused(
        "seems_to_stay",
        "A redirect that looks like the same host, but is not: `http://other.example\\@the.host/`",
        raw(
            lambda host: http_answer(b"", "302 X", Location=f"http://other.example\\@{host}/{MARK}")
        ),
        ELSEWHERE,
    ),
    refused(
        "forgets",
        "A redirect that drops `page`, `per_page` or another query parameter",
        collection(120, changing(forgetting)),
        "redirects and drops query parameters; set the endpoint to its final URL",
    ),
    refused(
        "circle",
        "A redirect loop",
        http_answer(b"", "302 X", Location=RAW),
        "redirects in a loop; correct the endpoint",
    ),
    refused(
        "moved_nowhere",
        "A redirect to something that is no URL",
        http_answer(b"", "302 X", Location="http://["),
        "redirects to something that is no URL; correct the endpoint",
    ),
    refused(
        "no_location",
        "A redirect without a Location",
        http_answer(b"", "301 X"),
        f"HTTP 301{ONLY_200}",
    ),
)

BODY = (
    published("bom", "A byte order mark before the JSON", answer(b"\xef\xbb\xbf" + ROWS), ROWS),
    published(
        "wrong_type",
        "JSON with the Content-Type text/html",
        http_answer(ROWS, Content_Type="text/html"),
        ROWS,
    ),
    published(
        "wrapped",
        '`{"status":"SUCCESS","data":[…]}`, as a plugin wraps its rows',
        answer(b'{"status":"SUCCESS","data":%b}' % ROWS),
        ROWS,
    ),
    published("an_object", "One object", answer(b'{"name":"Lantern"}'), b'{"name":"Lantern"}'),
    published("gzip", "gzip", answer(gzip.compress(ROWS, mtime=0), Content_Encoding="gzip"), ROWS),
    published("deflate", "deflate", answer(zlib.compress(ROWS), Content_Encoding="deflate"), ROWS),
    published("chunks", "Chunks", chunked_answer(ROWS[:3], ROWS[3:]), ROWS),
    published("http_1_0", "HTTP/1.0", b"HTTP/1.0 200 OK\r\n\r\n" + ROWS, ROWS),
    published(
        "spaces",
        "White space before and after",
        answer(b"\r\n " + ROWS + b" \n"),
        b"\r\n " + ROWS + b" \n",
    ),
    published(
        "odd_json", "Lone surrogates, duplicate keys, huge numbers", answer(ODD_JSON), ODD_JSON
    ),
    refused("web_page", "A web page", http_answer(HTML, Content_Type="text/html"), WEB_PAGE),
    refused(
        "web_page_as_json",
        "A web page with the Content-Type application/json",
        answer(HTML),
        WEB_PAGE,
    ),
    refused(
        "php_notice",
        "PHP notices before the JSON",
        answer(b"<br />\n<b>Notice</b>" + ROWS),
        WEB_PAGE,
    ),
    refused(
        "text_before",
        "Text before the JSON",
        answer(b"NULL\n" + ROWS),
        f"HTTP 200 with a body that is not JSON from byte 0 on{BROWSER}",
    ),
    refused(
        "text_after",
        "Text after the JSON",
        answer(ROWS + b"done"),
        f"HTTP 200 with a body that is not JSON from byte 24 on{BROWSER}",
    ),
    refused(
        "half",
        "Incomplete JSON in a complete body",
        answer(ROWS[:-5]),
        f"HTTP 200 with a body that is not JSON at its end{BROWSER}",
    ),
    refused("nothing", "No body", answer(b""), f"HTTP 200 with an empty body{BROWSER}"),
    refused("no_rows", "No rows: `[]`", answer(b"[]"), NO_ROWS),
    refused(
        "no_wrapped_rows", "No rows, wrapped", answer(b'{"status":"SUCCESS","data":[]}'), NO_ROWS
    ),
    refused("empty_object", "`{}`", answer(b"{}"), NO_DATA),
    refused(
        "error_as_200",
        "WordPress's error object with status 200",
        answer(error("x", 404)),
        NO_DATA.replace("data;", "data (x);"),
    ),
    refused("plugin_error", '`{"status":"ERROR"}`', answer(b'{"status":"ERROR"}'), NO_DATA),
    refused("null", "`null`", answer(b"null"), NO_ARRAY),
    refused("false", "`false`", answer(b"false"), NO_ARRAY),
    refused("number", "A number", answer(b"42"), NO_ARRAY),
    refused("string", "A string", answer(b'"Table not found"'), NO_ARRAY),
    refused("scalars", "An array of scalars", answer(b"[1,2]"), SCALARS),
    refused(
        "nan",
        "`NaN` or `Infinity`",
        answer(b'[{"a":NaN}]'),
        f"HTTP 200 with a body that is not JSON from byte 6 on{BROWSER}",
    ),
    refused(
        "latin_1",
        "Not UTF-8",
        answer(b'[{"a":"\xe9"}]'),
        f"HTTP 200 with bytes that are not UTF-8{BROWSER}",
    ),
    refused(
        "deep", "Nested too deeply", answer(DEEP), f"HTTP 200 with JSON nested too deeply{BROWSER}"
    ),
    refused("large", "Larger than WP_PIPELINE_LARGEST_BODY", answer(b" " * (2 << 20)), LARGE),
    refused(
        "bomb",
        "A decompression bomb: larger than that, once decompressed",
        answer(BOMB, Content_Encoding="deflate"),
        LARGE,
    ),
)


def asking(**query: str) -> Callable[[SampleSite], Answers]:
    """Answer as if other parameters had been requested."""

    def asked(request: Request) -> Request:
        return Request(request.method, request.path, {**request.query, **query}, request.headers)

    return lambda site: lambda request: site.answer(asked(request))


def capping_the_last(site: SampleSite) -> Answers:
    asked_for_ten = asking(per_page="10")(site)
    return lambda request: (asked_for_ten if "offset" in request.query else site.answer)(request)


def hiding(site: SampleSite) -> Answers:
    site.hide("posts", site.publish("posts"))
    return site.answer


def total(message: str) -> Callable[[Request, Answer], Answer]:
    def change(request: Request, found: Answer) -> Answer:
        return Answer(found.status, {**found.headers, "X-WP-Total": message}, found.body)

    return change


def without_headers(request: Request, found: Answer) -> Answer:
    kept = {name: text for name, text in found.headers.items() if not name.startswith("X-WP-")}
    return Answer(found.status, kept, found.body)


def later(status: int, body: bytes, **headers: str) -> Callable[[Request, Answer], Answer]:
    """Replace each answer except that of the first page."""

    def change(request: Request, found: Answer) -> Answer:
        is_ascending = request.query.get("order", "asc") == "asc"
        is_first = request.query.get("offset", "0") == "0" and "page" not in request.query
        return found if is_first and is_ascending else Answer(status, headers, body)

    return change


def breaking_at(item: int) -> Callable[[Request, Answer], Answer]:
    """Fail with every page that holds one item, like a plugin that fails on it."""

    def change(request: Request, found: Answer) -> Answer:
        holds_it = found.status == 200 and item in [one["id"] for one in json.loads(found.body)]
        if holds_it and request.query.get("_fields") != "id":
            return Answer(500, {}, error("internal_server_error", 500))
        return found

    return change


COLLECTION = (
    published("total_too_high", "X-WP-Total is too high", collection(120, changing(total("500")))),
    published("total_too_low", "X-WP-Total is too low", collection(120, changing(total("7")))),
    published(
        "no_sense", "X-WP-Total is not a number", collection(120, changing(total("-1 or so")))
    ),
    published("no_total", "A cache drops X-WP-Total", collection(120, changing(without_headers))),
    published(
        "small_pages",
        "All pages are smaller than requested",
        collection(120, asking(per_page="7")),
    ),
    published(
        "one_small_page",
        "One page is smaller than requested",
        collection(120, capping_the_last),
    ),
    published(
        "hidden_rows",
        "Rows that are counted but not sent, as WordPress does with"
        " rows that a visitor may not read",
        collection(120, hiding),
    ),
    refused(
        "poisoned_item",
        "500 for every page that contains a certain item",
        collection(120, changing(breaking_at(67))),
        "HTTP 500 internal_server_error: the site fails to render item 67; repair that item",
    ),
    refused(
        "same_page",
        "Every page is the same",
        collection(300, asking(offset="0", page="1")),
        "the pages do not follow each other: the site or a cache in front of it ignores `page`;"
        " exclude /wp-json/ from the cache",
    ),
    published(
        "not_sorted",
        "Pages that are not sorted by id, although requested: they are read by number, and counted",
        collection(120, asking(orderby="title")),
    ),
    refused(
        "no_ids",
        "Pages of items without an id",
        collection(120, asking(_fields="title")),
        "more than one page of items without an id; keep id in _fields",
    ),
    refused(
        "later_web_page",
        "A later page is a web page",
        collection(120, changing(later(200, HTML))),
        WEB_PAGE,
    ),
    refused(
        "later_scalars",
        "A later page is an array of scalars",
        collection(120, changing(later(200, b"[1,2]"))),
        SCALARS,
    ),
    refused(
        "later_login",
        "A later page requires a login",
        collection(120, changing(later(401, error("rest_forbidden", 401)))),
        f"HTTP 401 rest_forbidden{LOGIN}",
    ),
)

SITE_FAULTS: Mapping[str, tuple[Fault, ...]] = {
    "Connection": CONNECTION,
    "TLS": TLS,
    "Status": STATUS,
    "Block pages": BLOCK_PAGES,
    "Redirects": REDIRECTS,
    "Headers and compression": HEADERS,
    "Hostile text": HOSTILE,
    "Body": BODY,
    "Collections": COLLECTION,
}
ALL_SITE_FAULTS = tuple(fault for faults in SITE_FAULTS.values() for fault in faults)
