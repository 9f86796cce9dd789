"""Stored objects that are damaged, or that were stored by another request."""

import pytest

from wp_pipeline_tests.extraction.refresh.conftest import prepared


def replace_bytes(world, name: str, body: bytes) -> None:
    """Replace the bytes of a stored object, and leave its metadata."""
    key = f"wordpress-api/{name}.json"
    world.aws.put_object(key, body, Metadata=world.aws.head(key)["Metadata"])


def test_a_refresh_that_finds_a_damaged_object_replaces_it(large):
    prepared(large)
    good = large.stored("posts")
    replace_bytes(large, "posts", good.replace(b"a", b"b"))

    found = large.refresh(outline=True)["posts"]

    assert not found.unchanged
    assert large.stored("posts") == good


@pytest.mark.parametrize("name", ["posts", "tags"])
def test_a_full_read_replaces_an_object_that_was_cut(large, name):
    prepared(large)
    good = large.stored(name)
    replace_bytes(large, name, good[:1000])

    assert not large.extract()[name].unchanged
    assert large.stored(name) == good
