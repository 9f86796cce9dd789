import io
import json

import pytest

from wp_pipeline.extraction.rules.claims.ids_are_unique import repeated_ids
from wp_pipeline.extraction.rules.claims.payload_is_not_empty import empty_parts
from wp_pipeline.extraction.rules.json_stream import NotJson
from wp_pipeline.extraction.rules.rule import Place, Subject
from wp_pipeline.settings import Settings


def stream(text: str | bytes) -> io.BytesIO:
    return io.BytesIO(text if isinstance(text, bytes) else text.encode())


def subject(content: io.BytesIO) -> Subject:
    return Subject(Place("posts", True), content, {}, Settings())


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
    assert empty_parts(stream(text)) == empty


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
def test_json_that_ends_before_a_row_raises(text):
    with pytest.raises(NotJson):
        empty_parts(stream(text))
