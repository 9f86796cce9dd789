"""A stored object is read as it is stored, whatever its items hold."""

import json

import pytest

from wp_pipeline.extraction.refresh.base import BaseObject, RefreshNotPossible
from wp_pipeline.wordpress.reading.outline import Outline

ITEMS = [
    b'{"id": 1, "title": "half \\ud83d", "body": "pair \\ud83c\\udfca"}',
    b'{"id": 2, "title": "pair \\ud83c\\udfca"}',
    b'{"id": 3, "body": "%s"}' % (b"large " * 1_000_000),
    b'{"id": "4", "title": "text"}',
]


def test_items_are_read_as_they_are_stored():
    base = BaseObject(b"[\n" + b",\n".join(ITEMS) + b"\n]\n")

    assert [(item_id, bytes(raw)) for item_id, raw in base.items()] == [
        (number, raw) for number, raw in enumerate(ITEMS, 1)
    ]


@pytest.mark.parametrize("raw", ITEMS)
def test_the_outline_of_an_item_is_what_the_site_sends_for_these_fields(raw):
    whole = json.loads(raw)
    expected = {name: whole[name] for name in ("id", "title") if name in whole}

    assert Outline(("id", "title")).of(raw) == expected


@pytest.mark.parametrize("body", [b"[{}]", b'[{"id": 2}, {"id": 1}]', b'{"id": 1}', b"[1]"])
def test_a_base_whose_ids_do_not_ascend_can_not_be_refreshed(body):
    with pytest.raises(RefreshNotPossible):
        list(BaseObject(body).items())
