"""Answers without end, or with content that is expensive to process, end at the deadline."""

import pytest

from wp_pipeline.extraction.outcomes import Refused, Stored
from wp_pipeline_tests.fuzzing.bodies import MARK, zipped
from wp_pipeline_tests.fuzzing.generated_answers import CRLF, Answer, Endless, head_of, plain_answer
from wp_pipeline_tests.fuzzing.generated_site import FuzzedWorld
from wp_pipeline_tests.fuzzing.heads import OK

PLAIN = head_of(OK, [])
CHUNKED = head_of(OK, [b"Transfer-Encoding: chunked"])
GZIP = head_of(OK, [b"Content-Encoding: gzip"])
MOVED = b"HTTP/1.1 301 Moved"
MANY = 2000
ENDLESS = {
    "status_line": (b"HTTP/1.1 200 ", b"O" * MANY),
    "continue": (b"", head_of(b"HTTP/1.1 100 Continue", []) * 20),
    "header": (OK + CRLF + b"X: ", b"x" * MANY),
    "headers": (OK + CRLF, b"X: y\r\n" * 20),
    "folded": (OK + CRLF + b"X: y", b"\r\n z" * 20),
    "body": (PLAIN, b" " * MANY),
    "rows": (PLAIN + b"[{}", b",{}" * 20),
    "chunks": (CHUNKED, b"1\r\n \r\n" * 20),
    "extension": (CHUNKED + b"1;", b"x" * MANY),
    "trailers": (CHUNKED + b"0\r\n", b"X: y\r\n" * 20),
    "name_in_gzip": (GZIP + b"\x1f\x8b\x08\x08" + bytes(6), b"x" * MANY),
    "empty_blocks": (GZIP + zipped(b"")[:10], b"\x00\x00\x00\xff\xff" * 20),
    "empty_members": (GZIP, zipped(b"") * 20),
    "behind_gzip": (GZIP + zipped(b'[{"a":1}]'), b"x" * MANY),
    "refusal": (head_of(b"HTTP/1.1 404 Not Found", []), b" " * MANY),
    "nowhere": (head_of(MOVED, [b"Location: /again_" + MARK.encode()]), b" " * MANY),
    "failure": (head_of(b"HTTP/1.1 500 X", [b"Retry-After: 0"]), b" " * MANY),
}  # fmt: skip


def test_endless_answers_are_given_up_at_the_deadline(fuzzed: FuzzedWorld) -> None:
    """All concurrently, each as an endpoint, since each one uses up its deadline."""

    def answers(head: bytes, number: int) -> Answer:
        name = head.split(b" ")[1].rpartition(b"/")[2].decode().rpartition("_")[0]
        return Answer(Endless(*ENDLESS.get(name, ENDLESS["nowhere"])))

    fuzzed.generated.respond_with(answers)
    routes = {name: f"/wp-json/mo/v1/{name}_{MARK}" for name in ENDLESS}
    found = fuzzed.extract(at_once=len(ENDLESS), **routes)

    assert [name for name in ENDLESS if not isinstance(found[name], Refused)] == []


def long_object(start: bytes = b'{"id":1') -> bytes:
    return start + b"".join(b',"name %d":%d' % (n, n) for n in range(50_000)) + b"}"


@pytest.mark.parametrize(
    ("route", "body"),
    [
        ("mo/v1/other_", long_object()),
        ("mo/v1/other_", long_object(b'{"a":"\\ud83d"')),
        ("mo/v1/other_", b'[{"title":"' + b"<" * 250_000 + b'"}]'),
        ("mo/v1/other_", b'[{"title":{"rendered":"' + b"&amp<" * 50_000 + b'"}}]'),
        ("mo/v1/other_", b'[{"a":"-shortcode ' + b"<!--[if lt IE 9]>" * 20_000 + b'"}]'),
        ("mo/v1/other_", b'[{"a":"-shortcode id=\\"video-' + b"1" * 250_000 + b'"}]'),
        ("mo/v1/other_", b"[" + b'{"a":"\\ud83d"},' * 50_000 + b"{}]"),
        ("wp/v2/categories?", b"[" + long_object(b'{"id":1,"taxonomy":"a","parent":0') + b"]"),
    ],
    ids=["members", "half", "tags", "entities", "comments", "digits", "halves", "a term's"],
)
def test_processing_time_is_linear_in_the_length(
    fuzzed: FuzzedWorld, route: str, body: bytes
) -> None:
    """The deadline ends waits, not computation, so no computation may grow faster than the body."""
    lines = [b"X-WP-Total: 1"] if route.startswith("wp/v2") else []
    fuzzed.generated.respond_with(lambda head, number: plain_answer(body, *lines))
    found = fuzzed.extract(other=f"/wp-json/{route}{MARK}")

    assert isinstance(found["other"], Stored)
