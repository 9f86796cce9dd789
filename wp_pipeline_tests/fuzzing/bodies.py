"""Generates valid and invalid bodies, and compresses them."""

import gzip
import json
import zlib
from collections.abc import Sequence
from typing import TypeVar

from hypothesis import strategies as st

Value = TypeVar("Value")

# Part of every answer. If it is in a reason or a log, the answer was quoted there.
PLANTED = "Hush5aid"
# The random part of each endpoint's URL. A site may repeat it.
MARK = "q7hzv3nk"
BOM = b"\xef\xbb\xbf"

NASTY_TEXTS = (
    "&#" + "9" * 5000 + ";",  # Python refuses integers of more than 4300 digits.
    "&#x" + "f" * 50 + "; &#0; &nosuch; &amp",
    "<" * 5000,
    "\ud83d",
    "\ud83d \ude00\ud83d",
    "\ud83d\ude00",
    "a|b\n`c`\r\0",
    "http://sample.test/" + MARK,
    PLANTED,
    "x" * 70_000,
    "<!--[if lt IE 9]> -shortcode 0.gravatar.com",
    'id="video-1-' + "1" * 3000,
)
NASTY_VALUES = (
    b"NaN", b"-Infinity", b"1e999", b"-0", b"9" * 400, b"9" * 5000, b"-" + b"9" * 20, b"1.", b"01",
    b"9223372036854775807", b"9999999999999999999", b"0.1e-400", b"[" * 60 + b"]" * 60,
    b"[" * 960 + b"]" * 960, b"[" * 985 + b"]" * 985, b"[" * 990 + b"]" * 990,
    b'{"a":' * 985 + b"1" + b"}" * 985, b"[" * 100_000 + b"]" * 100_000, b"[" * 100_000,
    b'"\\ud83d"', b'"\\ud83d\\ude00"', b'"\xed\xa0\xbd"', b'"\xff"', b'"\\u00"', b'"\t"', b"'a'",
)  # fmt: skip
NO_DATA = (
    b"", b" \r\n", b"[]", b"{}", b"null", b"0", b'""', b"[[]]", b"[null]", b"[1]", b"{", b"[", b"]",
    b'{"code":"rest_no_route","message":"Hush5aid /mo/v1/other_q7hzv3nk","data":{"status":404}}',
    b'{"code":"rest_invalid_param","data":{"params":{"per_page":"Hush5aid","orderby":"Hush5aid"}}}',
    b'{"code":"x","data":{"params":["orderby",["Hush5aid"]]}}', b'{"data":{"params":"orderby"}}',
    b'{"data":' + b"[" * 30_000, b'{"data":{"params":' + b"9" * 5000 + b"}}",
    b'{"status":"ERROR","error":"Hush5aid"}', b'{"status":"SUCCESS","data":[]}',
    b'{"status":"SUCCESS","data":null}', b'{"status":["SUCCESS"],"data":[{"a":1}]}',
    b"<!DOCTYPE html><p>Hush5aid http://sample.test/wp-json/mo/v1/other_q7hzv3nk",
    b"<br />\n<b>Notice</b>: Hush5aid in /srv/www/x.php\n[]", b"<?xml version='1.0'?><a/>",
)  # fmt: skip
LETTERS = b'{}[],:"\\u0129.eE+-ntfd \n\x00\x7f\xc3\xff\xef\xbb\xbf'


def one_of_these(values: Sequence[Value]) -> st.SearchStrategy[Value]:
    """Draw a value by its index: some are too long for the reports of hypothesis."""
    return st.integers(0, len(values) - 1).map(values.__getitem__)


any_text = st.text(st.characters(exclude_categories=()), max_size=12)
texts = any_text | one_of_these(NASTY_TEXTS)
names = st.sampled_from(["id", "title", "name", "slug", "data", "status", "taxonomy", "parent"])
ids = st.integers(0, 50) | one_of_these([0, 10**18, 2**63 - 1, 10**19 - 1, 10**19, -1, 10**400])
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts
values = (
    scalars
    | st.lists(scalars, max_size=2)
    | st.dictionaries(names, scalars, max_size=2)
    | scalars.map(lambda value: {"rendered": value})
)
members = st.dictionaries(names | any_text, values, max_size=4)


@st.composite
def rows(draw: st.DrawFn) -> list[dict[str, object]]:
    """Generate items with ascending ids, odd ids or none."""
    found = draw(st.lists(members, min_size=1, max_size=6))
    kind = draw(st.sampled_from(["ascending", "odd", "none"]))
    for place, item in enumerate(found):
        item.pop("id", None)
        if kind == "ascending":
            item["id"] = place * 3 + 1
        elif kind == "odd":
            item["id"] = draw(ids.flatmap(lambda number: st.sampled_from([number, str(number)])))
    return found


@st.composite
def good_bodies(draw: st.DrawFn) -> bytes:
    """Generate rows, wrapped rows or an object, in one of many JSON formats."""
    value: object = draw(rows())
    kind = draw(st.sampled_from(["rows", "rows", "wrapped", "object"]))
    if kind == "wrapped":
        value = {"status": "SUCCESS", "data": value}
    elif kind == "object":
        value = draw(members.filter(bool))
    text = json.dumps(
        value,
        ensure_ascii=draw(st.booleans()),
        indent=draw(st.sampled_from([None, 1])),
        separators=draw(st.sampled_from([(",", ":"), (" ,\t", "\r\n: ")])),
    )
    return text.encode("utf-8", "replace")  # A lone surrogate can only be escaped.


well_formed = good_bodies()


@st.composite
def damaged_bodies(draw: st.DrawFn) -> bytes:
    """Generate valid bodies with a few bytes removed, changed, repeated or added."""
    body = draw(well_formed)
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(body)))
        end = min(len(body), start + draw(st.sampled_from([0, 0, 1, 1, 2, 8, 10**9])))
        other = draw(
            st.lists(st.sampled_from(LETTERS), max_size=3).map(bytes)
            | one_of_these([body[start:end] * 2, *NASTY_VALUES])
        )
        body = body[:start] + other + body[end:]
    return body


@st.composite
def odd_members(draw: st.DrawFn) -> bytes:
    """Generate rows that Python's json would not write: odd numbers, repeated names, depth."""
    value, other = draw(one_of_these(NASTY_VALUES)), draw(one_of_these(NASTY_VALUES))
    name = draw(st.sampled_from([b"id", b"title", b"a", b"data", b"\\u0069d", b"\\ud83d"]))
    item = b'{"id":1,"' + name + b'":' + value + b',"b":' + draw(st.sampled_from([b"1", other]))
    return draw(st.sampled_from([b"[%b}]", b'[{"id":0},%b}]', b"%b}"])) % item


def otherwise_encoded() -> st.SearchStrategy[bytes]:
    charsets = ["utf-16", "utf-16-le", "utf-32", "utf-32-be", "latin-1", "utf-7"]
    return st.builds(
        lambda rows, charset: json.dumps(rows, ensure_ascii=False).encode(charset, "replace"),
        rows(),
        st.sampled_from(charsets),
    )


bad_bodies = (
    one_of_these(NO_DATA)
    | st.binary(max_size=40)
    | damaged_bodies()
    | odd_members()
    | otherwise_encoded()
    | well_formed.map(lambda body: BOM + body)
    | well_formed.map(lambda body: BOM + BOM + body)
    | well_formed.map(lambda body: b"Notice: Hush5aid\n" + body)
    | well_formed.map(lambda body: body + b"\n<!-- Hush5aid: served from the cache -->")
)


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(body) + packer.flush()


def zipped(body: bytes, level: int = 9) -> bytes:
    return gzip.compress(body, level, mtime=0)  # No timestamp: always the same bytes.


def in_members(body: bytes) -> bytes:
    half = len(body) // 2
    return zipped(body[:half], 1) + zipped(body[half:], 0) + zipped(b"")


# The claimed Content-Encoding, and the real one.
SOUND_CODINGS = {
    "plain": (None, bytes),
    "gzip": (b"gzip", zipped),
    "zlib": (b"deflate", zlib.compress),
    "members": (b"gzip", in_members),
}
ODD_CODINGS = {
    "x-gzip": (b"X-GZip", zipped),
    "raw deflate": (b"deflate", raw_deflate),
    "twice": (b"gzip, gzip", lambda body: zipped(zipped(body))),
    "both": (b"deflate, gzip", lambda body: zipped(zlib.compress(body))),
    "seven times": (b", ".join([b"gzip"] * 7), zipped),
    "plain as gzip": (b"gzip", bytes),
    "plain as brotli": (b"br", bytes),
    "plain as zstd": (b"zstd", bytes),
    "identity": (b"identity", bytes),
    "no coding": (b"utf-8", bytes),
    "garbage": (b"\x00gzip;q=\xff,,", bytes),
    "empty": (b"", bytes),
    "gzip without a word": (None, zipped),
    "and more": (b"gzip", lambda body: zipped(body) + b"Hush5aid" * 9),
    "and half a member": (b"gzip", lambda body: zipped(body) + zipped(body)[:15]),
    "without its end": (b"gzip", lambda body: zipped(body)[:-8]),
    "cut off": (b"gzip", lambda body: zipped(body)[: len(body) // 3 + 12]),
    "wrong sum": (b"gzip", lambda body: zipped(body)[:-8] + b"Hush5aid"),
    "zlib cut off": (b"deflate", lambda body: zlib.compress(body)[:-4]),
}
