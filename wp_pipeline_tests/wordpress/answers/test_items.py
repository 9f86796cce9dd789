"""Splitting an answer into items: their bytes, their ids, and refused answers."""

import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wp_pipeline.wordpress.answers.items import items_of
from wp_pipeline.wordpress.answers.json_text import without_bom
from wp_pipeline.wordpress.errors import MalformedAnswer
from wp_pipeline_tests.support.error_chain import assert_holds_no_secret


def raws(body: bytes) -> list[bytes]:
    return [bytes(item.raw) for item in items_of(body)]


def ids(body: bytes) -> list[int | None]:
    return [item.id for item in items_of(body)]


def nested(depth: int) -> bytes:
    return b'[{"a":' + b"[" * depth + b"]" * depth + b"}]"


any_text = st.text(st.characters(exclude_categories=()))  # Includes lone surrogates.
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | any_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(any_text, inner, max_size=3),
    max_leaves=8,
)
items = st.lists(st.dictionaries(any_text | st.just("id"), values, max_size=4), max_size=5)
spacings = st.sampled_from([(",", ":"), (", ", ": "), (" ,\n", "\t:\r\n ")])


@settings(max_examples=40, deadline=None)
@given(items, spacings, st.integers(0, 3))
def test_the_items_of_an_array_equal_those_of_pythons_json(items, spacing, indent):
    body = json.dumps(items, separators=spacing, indent=indent or None).encode()

    assert json.loads(b"[" + b",".join(raws(body)) + b"]") == json.loads(body)


@settings(max_examples=40, deadline=None)
@given(items, spacings)
def test_the_bytes_of_items_are_slices_of_the_answer_in_order(items, spacing):
    body, position = json.dumps(items, separators=spacing).encode(), 0
    for raw in raws(body):
        position = body.index(raw, position) + len(raw)

    assert body[position:].strip() == (b"]" if items else b"[]")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.dictionaries(st.text(), st.text(), max_size=3), max_size=3))
def test_unescaped_text_is_kept_unchanged(items):
    body = json.dumps(items, ensure_ascii=False).encode()

    assert b", ".join(raws(body)) == body[1:-1]


def strict_json(body: bytes) -> Any:
    """Read JSON by RFC 8259. Raises ValueError."""

    def refuse(constant: str) -> None:
        raise ValueError(constant)

    return json.loads(body.decode(), parse_constant=refuse, parse_int=str)


@settings(max_examples=100, deadline=None)
@given(items, st.randoms(use_true_random=False), st.integers(1, 3))
def test_a_damaged_answer_is_split_only_if_it_is_still_an_array_of_objects(items, chance, wounds):
    body = bytearray(json.dumps(items, ensure_ascii=chance.random() < 0.9, indent=1), "utf-8",
                     "surrogatepass")  # fmt: skip
    for _ in range(wounds):
        body = damaged(body, chance)
    try:
        expected = strict_json(bytes(body))
    except ValueError:
        expected = None
    is_array = isinstance(expected, list) and all(isinstance(item, dict) for item in expected)
    try:
        found = [strict_json(raw) for raw in raws(bytes(body))]
    except MalformedAnswer:
        found = None

    assert found == (expected if is_array else None)


def damaged(body: bytearray, chance: random.Random) -> bytearray:
    """Replace a few random bytes."""
    place = chance.randrange(len(body) + 1)
    length = chance.choice((0, 0, 1, 1, 2, 8))
    other = bytes(
        chance.choices(b'{}[],:"\\u0129.eE+-ntfd \n\x01\x7f\xc3\xff', k=chance.randrange(3))
    )
    return body[:place] + other + body[place + length :]


@pytest.mark.parametrize(
    "item",
    [
        b'{"id":1,"a":"\\ud83d"}',
        b'{"id":1,"a":"\\ude00\\ud83d"}',
        b'{"id":1,"\\ud83d":"\\ud83d\\ude00"}',
        b'{"id":1,"a":"\\\\ud83d \\ud83d"}',
        b'{"id":1,"a":"\\uD83D\\n\\uDE00"}',
    ],
)
def test_items_with_lone_surrogates_are_kept_as_sent(item):
    body = b'[{"id":0}, ' + item + b" ,\n" + item.replace(b":1,", b":2,") + b"]"

    assert raws(body)[1] == item
    assert ids(body) == [0, 1, 2]


@pytest.mark.parametrize(
    "item",
    [
        b'{"a":1,"a":2}',
        b'{"a":1.0,"b":1.10,"c":1E+2,"d":-0}',
        b'{"a":123456789012345678901234567890}',
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":1e999}',
        b'{"a":0.1000000000000000055511151231257827}',
        b'{"a":"\\/\\u00e9\xc3\xa9\\u0000"}',
        b'{ "b" : 1 ,\n\t"a":[ ] }',
        b"{}",
    ],
)
def test_text_that_a_json_library_would_rewrite_is_kept_as_sent(item):
    assert raws(b" [" + item + b" , " + item + b"] \r\n") == [item, item]


@pytest.mark.parametrize(
    ("value", "item_id"),
    [
        (b"7", 7),
        (b'"7"', 7),
        (b"0", 0),
        (b"9223372036854775807", 2**63 - 1),
        (b"null", None),
        (b"-7", None),
        (b"7.0", None),
        (b"7e1", None),
        (b"true", None),
        (b'""', None),
        (b'"seven"', None),
        (b'"\xd9\xa3"', None),
        (b"[7]", None),
        (b'{"id":7}', None),
        (b"9" * 40, None),
    ],
)
def test_an_id_is_a_number_a_string_of_digits_or_none(value, item_id):
    assert ids(b'[{"id":' + value + b"}]") == [item_id]


def test_an_item_may_have_no_id():
    assert ids(b'[{"ID":1},{"meta":{"id":2}},{}]') == [None, None, None]


def test_an_escaped_key_is_recognized():
    assert ids(b'[{"\\u0069d":7}]') == [7]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty body"),
        (b" \r\n\t", "empty body"),
        (b"<!DOCTYPE html><p>Hush", "web page instead of JSON"),
        (b"\n <br />\n<b>Notice</b>: hush[]", "web page instead of JSON"),
        (b"{}", "object or scalar where items are expected"),
        (b'{"id":1}', "object or scalar where items are expected"),
        (b"null", "object or scalar where items are expected"),
        (b"7", "object or scalar where items are expected"),
        (b'"hush"', "object or scalar where items are expected"),
        (b"Hush[]", "not JSON from byte 0 on"),
        (b"[1,2]", "array whose values are not objects"),
        (b'["hush"]', "array whose values are not objects"),
        (b"[null]", "array whose values are not objects"),
        (b"[[]]", "array whose values are not objects"),
        (b'[{"id":1},7]', "array whose values are not objects"),
        (b'[{"id":1}]hush', "not JSON from byte"),
        (b'[{"id":1}]}', "not JSON from byte"),
        (b"[][]", "not JSON from byte"),
        (b'[{"id":1},]', "not JSON"),
        (b'[{"id":1', "not JSON at its end"),
        (b'[{"id":1},{"a":"hu', "not JSON at its end"),
        (b"[", "not JSON at its end"),
        (b'[{"a":NaN}]', "not JSON"),
        (b'[{"a":-Infinity}]', "not JSON"),
        (b'[{"a":01}]', "not JSON"),
        (b"[{'a':1}]", "not JSON"),
        (b'[{"a":"\n"}]', "not JSON"),
        (b'[{"a":"\\x"}]', "not JSON"),
        (b'[{"a":"\\ud83d"},hush]', "not JSON"),
        (b'[{"a":"\xff"}]', "not UTF-8"),
        (b'[{"a":"\xc3"}]', "not UTF-8"),
        (b'[{"a":"\xed\xa0\xbd"}]', "not UTF-8"),
        (b'[{"a":"caf\xe9 hush"}]', "not UTF-8"),
        ('[{"a":"hush"}]'.encode("utf-16"), "not UTF-8"),
        (nested(100_000), "nested too deeply"),
    ],
)
def test_an_answer_that_is_not_an_array_of_objects_is_refused_and_not_quoted(body, reason):
    with pytest.raises(MalformedAnswer, match=reason) as refusal:
        items_of(body)

    assert "hush" not in str(refusal.value).lower()
    assert len(str(refusal.value)) < 200


def test_items_may_be_nested_deeper_than_wordpress_nests_them():
    assert raws(nested(200)) == [nested(200)[1:-1]]


@pytest.mark.parametrize("cut", range(3))
def test_a_character_across_two_decoding_steps_is_accepted(cut):
    filler = b"x" * ((1 << 20) - len(b'[{"a":"') - cut)
    body = b'[{"a":"' + filler + "€€".encode() + b'"}]'

    assert raws(body) == [body[1:-1]]


def test_a_byte_order_mark_is_removed():
    assert raws(without_bom(b'\xef\xbb\xbf[{"id":1}]')) == [b'{"id":1}']
    assert bytes(without_bom(b"[]")) == b"[]"
    assert bytes(without_bom(b"")) == b""


@pytest.mark.parametrize(
    ("body", "ascend"),
    [
        (b"[]", True),
        (b'[{"id":0},{"id":1},{"id":"5"}]', True),
        (b'[{"id":1},{"id":1}]', False),
        (b'[{"id":2},{"id":1}]', False),
        (b'[{"id":1},{}]', False),
    ],
)
def test_ids_ascend_if_each_exists_and_is_higher_than_the_last(body, ascend):
    assert items_of(body).ascend == ascend


def test_bytes_that_are_not_utf8_are_not_in_the_errors_chain():
    with pytest.raises(MalformedAnswer) as refusal:
        items_of(b'[{"hush":"\xff"}]')

    assert_holds_no_secret(refusal.value, "hush")


@pytest.mark.parametrize(
    ("item", "found"),
    [
        ('{"id":0}', 0),
        ('{"id":7,"a":{"id":8}}', 7),
        ('{"id": 7}', 7),
        ('{"a":1,"id":7}', 7),
        ('{"id":"7"}', 7),
        ('{"id":999999999999999999,"a":1}', 999999999999999999),
        ('{"id":9223372036854775807}', 9223372036854775807),
        ('{"id":9223372036854775808}', None),
        ('{"id":-7}', None),
        ('{"id":7.5}', None),
        ('{"id":7e2,"a":1}', None),
        ('{"id":null}', None),
        ('{"a":{"id":7}}', None),
        ('{"i":"{\\"id\\":7}"}', None),
    ],
)
def test_an_id_is_found_anywhere_in_an_item(item, found):
    assert ids(f"[{item}]".encode()) == [found]
    assert ids(f'[{{"id":1}},{item}]'.encode()) == [1, found]
