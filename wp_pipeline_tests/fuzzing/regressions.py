"""Earlier findings, tried in every run."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from hypothesis import example

from wp_pipeline_tests.fuzzing.bodies import NASTY_TEXTS
from wp_pipeline_tests.fuzzing.generated_answers import (
    KEEP,
    TOO_LATE,
    Answer,
    head_of,
    plain_answer,
)
from wp_pipeline_tests.fuzzing.heads import OTHER, OWN

Test = TypeVar("Test", bound=Callable[..., None])
ROWS = b'[{"id":1}]'
MOVED = b"HTTP/1.1 301 Moved"
BAD_REQUEST = b"HTTP/1.1 400 Bad Request"


def with_examples(cases: Mapping[str, Mapping[str, Any]]) -> Callable[[Test], Test]:
    """Also try these cases in every run."""

    def adding(test: Test) -> Test:
        for name, case in cases.items():
            test = example(**case).via(name)(test)
        return test

    return adding


def one(*answers: Answer) -> Mapping[str, Any]:
    return {"generated": list(answers)}


def nested(depth: int) -> bytes:
    return b'[{"id":1,"a":' + b"[" * depth + b"]" * depth + b"}]"


SINGLE_ANSWERS = {
    "urllib3 ends a host at a backslash, urllib.parse at the @ behind it": one(
        plain_answer(b"", b"Location: http://" + OTHER + b"\\@" + OWN + b"/", status=MOVED)
    ),
    "Python's parser of headers fails with a TypeError": one(
        plain_answer(ROWS, b"Content-Type: multipart/x; boundary*=a; boundary*0=b")
    ),
    "html.unescape makes an integer of it": one(
        plain_answer(b'[{"title":"' + NASTY_TEXTS[0].encode() + b'"}]')
    ),
    "an error that is nested too deeply": one(plain_answer(b"[" * 30_000, status=BAD_REQUEST)),
    **{
        f"{depth} deep: msgspec takes more than json does": one(plain_answer(nested(depth)))
        for depth in (985, 987, 989)
    },
}

COLLECTIONS = {
    "a range that is longer than Python can tell": {
        "count": 230,
        "collection": "posts",
        "faulty": {2: plain_answer(b'[{"id":9999999999999999999}]', b"X-WP-Total: 230")},
    },
    "a last page that is shorter than what was asked for": {
        "count": 230,
        "collection": "posts",
        "faulty": {3: frozenset({"per_page"})},
    },
    "an end that is the front once more": {
        "count": 101,
        "collection": "categories",
        "faulty": {2: frozenset({"per_page"}), 3: frozenset({"order"})},
    },
    "a redirect that drops what was asked for": {
        "count": 230,
        "collection": "categories",
        "faulty": {1: plain_answer(b"", b"Location: ?again", status=MOVED)},
    },
}

NEIGHBOURS = {
    "what follows Early Hints is no answer to the next request": one(
        Answer((head_of(b"HTTP/1.1 103 Early Hints", []), 0.02, TOO_LATE), ends=KEEP)
    ),
    "what follows No Content neither": one(
        Answer((head_of(b"HTTP/1.1 204 No Content", []), 0.02, TOO_LATE), ends=KEEP)
    ),
    "a cookie that no request should carry": one(
        plain_answer(ROWS, b"Set-Cookie: a=\x00; Path=/", ends=KEEP)
    ),
    "a cookie that is larger than a request may be": one(
        plain_answer(ROWS, b"Set-Cookie: a=" + b"x" * 9000 + b"; Path=/", ends=KEEP)
    ),
}

INDEX = plain_answer(b'{"namespaces":["wp/v2"]}')
ANY = plain_answer(ROWS, b"X-WP-Total: 7")


def site(index: Answer = INDEX, types: Answer = ANY) -> Mapping[str, Any]:
    return {"index": index, "types": types, "others": ANY}


SITES = {
    "an index that is nested too deeply": site(index=plain_answer(b"[" * 30_000)),
    "types that are nested too deeply": site(types=plain_answer(b'{"a":' * 30_000)),
    "a route that would be two in a list": site(
        types=plain_answer(b'{"post":{"rest_base":"a,b=http://other.test/"}}')
    ),
    "a route that can't be encoded": site(
        types=plain_answer(b'{"post":{"rest_base":"?x=\\ud83d"}}')
    ),
}
