"""Answers whose texts would forge log lines or put markup into the UI, each with its outcome."""

from wp_pipeline_tests.fakes.raw_server import http_answer
from wp_pipeline_tests.faults.fault_servers import Fault, refused, retried

ONLY_200 = "HTTP 400: expected HTTP 200; correct the endpoint"


def coded(name: str, what: str, code: bytes) -> Fault:
    """WordPress's error object with an error code that must not be shown."""
    body = b'{"code":"%b","message":"No.","data":{"status":400}}' % code
    reply = http_answer(body, "400 X", Content_Type="application/json")
    return refused(name, f"An error code with {what}", reply, ONLY_200)


HOSTILE = (
    coded("markup", "markup", b"<script>alert(1)</script>"),
    coded("markdown", "Markdown", b"[x](javascript:alert)"),
    coded("ansi", "a control sequence of terminals", b"\\u001b[2Jok"),
    coded("raw_ansi", "a raw control sequence of terminals", b"\x1b[2Jok"),
    coded("forged_line", "a line break", b"a\\n2026-01-01 [INFO]: posts: published"),
    coded("raw_line", "a raw line break", b"a\n2026-01-01 [INFO]: posts: published"),
    coded("long_code", "more than 64 characters", b"a" * 65),
    coded("turned_text", "a character that turns the text around", "a\u202eb".encode()),
    refused(
        "odd_redirect",
        "A redirect to a host with markup",
        http_answer(b"", "302 X", Location="http://<script>.example/"),
        "redirects to another scheme, host or port; set the endpoint to its final URL",
    ),
    refused(
        "script_redirect",
        "A redirect to a script",
        http_answer(b"", "302 X", Location="javascript:alert(1)"),
        "redirects to another scheme, host or port; set the endpoint to its final URL",
    ),
    refused(
        "odd_reason",
        "A status line and headers with control sequences",
        http_answer(b"", "410 \x1b[2J", Server="\x1b[2J<script>", Content_Type="<script>"),
        "HTTP 410: expected HTTP 200; correct the endpoint",
    ),
    retried(
        "odd_retry_after",
        "A Retry-After with markup",
        http_answer(b"", "502 X", Retry_After="<script>\x1b[2J"),
        "HTTP 502: the site failed; see its error log",
    ),
)
