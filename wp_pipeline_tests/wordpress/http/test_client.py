"""One GET: which answers are accepted, and which error every other answer raises."""

import gzip
import threading
import time
import tracemalloc
import zlib

import pytest

from wp_pipeline.wordpress.endpoints.address import Address
from wp_pipeline.wordpress.errors import (
    AccessDenied,
    AnswerTooLarge,
    Cancelled,
    DeadlineExceeded,
    MalformedAnswer,
    RouteNotFound,
    SiteError,
    SiteUnavailable,
    UnexpectedStatus,
)
from wp_pipeline.wordpress.http.cancellation import Cancellation
from wp_pipeline.wordpress.http.client import Answer, HttpClient
from wp_pipeline_tests.fakes.raw_server import RESET, chunked_answer, http_answer

BODY = b'[{"id":1},{"id":2}]'
PACKED = gzip.compress(BODY, mtime=0)


def drip(data: bytes) -> list[bytes | float]:
    return [piece for byte in data for piece in (bytes([byte]), 0.03)]


# Accepted answers.


@pytest.mark.parametrize(
    "reply",
    [
        http_answer(BODY),
        chunked_answer(BODY),
        chunked_answer(BODY[:5], BODY[5:6], BODY[6:]),
        http_answer(gzip.compress(BODY, mtime=0), Content_Encoding="gzip"),
        chunked_answer(BODY[:9], BODY[9:]),
        http_answer(zlib.compress(BODY), Content_Encoding="deflate"),
        [http_answer(BODY)[:-4], 0.02, BODY[-4:]],
        b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n" + BODY,
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + BODY,
        http_answer(BODY, Content_Type="text/html"),
    ],
    ids=[
        "length",
        "chunked",
        "chunks",
        "gzip",
        "pieces",
        "deflate",
        "late",
        "1.0",
        "close",
        "html",
    ],
)
def test_a_complete_body_with_status_200_is_returned(start, client, deadline, reply):
    answer = client.get(Address(start(reply).url), deadline)

    assert bytes(answer.body) == BODY


def test_each_of_many_origins_gets_its_own_requests(start, client, deadline):
    servers = [start(http_answer(b'[{"id":%d}]' % number)) for number in range(12)]
    orders = [*range(12), *range(12), 3, 3, 7, 3]

    for number in orders:
        answer = client.get(Address(servers[number].url), deadline)
        assert bytes(answer.body) == b'[{"id":%d}]' % number

    assert sum(len(server.requests) for server in servers) == len(orders)


def test_a_compressed_body_that_arrives_in_pieces_is_decompressed_completely(
    start, client, deadline
):
    packed = gzip.compress(BODY * 1000)
    server = start(
        [
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
            % len(packed),
            packed[:5],  # Less than the header of the gzip stream.
            0.02,
            packed[5:20],
            0.02,
            packed[20:],
        ]
    )

    assert bytes(client.get(Address(server.url), deadline).body) == BODY * 1000


def test_header_names_are_case_insensitive(start, client, deadline):
    answer = client.get(Address(start(http_answer(BODY, **{"x-wp-total": "2"})).url), deadline)

    assert answer.headers["X-WP-Total"] == "2"


def test_a_body_larger_than_the_memory_buffer_is_complete(start, client, deadline):
    body = b"[" + b" " * (20 << 20) + b"]"
    answer = client.get(
        Address(start(http_answer(gzip.compress(body, 1), Content_Encoding="gzip")).url), deadline
    )

    assert bytes(answer.body) == body


def test_a_request_has_a_user_agent_and_accepts_json(start, deadline):
    server = start(http_answer(BODY))
    HttpClient("wp-pipeline/1.0 (+https://x.test)").get(Address(f"{server.url}/a?b=c,d"), deadline)
    (head,) = server.heads

    assert head.startswith(b"GET /a?b=c,d HTTP/1.1\r\n")
    assert b"\r\nUser-Agent: wp-pipeline/1.0 (+https://x.test)\r\n" in head
    assert b"\r\nAccept: application/json, */*;q=0.1\r\n" in head
    assert b"\r\nAccept-Encoding: gzip, deflate\r\n" in head
    assert b"uthorization" not in head
    assert b"ookie" not in head


def test_the_repr_of_an_answer_does_not_show_its_content(start, client, deadline):
    answer = client.get(
        Address(start(http_answer(b'[{"a":"hush"}]', X_Token="hush")).url), deadline
    )

    assert isinstance(answer, Answer)
    assert "hush" not in repr(answer)


# Refused answers.


def wordpress_error(code: str, status: int) -> bytes:
    return b'{"code":"%b","message":"Hush.","data":{"status":%d}}' % (code.encode(), status)


@pytest.mark.parametrize(
    ("status", "body", "headers", "error", "words"),
    [
        ("401 X", wordpress_error("rest_forbidden_context", 401), {}, AccessDenied,
         ["HTTP 401 rest_forbidden_context", "wants a login", "credentials"]),
        ("401 X", b"<html>hush", {}, AccessDenied, ["HTTP 401", "wants a login"]),
        ("403 X", wordpress_error("rest_forbidden", 403), {}, AccessDenied,
         ["HTTP 403 rest_forbidden", "this user may not read it"]),
        ("403 X", b'{"status":"ERROR","code":403,"error":"HUSH"}', {}, AccessDenied, ["HTTP 403:"]),
        ("403 X", b"<html>hush", {"CF_RAY": "8f-FRA", "Content_Type": "text/html"}, AccessDenied,
         ["HTTP 403", "Cloudflare", "User-Agent"]),
        ("403 X", wordpress_error("rest_forbidden", 403),
         {"CF_RAY": "8f-FRA", "Content_Type": "application/json"}, AccessDenied,
         ["HTTP 403 rest_forbidden", "this user may not read it"]),
        ("202 Accepted", b"<html>hush", {"SG_Captcha": "challenge", "Content_Type": "text/html"},
         AccessDenied, ["HTTP 202", "SiteGround's captcha"]),
        ("404 X", wordpress_error("rest_no_route", 404), {}, RouteNotFound,
         ["HTTP 404 rest_no_route", "does not serve this route"]),
        ("404 X", b"<html>hush", {}, RouteNotFound, ["HTTP 404:"]),
        ("202 Accepted", BODY, {}, UnexpectedStatus, ["HTTP 202", "expected HTTP 200"]),
        ("201 Created", BODY, {}, UnexpectedStatus, ["HTTP 201"]),
        ("206 Partial Content", BODY, {}, UnexpectedStatus, ["HTTP 206"]),
        ("204 No Content", b"", {}, UnexpectedStatus, ["HTTP 204"]),
        ("304 Not Modified", b"", {}, UnexpectedStatus, ["HTTP 304"]),
        ("301 Moved", b"", {}, UnexpectedStatus, ["HTTP 301"]),
        ("400 X", wordpress_error("rest_post_invalid_page_number", 400), {}, UnexpectedStatus,
         ["HTTP 400 rest_post_invalid_page_number"]),
        ("410 Gone", b"", {}, UnexpectedStatus, ["HTTP 410"]),
        ("418 Teapot", b'{"code":"Hush, or <b>not</b>"}', {}, UnexpectedStatus, ["HTTP 418:"]),
        ("408 X", b"", {}, SiteUnavailable, ["HTTP 408"]),
        ("429 X", b"", {}, SiteUnavailable, ["HTTP 429"]),
        ("500 X", wordpress_error("internal_server_error", 500), {}, SiteUnavailable,
         ["HTTP 500 internal_server_error"]),
        ("500 X", BODY, {}, SiteUnavailable, ["HTTP 500"]),
        ("503 X", b"<html>hush", {"CF_RAY": "8f-FRA"}, SiteUnavailable, ["HTTP 503"]),
        ("522 X", b"", {}, SiteUnavailable, ["HTTP 522"]),
        ("599 X", b"", {}, SiteUnavailable, ["HTTP 599"]),
    ],
)  # fmt: skip
def test_every_other_status_raises_its_error_without_quoting_the_body(
    start, client, deadline, status, body, headers, error, words
):
    with pytest.raises(error) as refusal:
        client.get(Address(start(http_answer(body, status, **headers)).url), deadline)

    message = str(refusal.value)
    assert [word for word in words if word not in message] == []
    assert "hush" not in message.lower()


def test_a_temporary_failure_keeps_status_and_retry_after(start, client, deadline):
    with pytest.raises(SiteUnavailable) as failure:
        client.get(Address(start(http_answer(b"", "429 Slow", Retry_After="17")).url), deadline)

    assert (failure.value.status, failure.value.retry_after) == (429, "17")


INVALID = (
    b'{"code":"rest_invalid_param","message":"Hush.","data":{"status":400,"params":'
    b'{"per_page":"must be between 1 and 50","orderby":"no"}}}'
)


@pytest.mark.parametrize(
    "reply",
    [
        http_answer(INVALID, "400 Bad Request"),
        http_answer(gzip.compress(INVALID, mtime=0), "400 Bad Request", Content_Encoding="gzip"),
        chunked_answer(INVALID[:30], INVALID[30:], status="400 Bad Request"),
        [http_answer(INVALID, "400 Bad Request")[:-40], 0.05, INVALID[-40:]],
    ],
    ids=["whole", "gzip", "chunks", "pieces"],
)
def test_refused_parameters_are_read_from_every_form_of_error(start, client, deadline, reply):
    with pytest.raises(UnexpectedStatus) as refusal:
        client.get(Address(start(reply).url), deadline)

    assert refusal.value.status == 400
    assert refusal.value.refused_parameters == {"per_page", "orderby"}


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b'{"data":null}', b'{"data":{"params":null}}', b"<html>"]
)
def test_an_error_without_parameter_names_has_no_refused_parameters(start, client, deadline, body):
    with pytest.raises(UnexpectedStatus) as refusal:
        client.get(Address(start(http_answer(body, "400 Bad Request")).url), deadline)

    assert refusal.value.refused_parameters == set()


@pytest.mark.parametrize(
    ("status", "error"),
    [("503 X", SiteUnavailable), ("403 X", AccessDenied), ("404 X", RouteNotFound)],
)
@pytest.mark.parametrize("broken", ["does not decompress", "is cut off", "stalls"])
def test_the_status_decides_the_error_even_if_the_body_is_broken(
    start, deadline, status, error, broken
):
    reply = {
        "does not decompress": http_answer(b"hush", status, Content_Encoding="gzip"),
        "is cut off": http_answer(b"", status, length=100),
        "stalls": [http_answer(b"", status, length=100), 10.0],
    }[broken]

    with pytest.raises(error, match=f"HTTP {status[:3]}"):
        HttpClient("tests", timeout=0.2).get(Address(start(reply).url), deadline)


# Redirects.


@pytest.mark.parametrize("status", ["301 X", "302 X", "303 X", "307 X", "308 X"])
@pytest.mark.parametrize("location", ["/b/?c=d,e", "{url}/b/?c=d,e", "b/?c=d,e"])
def test_a_redirect_within_the_origin_is_followed(start, client, deadline, status, location):
    server = start(http_answer(BODY))
    server.replies.insert(
        0, http_answer(b"<html>", status, Location=location.format(url=server.url))
    )

    assert bytes(client.get(Address(f"{server.url}/a"), deadline).body) == BODY
    assert server.requests == ["/a", "/b/?c=d,e"]


@pytest.mark.parametrize("location", ["/bücher/", "/b%C3%BCcher/", "{url}/bücher/"])
def test_a_redirect_may_name_its_path_in_utf_8(start, client, deadline, location):
    server = start(http_answer(BODY))
    target = location.format(url=server.url).encode()
    server.replies.insert(
        0, http_answer(b"", "301 X", Location="x").replace(b": x", b": " + target)
    )

    assert bytes(client.get(Address(f"{server.url}/a"), deadline).body) == BODY
    assert server.requests == ["/a", "/b%C3%BCcher/"]


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:{other}/hush",
        "http://localhost:{own}/hush",
        "https://127.0.0.1:{own}/hush",
        "//127.0.0.1:{other}/hush",
        "http://127.0.0.1:{own}@127.0.0.1:{other}/hush",
        "ftp://127.0.0.1:{own}/hush",
        "mailto:hush",
        "file:///hush",
    ],
)
def test_a_redirect_to_another_origin_is_refused_and_not_requested(
    start, client, deadline, location
):
    server, other = start(http_answer(BODY)), start(http_answer(BODY))
    address = location.format(own=server.port, other=other.port)
    server.replies.insert(0, http_answer(b"", "302 Found", Location=address))

    with pytest.raises(UnexpectedStatus, match="another scheme, host or port") as refusal:
        client.get(Address(f"{server.url}/a"), deadline)

    assert (server.requests, other.requests) == (["/a"], [])
    assert "hush" not in str(refusal.value)


@pytest.mark.parametrize(
    "location", ["http://[", "http://127.0.0.1:99999/", "http://127.0.0.1:hush/", "http://[::1/"]
)
def test_a_redirect_to_an_invalid_url_is_refused(start, client, deadline, location):
    with pytest.raises(UnexpectedStatus) as refusal:
        client.get(Address(start(http_answer(b"", "302 Found", Location=location)).url), deadline)

    assert "hush" not in str(refusal.value)


@pytest.mark.parametrize("location", ["", "/a", "/b"])
def test_a_redirect_loop_is_refused_after_a_few_requests(start, client, deadline, location):
    server = start(http_answer(b"", "302 Found", Location=location))

    with pytest.raises(UnexpectedStatus, match="redirects in a loop"):
        client.get(Address(f"{server.url}/a"), deadline)

    assert len(server.heads) <= 10


def test_the_body_of_a_redirect_is_not_read_completely(start, client):
    server = start(http_answer(BODY))
    dripping = http_answer(b"", "302 Found", length=999, Location="/b")
    server.replies.insert(0, [dripping, *drip(b" " * 99)])

    assert bytes(client.get(Address(f"{server.url}/a"), Cancellation(1)).body) == BODY


# Incomplete answers, and no answer.

MIDWAY = "cut off|broke midway"


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (http_answer(BODY, length=len(BODY) + 1), MIDWAY),
        (http_answer(b"", length=10), MIDWAY),
        (http_answer(PACKED[:-9], length=999, Content_Encoding="gzip"), MIDWAY),
        (chunked_answer(BODY, ended=False), MIDWAY),
        (chunked_answer(ended=False), MIDWAY),
        ([chunked_answer()[0], b"ff\r\n" + BODY], MIDWAY),
        ([chunked_answer()[0], b"xyz\r\n" + BODY], MIDWAY),
        (b"", "refused or reset"),
        (b"Hush, this is no HTTP.\r\n\r\n", "is not HTTP"),
        (b"\x00\x01\x02", "is not HTTP"),
    ],
    ids=["length", "no byte", "gzip", "chunks", "no chunk", "half a chunk", "no chunk size",
         "hang-up", "no HTTP", "noise"],
)  # fmt: skip
def test_an_incomplete_answer_is_a_retryable_failure(start, client, deadline, reply, reason):
    with pytest.raises(SiteUnavailable, match=reason) as failure:
        client.get(Address(start(reply).url), deadline)

    assert failure.value.status == 0
    assert "hush" not in str(failure.value).lower()


@pytest.mark.parametrize(
    "body",
    [b"hush", gzip.compress(BODY, mtime=0)[:-8] + b"hushhush"],
    ids=["no gzip", "wrong checksum"],
)
def test_a_body_that_cannot_be_decompressed_is_refused(start, client, deadline, body):
    with pytest.raises(MalformedAnswer, match="does not decompress"):
        client.get(Address(start(http_answer(body, Content_Encoding="gzip")).url), deadline)


def test_a_refused_connection_is_a_retryable_failure(start, client, deadline):
    server = start(http_answer(BODY))
    server.stop()

    with pytest.raises(SiteUnavailable, match="refused or reset"):
        client.get(Address(server.url), deadline)


def test_a_server_that_does_not_speak_tls_is_named_in_the_error(start, client, deadline):
    server = start(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with pytest.raises(SiteUnavailable, match="TLS"):
        client.get(Address(f"https://127.0.0.1:{server.port}/"), deadline)


@pytest.mark.parametrize(
    "reply",
    [
        [10.0],
        [b"HTTP/1.1 200 OK\r\n", 10.0],
        [http_answer(b"", length=10), 10.0],
        [http_answer(b"[", length=10), 10.0],
        [chunked_answer(b"[")[0], b"1\r\n[\r\n", 10.0],
        [http_answer(gzip.compress(BODY, mtime=0)[:5], length=99, Content_Encoding="gzip"), 10.0],
    ],
    ids=["nothing", "half a head", "no body", "half a body", "a chunk", "gzip"],
)
def test_a_stalled_server_is_given_up_after_the_timeout(start, deadline, reply):
    server, began = start(reply), time.monotonic()

    with pytest.raises(SiteUnavailable, match=r"no answer in time|stopped midway"):
        HttpClient("tests", timeout=0.2).get(Address(server.url), deadline)

    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    "reply",
    [
        [http_answer(b"", length=999), *drip(b"[" + b" " * 99)],
        [chunked_answer()[0], *drip(b"1\r\n \r\n" * 20)],
    ],
    ids=["length", "chunks"],
)
def test_a_body_sent_byte_by_byte_is_given_up_at_the_deadline(start, client, reply):
    server, began = start(reply), time.monotonic()

    with pytest.raises(DeadlineExceeded, match=r"took longer than 0\.3 s"):
        client.get(Address(server.url), Cancellation(0.3))

    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 " + b"O" * 99,
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 99,
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 30,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 9,
    ],
    ids=["status", "one header", "headers", "continue"],
)
def test_headers_sent_byte_by_byte_are_given_up_at_the_deadline(start, client, head):
    server, began = start(drip(head)), time.monotonic()

    with pytest.raises(DeadlineExceeded, match=r"took longer than 0\.3 s"):
        client.get(Address(server.url), Cancellation(0.3))

    assert time.monotonic() - began < 1


def test_the_slow_body_of_an_error_is_not_read_until_the_deadline(start, client, monkeypatch):
    monkeypatch.setattr("wp_pipeline.wordpress.http.client.SECONDS_FOR_AN_ERROR_BODY", 0.2)
    server = start([http_answer(b"", "404 Not Found", length=9999), *drip(b" " * 999)])
    began = time.monotonic()

    with pytest.raises(RouteNotFound):
        client.get(Address(server.url), Cancellation(60))

    assert time.monotonic() - began < 2


def test_no_request_is_sent_after_the_deadline(start, client):
    server = start(http_answer(BODY))

    with pytest.raises(DeadlineExceeded):
        client.get(Address(server.url), Cancellation(0))

    assert server.heads == []


def test_the_deadline_ends_the_wait_for_a_server(start):
    server, began = start([10.0]), time.monotonic()

    with pytest.raises(SiteError):
        HttpClient("tests", timeout=30).get(Address(server.url), Cancellation(0.2))

    assert time.monotonic() - began < 2


# Whether a smaller page may help.


@pytest.mark.parametrize(
    "reply",
    [
        *(http_answer(b"", f"{status} X") for status in (408, 500, 502, 504, 507, 508, 524)),
        http_answer(b"<title>503 Request Timeout</title>", "503 X"),
        b"",
        [RESET],
        http_answer(b"<title>508 Resource Limit Is Reached</title>", "503 X"),
        [10.0],
        [http_answer(b"[", length=10), 10.0],
        http_answer(BODY, length=99),
        chunked_answer(BODY, ended=False),
        http_answer(b"hush", Content_Encoding="gzip"),
    ],
)
def test_a_smaller_page_may_help_where_the_answer_was_too_heavy(start, deadline, reply):
    with pytest.raises(SiteError) as failure:
        HttpClient("tests", timeout=0.2).get(Address(start(reply).url), deadline)

    assert failure.value.smaller_page_may_help


@pytest.mark.parametrize("status", ["401 X", "403 X", "404 X", "400 X", "429 X", "503 X"])
def test_a_smaller_page_does_not_help_otherwise(start, client, deadline, status):
    with pytest.raises(SiteError) as failure:
        client.get(Address(start(http_answer(b"", status)).url), deadline)

    assert not failure.value.smaller_page_may_help


# Limits.


@pytest.mark.parametrize(("size", "is_refused"), [(1000, False), (1001, True), (5000, True)])
def test_a_body_may_be_as_large_as_the_limit_but_not_larger(start, deadline, size, is_refused):
    client, server = HttpClient("tests", largest_body=1000), start(http_answer(b" " * size))

    if is_refused:
        with pytest.raises(AnswerTooLarge, match="larger than 1,000 bytes"):
            client.get(Address(server.url), deadline)
    else:
        assert len(client.get(Address(server.url), deadline).body) == size


def test_the_limit_applies_to_the_decompressed_body(start, deadline):
    server = start(http_answer(gzip.compress(b" " * 5000), Content_Encoding="gzip"))

    with pytest.raises(AnswerTooLarge):
        HttpClient("tests", largest_body=1000).get(Address(server.url), deadline)


def gzip_bomb(gigabytes: int) -> bytes:
    """Return gigabytes of spaces, compressed to a megabyte each."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    start = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b" " * (1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return start + block * (gigabytes * 1024)


def test_a_decompression_bomb_is_refused_before_it_fills_the_memory(start, deadline):
    server = start(http_answer(gzip_bomb(1), Content_Encoding="gzip"))
    client = HttpClient("tests", largest_body=32 << 20)
    tracemalloc.start()
    try:
        with pytest.raises(AnswerTooLarge):
            client.get(Address(server.url), deadline)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 64 << 20


# Cancellation.


def test_no_request_is_sent_after_a_cancellation(start, client, deadline):
    server = start(http_answer(BODY))
    deadline.cancel()

    with pytest.raises(Cancelled):
        client.get(Address(server.url), deadline)

    assert server.heads == []


@pytest.mark.parametrize(
    "reply",
    [
        [http_answer(b"", length=999), *drip(b" " * 99)],
        [http_answer(b"", length=999), 10.0],
        [10.0],
    ],
    ids=["drips", "stalls", "says nothing"],
)
def test_a_cancellation_ends_a_running_request_and_a_pause(start, client, deadline, reply):
    server = start(reply)
    threading.Timer(0.15, deadline.cancel).start()
    began = time.monotonic()

    with pytest.raises(Cancelled):
        client.get(Address(server.url), deadline)
    with pytest.raises(Cancelled):
        deadline.wait(10)

    assert time.monotonic() - began < 1
