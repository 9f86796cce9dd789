"""A JSON value of any size is read in small pieces, and nothing of it is lost or taken twice."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wp_pipeline.wordpress.answers.members import members
from wp_pipeline.wordpress.answers.pieces import Piece, first_rows, pieces, scan_rows
from wp_pipeline.wordpress.errors import MalformedAnswer

# Texts with everything that may be mistaken for structure.
texts = st.text(alphabet='ab,:"\\{}[] \n\ud83dé€😀', max_size=12)
scalars = st.none() | st.booleans() | st.integers(-(10**6), 10**6) | texts
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
rows = st.lists(st.dictionaries(texts, values, max_size=4), max_size=12)
sizes = st.integers(1, 80)
separators = st.sampled_from([(",", ":"), (", ", ": "), (" ,\n", " : "), ("\n,", ":\t")])


def value_of(piece: Piece) -> Any:
    """The array or object that a piece is."""
    value = json.loads(piece.original)
    if piece.large is None:
        return value
    large = json.loads(bytes(piece.large))
    return [large] if isinstance(value, list) else dict.fromkeys(value, large)


@given(rows=rows, size=sizes, separators=separators)
def test_the_pieces_of_an_array_hold_its_rows_in_order(rows, size, separators):
    body = f"  {json.dumps(rows, separators=separators)}".encode()

    found: list[Any] = []
    for piece in pieces(body, 2, size):
        found += value_of(piece)

    assert found == rows


@given(members=st.dictionaries(texts, values, max_size=12), size=sizes, separators=separators)
def test_the_pieces_of_an_object_hold_its_members(members, size, separators):
    body = json.dumps(members, separators=separators).encode()

    found: dict[str, Any] = {}
    for piece in pieces(body, 0, size):
        found |= value_of(piece)

    assert found == members


@given(rows=rows, behind=st.sampled_from(["", " ", '],"total":35}', ',{"a":1}]', "]"]))
def test_rows_are_counted_to_the_end_of_their_array(rows, behind):
    text = json.dumps(rows)

    count, end = scan_rows((text + behind).encode(), 0)

    assert count == len(rows)
    assert (text + behind)[:end].strip() == text
    assert [json.loads(bytes(row)) for row in first_rows(text.encode(), 0, 3)] == rows[:3]


@given(found=st.dictionaries(texts, values, max_size=8), separators=separators)
def test_the_members_of_an_object_are_found_one_after_the_other(found, separators):
    body = json.dumps(found, separators=separators).encode()

    read = {one.name: json.loads(bytes(one.value(body))) for one in members(body)}

    expected = {name.encode("utf-8", "replace").decode(): value for name, value in found.items()}
    assert read == expected


@pytest.mark.parametrize(
    "body",
    [b'[{"a":1},]', b'[{"a":1}{"b":2}]', b'[{"a":1},,{"b":2}]', b'[{"a":1}', b'[{"a":1},{"b":]',
     b"[", b'[{"a":01}]', b'[{"a":NaN}]', b'[{"a":1}}'],
)  # fmt: skip
@pytest.mark.parametrize("size", [1, 7, 9, 1000])
def test_invalid_json_is_refused_wherever_it_is_cut(body, size):
    with pytest.raises(MalformedAnswer):
        list(pieces(body, 0, size))


@pytest.mark.parametrize(
    "body", [b'{"a":1,}', b'{"a" 1}', b'{"a":1 "b":2}', b"{,}", b'{"a":1,,"b":2}', b"{a:1}", b"{"]
)
def test_a_malformed_object_is_refused(body):
    with pytest.raises(MalformedAnswer):
        list(members(body))


def test_no_more_members_are_read_than_wanted():
    body = b"{" + b",".join(b'"k%d":1' % n for n in range(10_000)) + b"}"

    assert [one.name for one in members(body, most=3)] == ["k0", "k1", "k2"]


MEGABYTES = 5 << 20  # More than is read at once.
LARGE = {
    "text": b'"' + b"x" * MEGABYTES + b'"',
    "escapes": b'"' + rb"\u00e9\\\"" * (MEGABYTES // 10) + b'"',
    "backslashes": b'"' + rb"\\" * (MEGABYTES // 2) + b'"',
    "lone surrogates": b'"' + rb"\ud83d" * (MEGABYTES // 6) + b'"',
    "what looks like rows": b'"' + rb"},{\"a\":1" * (MEGABYTES // 11) + b'"',
    "numbers": b"[" + b"1," * (MEGABYTES // 2) + b"1]",
    "texts": b"[" + b'"a",' * (MEGABYTES // 4) + b'"a"]',
    "arrays": b"[" + b"[1]," * (MEGABYTES // 4) + b"[]]",
    "rows": b"[" + b'{"a":1},' * (MEGABYTES // 8) + b"{}]",
    "members": b"{" + b'"a":1,' * (MEGABYTES // 6) + b'"b":2}',
    "objects": b'{"a":{"b":[' + b'{"c":{}},' * (MEGABYTES // 9) + b"{}]}}",
    "digits": b"1" * MEGABYTES,
    "space": b" " * MEGABYTES + b"1" + b" " * MEGABYTES,
}


@pytest.mark.parametrize("name", LARGE)
def test_a_large_value_and_the_value_after_it_are_found(name):
    row = b'{"a":%b,"z":[7]}' % LARGE[name]
    body = b"[%b,%b , {} ]" % (row, row)

    assert scan_rows(body) == (3, len(body))
    assert [bytes(found).strip() for found in first_rows(body, 0, 3)] == [row, row, b"{}"]
    assert [one.name for one in members(row)] == ["a", "z"]


@pytest.mark.parametrize("name", LARGE)
def test_a_large_value_that_breaks_is_refused(name):
    for broken in (b'[{"a":%b}', b'[{"a":%b', b'[{"a":%b}}]', b'[{"a":%b,}]', b'[{"a":%b 1}]'):
        with pytest.raises(MalformedAnswer):
            scan_rows(broken % LARGE[name])


def test_a_large_name_is_read():
    body = b'{"%b":1,"%b":{"a":2}}' % (b"x" * MEGABYTES, rb"\n" * MEGABYTES)

    assert [bytes(one.value(body)) for one in members(body)] == [b"1", b'{"a":2}']
    assert scan_rows(b"[%b]" % body) == (1, len(body) + 2)
