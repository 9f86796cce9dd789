"""A site with `steps: endpoint`: what one step did, several do."""

import json

import dagster as dg
import pytest

from sample_site.site import SampleSite
from wp_pipeline.orchestration.sensors.ended_runs import ended_since, result_of
from wp_pipeline.settings import Settings
from wp_pipeline_tests.fakes.world import World
from wp_pipeline_tests.orchestration.conftest import load_anew
from wp_pipeline_tests.orchestration.test_changes_sensor import Ticks
from wp_pipeline_tests.support.dagster_in_process import evaluated, materialized

pytestmark = pytest.mark.dagster_runs

NAMES = ("categories", "comments", "posts", "tags")
COUNTS = {"posts": 130, "comments": 140, "tags": 4, "categories": 3}
GONE = "gone: HTTP 404 rest_no_route: the site does not serve this route; correct the endpoint"


@pytest.fixture
def split(world, load, monkeypatch) -> World:
    monkeypatch.setenv("WP_PIPELINE_STEPS", "endpoint")
    world.extract_these(*NAMES)
    return world


@pytest.fixture
def large(split, serve) -> World:
    world = World(split.aws, serve(SampleSite(COUNTS, volatile=False)))
    world.extract_these(*NAMES)
    return world


class Site:
    """The job of the site, executed in this process."""

    def __init__(self, name: str, instance: dg.DagsterInstance) -> None:
        self.name = name
        self.defs = load_anew()
        self._instance = instance

    def run(self, *only: str, **config):
        steps = [f"extract_{self.name}__{name}" for name in only or NAMES]
        return self.defs.resolve_job_def(f"{self.name}_extraction").execute_in_process(
            instance=self._instance,
            asset_selection=[dg.AssetKey([self.name, name]) for name in only] or None,
            run_config={"ops": {step: {"config": config} for step in steps}} if config else None,
            raise_on_error=False,
        )


@pytest.fixture
def site(site_name, instance):
    return lambda: Site(site_name, instance)


def steps_of(result, kind: dg.DagsterEventType) -> list[str]:
    keys = [event.step_key for event in result.all_events if event.event_type is kind]
    return [key.removeprefix("extract_").partition("__")[2] for key in keys]


def failures_of(result) -> list[str]:
    failed = [event for event in result.all_events if event.is_step_failure]
    return sorted(one.step_failure_data.user_failure_data.description for one in failed)


def checks_of(defs: dg.Definitions) -> set[dg.AssetCheckKey]:
    return set(defs.resolve_asset_graph().asset_check_keys)


def ids(world: World, name: str) -> list[int]:
    return [row["id"] for row in world.rows(name)]


def test_every_endpoint_is_stored_and_checked_as_by_one_step(split, site, monkeypatch):
    several = site()
    result = several.run()
    assert result.success
    assert set(materialized(result)) == set(NAMES)
    assert all(check.passed for check in evaluated(result).values())
    for name in NAMES:
        assert ids(split, name) == split.site.readable_ids(name)

    monkeypatch.setenv("WP_PIPELINE_STEPS", "site")
    assert checks_of(several.defs) == checks_of(load_anew())
    assert {key.name for key in checks_of(several.defs)} >= {"answered", "references_resolve"}


def test_terms_start_before_posts_and_posts_before_comments(split, site):
    started = steps_of(site().run(), dg.DagsterEventType.STEP_START)
    assert sorted(started[:2]) == ["categories", "tags"]
    assert started[2:4] == ["posts", "comments"]


def test_a_refused_endpoint_stops_no_other_and_is_named(split, site):
    split.extract_these("posts", "tags", "comments", also=f"gone={split.url('mo/v1/gone_s3cr3t')}")

    result = site().run()
    assert failures_of(result) == [GONE]
    assert set(materialized(result)) == {"posts", "tags", "comments"}
    assert evaluated(result)["comments", "references_resolve"].passed


def test_only_steps_that_a_retry_may_help_are_retried(split, site):
    def fails_at_first(asked: str):
        puts = [one for one in split.aws.operations if one.endswith("/tags.json") and "PUT" in one]
        is_first = asked.startswith("PUT /") and asked.endswith("/tags.json") and len(puts) <= 1
        return (400, "BadDigest") if is_first else None

    split.aws.faults = fails_at_first
    result = site().run()
    assert result.success
    assert steps_of(result, dg.DagsterEventType.STEP_UP_FOR_RETRY) == ["tags"]
    assert set(materialized(result)) == set(NAMES)
    assert {name: split.uploads().count(name) for name in NAMES} == {
        "categories": 1, "comments": 1, "posts": 1, "tags": 2,
    }  # fmt: skip


def test_comparing_checks_are_skipped_if_an_endpoint_was_refused(split, site):
    several = site()
    split.respond("wp/v2/tags", b'{"code": "rest_forbidden"}', 403)

    result = several.run()
    (failure,) = failures_of(result)
    assert failure.startswith("tags: HTTP 403 rest_forbidden")
    compared = {name for name, check in evaluated(result) if check == "references_resolve"}
    assert compared == {"comments"}


def test_a_refresh_also_reads_items_that_changed_with_another_collection(large, site):
    several = site()
    assert several.run().success
    commented = {row["post"] for row in large.rows("comments")}
    post = next(one for one in large.site.readable_ids("posts") if one in commented)
    large.site.delete("posts", post)
    asked_before = len(large.server.requests)

    result = several.run(mode="changes")
    assert result.success
    told = materialized(result)["posts"].metadata["moved"].value
    assert json.loads(told)["posts"] == [post]
    for name in NAMES:
        assert ids(large, name) == large.site.readable_ids(name)
    assert len(large.server.requests) - asked_before < 30


def test_comments_are_compared_in_full_if_the_changed_posts_are_not_known(large, site):
    several = site()
    assert several.run().success
    first, second = large.site.readable_ids("comments")[3:5]
    large.site.hide("comments", first)  # A probe does not show it: it is counted still.
    large.respond("wp/v2/posts", b'{"code": "rest_forbidden"}', 403)

    assert not several.run(mode="changes").success
    assert first not in ids(large, "comments")
    large.site.hide("comments", second)
    assert several.run("comments", mode="changes").success
    assert second in ids(large, "comments")  # Nothing in this run could have moved it.


def test_accept_drop_may_name_any_endpoint_of_the_site(split, site):
    assert site().run("tags", accept_drop=["posts"]).success
    unknown = site().run("tags", accept_drop=["nothing"])
    assert failures_of(unknown)[0].startswith("accept_drop names what is no endpoint of the site")


def test_a_sensor_configures_the_step_of_each_endpoint(split, site, site_name, instance):
    sensor = Ticks(site().defs, site_name, instance)
    sensor.run()
    split.site.publish("posts")

    data = sensor.tick()
    (request,) = data.run_requests
    assert set(request.run_config["ops"]) == {f"extract_{site_name}__{name}" for name in NAMES}
    assert sensor.run(data).success
    assert ids(split, "posts") == split.site.readable_ids("posts")


def test_the_failures_of_all_steps_are_in_one_message(split, site, site_name, instance):
    split.extract_these("posts", also=f"gone={split.url('mo/v1/gone_s3cr3t')}")
    site().run()
    (ended,) = ended_since(instance, 0)
    told = result_of(ended, instance, Settings.from_environment())
    assert told.failed == {"gone": GONE}
    assert told.stored == {"posts"}
