import io
import json
from collections.abc import Iterator

import pytest

from wp_pipeline.extraction.rules.claims.ids_are_unique import repeated_ids
from wp_pipeline.extraction.rules.claims.payload_is_not_empty import empty_parts
from wp_pipeline.extraction.rules.json_stream import MOST_DIGITS, Event, NotJson, ShortNumbers
from wp_pipeline.extraction.rules.rule import Place, Subject
from wp_pipeline.extraction.rules.stored_items import StoredJson
from wp_pipeline.settings import Settings


def stream(text: str | bytes) -> io.BytesIO:
    return io.BytesIO(text if isinstance(text, bytes) else text.encode())


def subject(content: io.BytesIO) -> Subject:
    json_of = StoredJson(content, lambda: None)
    return Subject(Place("posts", True), json_of, {}, Settings())


def events_of(text: str) -> Iterator[Event]:
    return StoredJson(stream(text), lambda: stream(text)).events()


@pytest.mark.parametrize(
    ("text", "empty"),
    [
        ("[]", ["the array"]),
        ("[\n]\n", ["the array"]),
        ("{}", ["the object"]),
        ('{"status": "SUCCESS", "data": []}', ["data"]),
        ('{"data": [], "status": "SUCCESS"}', ["data"]),
        ("null", ["the value, which is no array or object"]),
        ("7", ["the value, which is no array or object"]),
        ('"text"', ["the value, which is no array or object"]),
        ("[{}]", []),
        ("[1]", []),
        ('{"id": 1}', []),
        ('{"data": [1]}', []),
        ('{"data": [[]]}', []),
        ('{"data": {"data": []}}', []),
        ('{"other": [], "data": [1]}', []),
        ('{"other": {"data": []}, "title": "x"}', []),
    ],
)
def test_an_object_without_rows_is_recognized(text, empty):
    assert empty_parts(events_of(text)) == empty


@pytest.mark.parametrize(
    ("text", "repeated"),
    [
        ('[{"id": 1}, {"id": 2}]', []),
        ('[{"id": 1}, {"id": 2}, {"id": 1}]', [1]),
        ('[{"id": 1}, {"id": 1}, {"id": 1}, {"id": 2}, {"id": 2}]', [1, 2]),
        ('[{"id": "a"}, {"id": "a"}]', ["a"]),
        ('[{"id": 1}, {"id": "1"}]', []),
        ('[{"no": 1}, {"no": 1}]', []),
        ('[{"id": 1, "author": {"id": 5}}, {"id": 2, "author": {"id": 5}}]', []),
        ('[{"id": 1, "in": [{"id": 2}]}, {"id": 2}]', []),
        ('[{"id": [1]}, {"id": [1]}, {"id": {"a": 1}}, {"id": null}, {"id": null}]', []),
        ('[{"id": 1, "a": 1e999, "b": "\\ud83d", "b": -0.0}, {"id": 1}]', [1]),
        ("[]", []),
        ('{"id": 1}', []),
    ],
)
def test_repeated_ids_are_found(text, repeated):
    assert repeated_ids(subject(stream(text))).offenders == repeated


def test_a_large_object_is_read_as_a_stream():
    items = [{"id": number, "text": "é" * 100} for number in range(20_000)]
    items[15_000] = {"id": 7}

    assert repeated_ids(subject(stream(json.dumps(items, ensure_ascii=False)))).offenders == [7]


@pytest.mark.parametrize(
    "text",
    ["", " ", "<html>", '[{"id": 1}, {"id"', "[1, 2", '{"data": [', "[1] [2]", b'["\xff"]', "[1,]"],
)
def test_invalid_or_truncated_json_raises(text):
    with pytest.raises(NotJson, match=r"^it is no JSON, or only a part of it$") as error:
        repeated_ids(subject(stream(text)))
    assert error.value.__suppress_context__


@pytest.mark.parametrize("text", ["", "<html>", "[", '{"data": ', '{"data": ['])
def test_json_without_any_row_raises(text):
    with pytest.raises(NotJson):
        empty_parts(events_of(text))


def parts_of(body: bytes, size: int) -> list[bytes]:
    shortened = ShortNumbers(io.BytesIO(body))
    return list(iter(lambda: shortened.read(size), b""))


@pytest.mark.parametrize("size", [1, 7, 3999, 4000, 4001, 10_000, 1 << 18])
@pytest.mark.parametrize("digits", [1, MOST_DIGITS - 1, MOST_DIGITS, MOST_DIGITS + 1, 70_000])
def test_a_number_has_as_many_digits_as_can_be_read(digits, size):
    number = b"7" * digits
    body = b'[{"id": ' + number + b', "n": 12}, "' + number + b'", 1.5, -' + number + b"]"
    short = number[:MOST_DIGITS]

    assert b"".join(parts_of(body, size)) == body.replace(number, short)


def test_an_id_of_too_many_digits_ends_no_process():
    """It ends ijson's, whatever is caught: in some builds at the first such number."""
    for number in range(20):
        long = "1" * (5000 + number)
        assert repeated_ids(subject(stream(f'[{{"id": {long}}}, {{"id": 2}}]'))).offenders == []
