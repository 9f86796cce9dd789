"""Whatever the layout of a stored object, the same members of its items are found."""

import io
import json
import random
from typing import Any

import ijson
import pytest
from msgspec import UNSET

from wp_pipeline.aws.errors import ObjectReplaced
from wp_pipeline.extraction.rules.json_stream import NotJson
from wp_pipeline.extraction.rules.stored_items import StoredJson, stored_items
from wp_pipeline_tests.support.random_cases import few_and_many

MEMBERS = ("id", "tags", "title", "status")
VALUES = [
    0, 7, -1, 2**70, 1.5, True, None, "", "text", "é,\n[{", "😀", "},\\n{", [], [1, 2, "3"], {},
    {"rendered": "a title"}, {"": 1}, {"x": 2, "": 1},
    [[1], {"id": 5}], {"id": {"id": 5}}, [{"tags": [9]}],
]  # fmt: skip
LAYOUTS = ("a line each", "one line", "indented", "lines in a text", "cut within items")


def written(items: list[Any], layout: str) -> bytes:
    """Return the items as JSON in a layout."""
    if layout == "one line":
        return json.dumps(items).encode()
    if layout == "indented":
        return json.dumps(items, indent=1, ensure_ascii=False).encode()
    separator = {"lines in a text": ",\r\n ", "cut within items": ", \n"}.get(layout, ",\n")
    texts = [
        json.dumps(item, separators=(",\n", ":") if "cut" in layout else None) for item in items
    ]
    return f"[\n{separator.join(texts)}\n]\n".encode()


def shallow(value: Any) -> Any:
    """Return what is sure to be found of a value: no arrays or objects within it."""
    if isinstance(value, list):
        return [one for one in value if not isinstance(one, (list, dict))]
    if isinstance(value, dict):
        return {name: one for name, one in value.items() if not isinstance(one, (list, dict))}
    return value


def found(body: bytes, block: int, most: int = 1 << 20) -> list[dict[str, Any]]:
    """Return the members of each item, read from a stream that returns at most so many bytes."""
    items = stored_items(Slow(body, most), MEMBERS, block)
    all_values = [{name: getattr(item, name) for name in MEMBERS} for item in items]
    return [
        {name: shallow(value) for name, value in values.items() if value is not UNSET}
        for values in all_values
    ]


class Slow(io.BytesIO):
    """A stream that returns few bytes at a time, as sockets do."""

    def __init__(self, body: bytes, most: int) -> None:
        super().__init__(body)
        self._most = most

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(self._most if size is None or size < 0 else min(size, self._most))


@few_and_many(150, 1_500)
def test_items_of_any_layout_have_the_same_members(cases):
    for seed in range(cases):
        chance = random.Random(seed)
        items = some_values(chance)
        body = written(items, chance.choice(LAYOUTS))
        block, most = chance.choice([8, 100, 1 << 18]), chance.choice([3, 1 << 18])

        assert found(body, block, most) == [
            {name: shallow(item[name]) for name in MEMBERS if name in item}
            for item in items
            if isinstance(item, dict)
        ], seed


def some_values(chance: random.Random) -> list[Any]:
    """Return random items, sometimes with values among them that are none."""
    names = [*MEMBERS, "content", "meta"]
    items: list[Any] = [
        {name: chance.choice(VALUES) for name in names if chance.random() < 0.6}
        for _ in range(chance.randrange(40))
    ]
    items += chance.choice([[], [], [None, 3, [{"id": 8}], "text"]])
    chance.shuffle(items)
    return items


@few_and_many(100, 1_000)
def test_an_object_that_is_damaged_anywhere_is_no_json(cases):
    items = [{"id": number, "tags": [1, 2], "title": "é"} for number in range(30)]
    body = written(items, "a line each")
    for seed in range(cases):
        chance = random.Random(seed)
        place = chance.randrange(2, len(body) - 3)
        damaged = [body[:place], body[:place] + b"\xff" + body[place:], body + b"]", body + b"1"]
        with pytest.raises(NotJson):
            found(chance.choice(damaged), block=chance.choice([16, 200, 1 << 18]))


@pytest.mark.parametrize("body", [b'[{"id":1},\n]', b'[,\n{"id":1}]', b'[{"id":1},\n,\n{"id":1}]'])
@pytest.mark.parametrize("block", [2, 5, 11, 100])
def test_a_comma_too_many_is_no_json(body, block):
    with pytest.raises(NotJson):
        found(body, block)


def test_an_item_with_half_of_an_emoji_is_read_like_the_others():
    lines = [f'{{"id":{number},"title":"x"}}'.encode() for number in range(100)]
    lines[50] = b'{"id":50,"title":"\\ud83d","tags":[1]}'

    items = found(b"[\n" + b",\n".join(lines) + b"\n]\n", block=64)
    assert [item["id"] for item in items] == list(range(100))
    assert items[50]["tags"] == [1]
    assert items[51]["title"] == "x"


@pytest.mark.parametrize(
    "body", [b'{"id": 1}', b'{"data": {"id": 1}}', b'{"data": [{"id": 1}]}', b"7"]
)
def test_json_that_is_no_array_has_no_items(body):
    assert found(body, block=16) == []


def test_an_object_is_opened_again_only_if_its_items_are_needed_again():
    body = written([{"id": 1}, {"id": 2}], "a line each")
    opened = []

    def open_again() -> io.BytesIO:
        opened.append("again")
        return io.BytesIO(body)

    stored = StoredJson(io.BytesIO(body), open_again)
    for count in range(3):
        assert [item.id for item in stored.items(["id"])] == [1, 2]
        assert len(opened) == count


def test_an_object_that_vanished_can_not_be_checked_again():
    stored = StoredJson(io.BytesIO(b"[]"), lambda: None)
    assert list(stored.items(["id"])) == []

    with pytest.raises(ObjectReplaced, match="the object was removed meanwhile"):
        list(stored.items(["id"]))


@pytest.mark.parametrize("body", [b"[]", b'{"id": 1, "name": "x"}', b'[{"id": 1}]', b"7"])
def test_all_events_of_an_object_are_found_without_opening_it_again(body):
    stored = StoredJson(io.BytesIO(body), lambda: None)

    assert list(stored.events()) == list(ijson.parse(io.BytesIO(body)))


def test_events_are_found_after_the_items_were_read():
    body = written([{"id": number} for number in range(9)], "a line each")
    stored = StoredJson(io.BytesIO(body), lambda: io.BytesIO(body))

    assert len(list(stored.items(["id"]))) == 9
    assert list(stored.events()) == list(ijson.parse(io.BytesIO(body)))
