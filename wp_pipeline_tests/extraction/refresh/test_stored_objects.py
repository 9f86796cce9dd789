"""Stored objects that are damaged, or that were stored by another request."""

import pytest

from sample_site.site import SampleSite
from wp_pipeline.aws.lake import Lake
from wp_pipeline.extraction.refresh.base import BaseObject, DamagedObject, RefreshNotPossible
from wp_pipeline.settings import Settings
from wp_pipeline_tests.extraction.refresh.conftest import COUNTS, LargeWorld, prepared
from wp_pipeline_tests.fakes.aws import BUCKET

pytestmark = pytest.mark.faults


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


def test_an_object_that_is_replaced_while_it_is_read_is_not_damaged(large):
    large.extract()
    lake = Lake(lambda: large.aws.client("s3"), BUCKET, large.settings.prefix)
    former = lake.stored("posts")
    large.site.publish("posts")
    large.extract()

    with pytest.raises(RefreshNotPossible) as raised:
        BaseObject.download("posts", former, lake)
    assert not isinstance(raised.value, DamagedObject)


def use_login(world) -> None:
    login = "/wp/login"
    password = world.site.application_password
    world.aws.put_parameters({login: f"{world.site.user}:{password}"})
    world.settings = Settings(credentials_parameter=login)


def use_parameter(world) -> None:
    world.put_endpoints(",".join(world.url(f"wp/v2/{name}?wpml_language=de") for name in COUNTS))


@pytest.mark.parametrize("change", [use_login, use_parameter])
def test_another_request_that_gets_equal_items_takes_one_full_read(large, change):
    prepared(large)
    change(large)

    assert large.refresh()["posts"].verified == "full"
    assert large.refresh()["posts"].verified == "counts"


def test_another_value_of_a_plugins_parameter_is_another_request(large):
    use_parameter(large)
    prepared(large)
    large.put_endpoints(large.url("wp/v2/comments?wpml_language=fr"))

    assert large.refresh()["comments"].verified == "full"


def test_items_of_another_site_are_not_kept(large, serve):
    """The sites differ in an older comment's text, which neither counts nor outlines show."""
    large.extract_these("comments")
    prepared(large)
    url = large.site.url
    other = SampleSite(COUNTS, volatile=False)
    other.edit("comments", other.readable_ids("comments")[3])
    moved = LargeWorld(large.aws, serve(other))
    other.url = url
    moved.extract_these("comments")

    moved.refresh()

    merged = moved.rows("comments")
    moved.extract()
    assert merged == moved.rows("comments")
