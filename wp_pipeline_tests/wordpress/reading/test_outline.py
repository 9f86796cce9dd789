"""The members of an item that are compared, whatever a plugin put into them."""

import pytest

from wp_pipeline.wordpress.errors import MalformedAnswer
from wp_pipeline.wordpress.reading.outline import Outline, value_of

HALF = rb'"\ud83d"'  # Of a surrogate pair, which a plugin cut.


@pytest.mark.parametrize("begin", [b"", b"[" + HALF + b","], ids=["whole", "half a pair"])
def test_a_value_that_is_nested_too_deeply_is_an_answer_that_can_not_be_used(begin):
    with pytest.raises(MalformedAnswer, match=r"^HTTP 200 with JSON nested too deeply"):
        value_of(begin + b"[" * 100_000)


def test_halves_of_surrogate_pairs_are_compared_as_they_are():
    assert value_of(HALF) == "\ud83d"
    assert Outline(("id", "slug")).of(b'{"id":1,"slug":%b,"x":2}' % HALF) == {
        "id": 1,
        "slug": "\ud83d",
    }
