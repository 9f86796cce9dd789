import re

import dagster as dg
import pytest

from wp_pipeline.extraction.configuration import ConfigurationError
from wp_pipeline.orchestration.sensors import changes
from wp_pipeline.settings import Settings
from wp_pipeline_tests.fakes.world import World
from wp_pipeline_tests.support.dagster_in_process import execute, materialized


class Ticks:
    """Evaluates ticks of the changes sensor, each with the cursor of the previous one."""

    def __init__(self, defs, site_name: str, instance: dg.DagsterInstance) -> None:
        self._site = site_name
        self._instance = instance
        self.defs: dg.Definitions = defs
        self.cursor: str | None = None

    def tick(self, keep: bool = True):
        repository = self.defs.get_repository_def()
        context = dg.build_sensor_context(
            instance=self._instance,
            cursor=self.cursor,
            repository_def=repository,
            resources={"configuration": repository.get_top_level_resources()["configuration"]},
        )
        sensor = self.defs.resolve_sensor_def(f"{self._site}_changes")
        with context:
            data = sensor.evaluate_tick(context)
        self.cursor = data.cursor if keep else self.cursor
        return data

    def requested(self, keep: bool = True) -> list[str]:
        """The names of the assets that a tick requests."""
        return names_of(self.tick(keep))

    def skipped(self) -> str:
        """The reason for which a tick requests no run."""
        data = self.tick()
        assert data.run_requests == []
        return data.skip_message


def names_of(data) -> list[str]:
    return [key.path[-1] for request in data.run_requests for key in request.asset_selection]


@pytest.fixture
def sensor(world, defs, site_name, instance) -> Ticks:
    return Ticks(defs, site_name, instance)


def test_the_first_tick_requests_every_collection(sensor, site_name):
    data = sensor.tick()

    (request,) = data.run_requests
    assert request.asset_selection == [dg.AssetKey([site_name, n]) for n in ("posts", "tags")]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ change 1: posts, tags", request.run_key)


def test_a_tick_sends_one_small_request_for_each_collection(sensor, world):
    sensor.tick()
    world.server.requests.clear()
    sensor.tick()

    assert len(world.server.requests) == 2
    assert all("per_page=1&" in asked for asked in world.server.requests)
    assert all("_fields=id,modified_gmt" in asked for asked in world.server.requests)


def test_a_tick_without_changes_is_skipped_with_a_reason(sensor):
    sensor.tick()

    assert sensor.skipped() == "Nothing changed in posts, tags."
    assert sensor.skipped() == "Nothing changed in posts, tags."


@pytest.mark.parametrize(
    "change",
    [
        lambda site: site.publish("posts"),
        lambda site: site.edit("posts", site.readable_ids("posts")[0]),
        lambda site: site.delete("posts", site.readable_ids("posts")[0]),
        lambda site: site.publish_draft("posts", site.draft("posts")),
    ],
    ids=["new", "edited", "deleted", "published"],
)
def test_a_changed_post_requests_only_the_posts(sensor, world, change):
    sensor.tick()
    change(world.site)

    data = sensor.tick()
    assert names_of(data) == ["posts"]
    assert re.search(r" change 2: posts$", data.run_requests[0].run_key)
    assert sensor.skipped() == "Nothing changed in posts, tags."


def test_a_new_tag_requests_the_tags_although_they_have_no_modification_date(sensor, world):
    sensor.tick()
    world.site.publish("tags")

    assert sensor.requested() == ["tags"]


def test_a_change_and_its_reversal_have_different_run_keys(sensor, world):
    keys = [sensor.tick().run_requests[0].run_key]
    for _ in range(2):
        tag = world.site.publish("tags")
        keys.append(sensor.tick().run_requests[0].run_key)
        world.site.delete("tags", tag)
        keys.append(sensor.tick().run_requests[0].run_key)

    assert len(set(keys)) == 5


def test_a_repeated_tick_has_the_same_run_key(sensor, world):
    sensor.tick()
    world.site.publish("posts")

    first = sensor.tick(keep=False).run_requests[0].run_key
    assert sensor.tick(keep=False).run_requests[0].run_key == first


def test_the_requested_run_extracts_what_changed(sensor, world, instance, site_name):
    execute(sensor.defs, site_name, instance)
    sensor.tick()
    post = world.site.publish("posts")

    result = execute(sensor.defs, site_name, instance, sensor.requested())
    assert result.success
    assert set(materialized(result)) == {"posts"}
    assert world.rows("posts")[-1]["id"] == post


def test_an_unreachable_site_is_skipped_with_a_reason_and_no_url(sensor, world):
    sensor.tick()
    world.server.__exit__(None, None, None)

    message = sensor.skipped()
    reason = (
        "the connection was refused or reset; check that the site is up and accepts connections"
        " from this machine"
    )
    assert message == f"posts: {reason}; tags: {reason}"


def test_a_failing_collection_does_not_hide_the_change_of_another(sensor, world):
    sensor.tick()
    world.respond("wp/v2/tags", b'{"code": "rest_forbidden"}', 403)
    world.site.publish("posts")

    assert sensor.requested() == ["posts"]
    assert "tags: HTTP 403 rest_forbidden" in sensor.skipped()


def test_all_probes_of_a_tick_share_one_deadline(
    world, load, site_name, instance, serve, monkeypatch
):
    monkeypatch.setattr(changes, "DEADLINE", 0.6)
    slow = World(world.aws, serve(world.site, latency=0.2))
    names = [f"posts_{number}" for number in range(20)]
    slow.put_endpoints(",".join(f"{name}={slow.url('wp/v2/posts')}" for name in names))

    probed = Ticks(load(), site_name, instance).requested()
    assert probed
    assert len(probed) < len(names)


def test_a_collection_that_failed_for_a_while_is_not_new(sensor, world):
    sensor.tick()
    before = world.server.answers
    world.respond("wp/v2/tags", b"", 404)
    world.site.publish("posts")
    sensor.tick()
    world.server.answers = before

    assert sensor.skipped() == "Nothing changed in posts, tags."


def test_a_site_with_only_single_answers_is_skipped_with_a_reason(sensor, world):
    world.extract_these(raw=["terms"])

    assert sensor.skipped() == "No endpoint is a collection that can be probed."
    assert world.server.requests == []


def test_an_endpoint_that_is_not_loaded_yet_does_not_block_the_others(sensor, world):
    sensor.tick()
    world.extract_these("posts", "tags", "comments")
    world.site.publish("posts")

    assert sensor.requested() == ["posts"]


def test_an_endpoint_that_left_the_list_is_not_probed(sensor, world):
    sensor.tick()
    world.extract_these("posts")

    assert sensor.skipped() == "Nothing changed in posts."


def test_the_cursor_holds_no_url(sensor, world):
    world.put_endpoints(f"{world.url('wp/v2/posts')}?key=s3cr3t")
    data = sensor.tick()

    for kept in (data.cursor, data.run_requests[0].run_key):
        assert "posts" in kept
        assert "s3cr3t" not in kept
        assert "://" not in kept
        assert "127.0.0.1" not in kept


def test_the_run_key_of_many_changes_is_short(sensor, world, load):
    world.put_endpoints(",".join(f"kind{n}={world.url('wp/v2/posts')}" for n in range(8)))
    sensor.defs = load()

    (request,) = sensor.tick().run_requests
    assert request.run_key.endswith("change 1: kind0, kind1, kind2, kind3, kind4 and 3 more")
    assert len(request.asset_selection) == 8


def test_a_missing_parameter_fails_the_tick_with_its_name(sensor, world):
    world.aws.forget()

    with pytest.raises(ConfigurationError) as error:
        sensor.tick()
    reason = str(error.value)
    assert Settings().endpoints_parameter in reason
    assert "does not exist: create it in this region" in reason
