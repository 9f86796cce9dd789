import json
import re

import dagster as dg
import pytest

from wp_pipeline.extraction.configuration import ConfigurationError
from wp_pipeline.orchestration.sensors import changes
from wp_pipeline.settings import Settings
from wp_pipeline_tests.fakes.world import World
from wp_pipeline_tests.support.dagster_in_process import execute, metadata_of

pytestmark = pytest.mark.dagster_runs

UNREACHABLE = (
    "the connection was refused or reset; check that the site is up and accepts connections"
    " from this machine"
)


class Ticks:
    """Evaluates ticks of the changes sensor, each with the cursor of the previous one."""

    def __init__(self, defs, site_name: str, instance: dg.DagsterInstance) -> None:
        self._site = site_name
        self.instance = instance
        self.defs: dg.Definitions = defs
        self.cursor: str | None = None

    def tick(self, keep: bool = True):
        repository = self.defs.get_repository_def()
        given = repository.get_top_level_resources()
        context = dg.build_sensor_context(
            instance=self.instance,
            cursor=self.cursor,
            repository_def=repository,
            resources={name: given[name] for name in ("configuration", "lake")},
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

    def run(self, data=None):
        """Execute what a tick requests, or the whole site."""
        if data is None:
            return execute(self.defs, self._site, self.instance)
        (request,) = data.run_requests
        job = self.defs.resolve_job_def(f"{self._site}_extraction")
        return job.execute_in_process(
            instance=self.instance,
            asset_selection=request.asset_selection,
            run_config=request.run_config,
            raise_on_error=False,
        )


def names_of(data) -> list[str]:
    return [key.path[-1] for request in data.run_requests for key in request.asset_selection]


@pytest.fixture
def sensor(world, defs, site_name, instance) -> Ticks:
    """A sensor that looks at a site of which nothing is stored."""
    return Ticks(defs, site_name, instance)


@pytest.fixture
def stored(sensor) -> Ticks:
    """A sensor that looks at a site of which everything is stored."""
    assert sensor.run().success
    return sensor


def test_an_endpoint_that_is_not_stored_is_requested(sensor, site_name):
    data = sensor.tick()

    (request,) = data.run_requests
    assert request.asset_selection == [dg.AssetKey([site_name, n]) for n in ("posts", "tags")]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ change 1: posts, tags", request.run_key)


def test_a_tick_sends_one_request_for_each_collection(stored, world):
    world.server.requests.clear()
    stored.tick()

    assert len(world.server.requests) == 2


def test_a_tick_without_changes_is_skipped_with_a_reason(stored):
    assert stored.skipped() == "Nothing changed in posts, tags."
    assert stored.skipped() == "Nothing changed in posts, tags."


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
def test_a_changed_post_is_refreshed_and_then_nothing_is_left(stored, world, change):
    change(world.site)

    data = stored.tick()
    assert "posts" in names_of(data)
    assert stored.run(data).success
    assert [row["id"] for row in world.rows("posts")] == world.site.readable_ids("posts")
    assert stored.skipped() == "Nothing changed in posts, tags."


def test_an_edited_tag_of_one_page_is_seen_and_posts_are_read_with_it(stored, world):
    world.site.edit("tags", world.site.readable_ids("tags")[0])

    assert stored.requested() == ["posts", "tags"]  # Posts may carry other tags than before.


def test_a_large_collection_is_compared_by_its_probe(world, load, site_name, instance):
    for _ in range(120):
        world.site.publish("posts")
    sensor = Ticks(load(), site_name, instance)
    sensor.run()
    sensor.run(sensor.tick())  # By outline, which also keeps a probe.
    world.server.requests.clear()

    assert sensor.skipped() == "Nothing changed in posts, tags."
    assert sum("/posts?" in one for one in world.server.requests) == 1
    world.site.edit("posts", world.site.readable_ids("posts")[0])
    result = sensor.run(sensor.tick())
    assert metadata_of(result, "posts")["verified"] == "outline"
    assert metadata_of(result, "posts")["mode"] == "changes"
    assert sensor.skipped() == "Nothing changed in posts, tags."


def test_outlines_are_compared_once_an_hour(stored, world, monkeypatch):
    monkeypatch.setenv("WP_PIPELINE_OUTLINE_INTERVAL", "0.001")
    stored.tick()
    kept = json.loads(stored.cursor or "")
    stored.cursor = json.dumps(kept | {"outlined_at": kept["outlined_at"] - 3601})

    data = stored.tick()

    (request,) = data.run_requests
    (op,) = request.run_config["ops"].values()
    assert op["config"] == {"mode": "changes", "outline": True}
    assert names_of(data) == ["posts", "tags"]
    assert stored.skipped() == "Nothing changed in posts, tags."


def test_outlines_are_compared_although_the_clock_was_set_back(stored):
    stored.tick()
    kept = json.loads(stored.cursor or "")
    stored.cursor = json.dumps(kept | {"outlined_at": kept["outlined_at"] + 86_400})

    assert stored.requested() == ["posts", "tags"]
    assert stored.skipped() == "Nothing changed in posts, tags."


def test_comments_are_compared_together_with_their_posts(world, load, site_name, instance):
    world.extract_these("posts", "comments")
    sensor = Ticks(load(), site_name, instance)
    sensor.run()
    world.site.publish("posts")

    assert sensor.requested() == ["comments", "posts"]


def test_a_change_and_its_reversal_have_different_run_keys(stored, world):
    keys = []
    for _ in range(2):
        tag = world.site.publish("tags")
        data = stored.tick()
        stored.run(data)
        keys.append(data.run_requests[0].run_key)
        world.site.delete("tags", tag)
        data = stored.tick()
        stored.run(data)
        keys.append(data.run_requests[0].run_key)

    assert len(set(keys)) == 4


def test_a_repeated_tick_has_the_same_run_key(stored, world):
    stored.tick()
    world.site.publish("posts")

    first = stored.tick(keep=False).run_requests[0].run_key
    assert stored.tick(keep=False).run_requests[0].run_key == first


def test_a_change_whose_run_failed_is_requested_again_and_then_more_rarely(stored, world):
    world.site.edit("posts", world.site.readable_ids("posts")[0])

    assert stored.requested() == ["posts"]
    assert stored.requested() == ["posts"]
    assert stored.skipped() == "Changed, but the last runs could not store it: posts."
    world.site.publish("tags")
    assert stored.requested() == ["posts", "tags"]


def test_a_change_after_one_that_was_reversed_does_not_wait(stored, world):
    for _ in range(2):
        tag = world.site.publish("tags")
        assert stored.requested() == ["posts", "tags"]
        assert stored.requested() == ["posts", "tags"]
        assert "could not store it" in stored.skipped()

        world.site.delete("tags", tag)
        assert stored.skipped() == "Nothing changed in posts, tags."


def test_a_change_that_a_run_has_stored_is_not_requested_again(stored, world):
    world.site.publish("posts")
    stored.run()

    assert stored.skipped() == "Nothing changed in posts, tags."


def test_one_run_of_a_site_is_in_flight_at_a_time(stored, world, site_name):
    world.site.publish("posts")
    job = stored.defs.resolve_job_def(f"{site_name}_extraction")
    stored.instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)

    assert stored.skipped() == "A run of the site has not ended yet."


def test_an_unreachable_site_is_skipped_with_a_reason_and_no_url(stored, world):
    world.server.__exit__(None, None, None)

    assert stored.skipped() == f"posts: {UNREACHABLE}; tags: {UNREACHABLE}"


def test_a_failing_collection_does_not_hide_the_change_of_another(stored, world):
    world.respond("wp/v2/tags", b'{"code": "rest_forbidden"}', 403)
    world.site.publish("posts")

    data = stored.tick()
    assert names_of(data) == ["posts"]
    stored.run(data)
    assert "tags: HTTP 403 rest_forbidden" in stored.skipped()


def test_a_collection_that_became_empty_does_not_hide_the_change_of_another(stored, world):
    for tag in world.site.readable_ids("tags"):
        world.site.delete("tags", tag)
    world.site.publish("posts")

    data = stored.tick()
    assert "posts" in names_of(data)
    stored.run(data)
    assert "tags: the site sent no rows; the stored object is kept." in stored.skipped()


def test_all_looks_of_a_tick_share_one_deadline(
    world, load, site_name, instance, serve, monkeypatch
):
    monkeypatch.setattr(changes, "DEADLINE", 0.6)
    slow = World(world.aws, serve(world.site, latency=0.2))
    names = [f"posts_{number}" for number in range(20)]
    slow.put_endpoints(",".join(f"{name}={slow.url('wp/v2/posts')}" for name in names))
    sensor = Ticks(load(), site_name, instance)
    sensor.run()

    assert sensor.skipped().count("took longer than") > len(names) / 2


def test_a_site_with_only_single_answers_is_skipped_with_a_reason(sensor, world):
    world.extract_these(raw=["terms"])

    assert sensor.skipped() == "No endpoint is a collection that can be looked at."
    assert world.server.requests == []


def test_no_run_is_requested_when_outlines_are_due_and_there_is_no_collection(sensor, world):
    world.extract_these(raw=["terms"])
    sensor.tick()
    kept = json.loads(sensor.cursor or "")
    sensor.cursor = json.dumps(kept | {"outlined_at": 0})

    assert sensor.skipped() == "No endpoint is a collection that can be looked at."


@pytest.mark.parametrize("also", [False, True])
def test_single_answers_are_asked_for_with_a_collection_that_changed_if_a_setting_says_so(
    world, load, site_name, instance, monkeypatch, also
):
    monkeypatch.setenv("WP_PIPELINE_SINGLE_ANSWERS", str(also))
    world.extract_these("posts", raw=["terms"])
    sensor = Ticks(load(), site_name, instance)
    sensor.run()
    assert sensor.requested() == []

    world.site.publish("posts")

    assert sensor.requested() == (["posts", "raw_terms"] if also else ["posts"])


def test_an_endpoint_that_is_not_loaded_yet_does_not_block_the_others(stored, world):
    world.extract_these("posts", "tags", "comments")
    world.site.edit("posts", world.site.readable_ids("posts")[0])

    assert stored.requested() == ["posts"]


def test_an_endpoint_that_left_the_list_is_not_probed(stored, world):
    world.extract_these("posts")

    assert stored.skipped() == "Nothing changed in posts."


def test_the_cursor_holds_no_url(sensor, world):
    world.put_endpoints(f"{world.url('wp/v2/posts')}?key=s3cr3t")
    data = sensor.tick()

    for kept in (data.cursor, data.run_requests[0].run_key):
        assert "posts" in kept
        assert "s3cr3t" not in kept
        assert "://" not in kept
        assert "127.0.0.1" not in kept


def test_a_cursor_of_another_format_counts_as_none(stored):
    stored.cursor = '{"began": "x", "count": 3, "seen": {}}'

    assert stored.skipped() == "Nothing changed in posts, tags."


def test_the_tag_of_a_run_says_what_changed(stored, world):
    world.site.edit("posts", world.site.readable_ids("posts")[0])
    (request,) = stored.tick().run_requests
    assert request.tags["wp_pipeline/because"] == "changed: posts"


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


@pytest.mark.parametrize(
    ("looks", "outlines", "shown"),
    [
        (300, 3600.0, ("Every 5 minutes it looks", "Every hour it compares")),
        (90, 7200.0, ("Every 90 seconds it looks", "Every 2 hours it compares")),
        (60, 100.5, ("Every minute it looks", "Every 100.5 seconds it compares")),
    ],
)
def test_the_description_has_the_intervals_of_the_settings(looks, outlines, shown):
    settings = Settings(changes_interval=looks, outline_interval=outlines)
    description = changes.build_changes_sensor(settings, []).description or ""

    assert all(text in description for text in shown)
