import contextlib

import dagster as dg
import pytest
from dagster._utils.warnings import suppress_dagster_warnings as quietly  # as real loading does
from dagster.components.testing import create_defs_folder_sandbox

from sample_site.site import SampleSite
from wp_pipeline.defs.resources import shared
from wp_pipeline.orchestration.site import WordPressSite
from wp_pipeline_tests.fakes.aws import BUCKET
from wp_pipeline_tests.fakes.world import World
from wp_pipeline_tests.support.dagster_in_process import evaluated

SITES = ("harbour", "lantern")


@pytest.fixture
def worlds(aws, serve) -> dict[str, World]:
    """Two sites with posts of the same name and different numbers of them."""
    worlds = {
        name: World(aws, serve(SampleSite({"posts": 3 + place, "tags": 2}, volatile=False)))
        for place, name in enumerate(SITES)
    }
    for name, world in worlds.items():
        posts, tags = world.url("wp/v2/posts"), world.url("wp/v2/tags")
        listed = f"{posts},{tags}" if name == "lantern" else posts
        aws.put_parameters({f"/{name}/endpoints": listed, f"/{name}/bucket": BUCKET})
    return worlds


@pytest.fixture
def both(worlds):
    """The definitions of a project with two defs.yaml files."""
    with contextlib.ExitStack() as stack:
        project = stack.enter_context(create_defs_folder_sandbox())
        for name in SITES:
            attributes = {
                "site": name,
                "endpoints_parameter": f"/{name}/endpoints",
                "bucket_parameter": f"/{name}/bucket",
                "prefix": f"raw/{name}",
                "timezone": "Europe/London",
            }
            project.scaffold_component(
                component_cls=WordPressSite,
                defs_path=name,
                defs_yaml_contents={
                    "type": "wp_pipeline.orchestration.site.WordPressSite",
                    "attributes": attributes,
                },
            )
        loaded = quietly(stack.enter_context)(project.build_all_defs())
        yield dg.Definitions.merge(loaded, shared())


def test_two_sites_do_not_collide(both, worlds, aws, instance, monkeypatch):
    repository = both.get_repository_def()
    assert repository.asset_graph.materializable_asset_keys == {
        *(dg.AssetKey([site, "report"]) for site in SITES),
        dg.AssetKey(["harbour", "posts"]),
        dg.AssetKey(["lantern", "posts"]),
        dg.AssetKey(["lantern", "tags"]),
    }
    assert {job.name for job in repository.get_all_jobs()} == {
        "__ASSET_JOB", "harbour_extraction", "lantern_extraction",
    }  # fmt: skip
    assert {one.name for one in repository.schedule_defs} == {"harbour_daily", "lantern_daily"}
    assert {one.execution_timezone for one in repository.schedule_defs} == {"Europe/London"}
    assert {one.name for one in repository.sensor_defs} == {
        f"{site}_{sensor}"
        for site in SITES
        for sensor in ("changes", "endpoints", "failures", "report")
    }

    result = both.resolve_implicit_global_asset_job_def().execute_in_process(instance=instance)
    assert result.success
    assert all(check.passed for check in evaluated(result).values())
    assert aws.keys() == [
        "raw/harbour/posts.json", "raw/harbour/report.html",
        "raw/lantern/posts.json", "raw/lantern/report.html", "raw/lantern/tags.json",
    ]  # fmt: skip
    for name, world in worlds.items():
        head = aws.head(f"raw/{name}/posts.json")
        assert head["Metadata"]["row-count"] == str(len(world.site.readable_ids("posts")))


def test_the_job_of_a_site_does_not_touch_the_other_site(both, worlds, aws, instance):
    result = both.resolve_job_def("harbour_extraction").execute_in_process(instance=instance)

    assert result.success
    assert aws.keys() == ["raw/harbour/posts.json"]
    assert worlds["lantern"].server.requests == []
