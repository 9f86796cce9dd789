"""Runs that heal themselves: retries within a run, and runs that a host left behind."""

from collections import Counter
from pathlib import Path

import dagster as dg
import pytest

from sample_site.site import SampleSite
from wp_pipeline.orchestration.recovery.close_runs import close_runs, main
from wp_pipeline_tests.fakes.world import World
from wp_pipeline_tests.support.dagster_in_process import (
    evaluated,
    execute,
    failure_of,
    materialized,
)

pytestmark = pytest.mark.dagster_runs

DEPLOY = Path(__file__).parents[2] / "deploy" / "dagster.yaml"
GONE = "broken: HTTP 404 rest_no_route: the site does not serve this route; correct the endpoint"


@pytest.fixture
def shaky(world):
    """A world with an endpoint that does not exist."""
    world.extract_these("posts", "tags", also=f"broken={world.url('mo/v1/gone_s3cr3t')}")
    return world


def let_uploads_fail(world, attempts: int) -> None:
    """Let S3 be unavailable for tags, until they were read once more than that."""
    world.aws.faults = lambda asked: (
        (400, "BadDigest")
        if asked.endswith("/tags.json")
        and asked.startswith("PUT /")
        and requests_for(world, "wp/v2/tags?") <= attempts
        else None
    )


def requests_for(world, route: str) -> int:
    return sum(f"/{route}" in one for one in world.server.requests)


def retries(result) -> int:
    return sum(event.is_step_up_for_retry for event in result.all_events)


def observed(instance, site_name, name: str) -> list[str]:
    key = dg.AssetKey([site_name, name])
    records = instance.fetch_observations(key, limit=10).records
    return [one.asset_observation.metadata["refused"].value for one in records]


def test_only_endpoints_that_a_retry_may_help_are_retried(shaky, load, instance, site_name):
    let_uploads_fail(shaky, 1)

    result = execute(load(), site_name, instance)
    assert retries(result) == 1
    assert set(materialized(result)) == {"posts", "tags"}
    assert failure_of(result) == GONE
    assert requests_for(shaky, "mo/v1/gone") == 1
    assert requests_for(shaky, "wp/v2/posts?") == 1
    assert requests_for(shaky, "wp/v2/tags?") == 2
    assert observed(instance, site_name, "broken") == [GONE]


def test_a_run_is_retried_twice_and_then_fails_with_its_reasons(shaky, load, instance, site_name):
    let_uploads_fail(shaky, 1000)

    result = execute(load(), site_name, instance)
    assert retries(result) == 2
    assert set(materialized(result)) == {"posts"}
    lines = failure_of(result).splitlines()
    assert lines[0] == GONE
    assert lines[1].startswith("tags: S3: ")
    assert requests_for(shaky, "wp/v2/tags?") == 3
    assert requests_for(shaky, "mo/v1/gone") == 1


def test_a_run_whose_failures_no_retry_helps_is_not_retried(world, load, instance, site_name):
    world.extract_these("posts", also=f"broken={world.url('mo/v1/gone_s3cr3t')}")

    result = execute(load(), site_name, instance)
    assert retries(result) == 0
    assert failure_of(result) == GONE


def test_a_retry_that_helped_makes_the_run_succeed_and_checks_everything_once(
    world, load, instance, site_name
):
    world.extract_these("posts", "tags", "comments")
    let_uploads_fail(world, 1)

    result = execute(load(), site_name, instance)
    assert result.success
    assert retries(result) == 1
    assert set(materialized(result)) == {"posts", "tags", "comments"}
    assert all(check.passed for check in evaluated(result).values())
    checked = Counter(
        event.check_name
        for event in result.get_asset_check_evaluations()
        if event.asset_key.path[-1] == "comments"
    )
    # References are checked again: what was stored later may resolve them.
    assert {name for name, times in checked.items() if times > 1} == {"references_resolve"}


def test_a_retry_of_a_refresh_brings_posts_the_terms_that_the_attempt_before_stored(
    aws, serve, load, instance, site_name
):
    world = World.ready(aws, serve(SampleSite({"posts": 120, "tags": 4}, volatile=False)))
    world.extract_these("posts", "tags")
    refresh = {"mode": "changes"}
    execute(load(), site_name, instance)
    execute(load(), site_name, instance, config=refresh)
    newest = max(world.rows("posts"), key=lambda row: row["modified_gmt"])  # The probe shows it.
    removed = next(tag for tag in world.site.readable_ids("tags") if tag not in newest["tags"])
    world.site.delete("tags", removed)
    uploads = iter([(400, "BadDigest")])
    world.aws.faults = lambda asked: (
        next(uploads, None) if asked.startswith("PUT /") and asked.endswith("/posts.json") else None
    )

    result = execute(load(), site_name, instance, config=refresh)

    assert result.success
    assert retries(result) == 1
    assert not [row["id"] for row in world.rows("posts") if removed in row["tags"]]


def let_checks_fail(world, times: int) -> None:
    """Let S3 refuse to return the pages, so many times after they are uploaded."""
    world.aws.operations.clear()
    refused = []

    def faults(asked: str) -> tuple[int, str] | None:
        is_uploaded = any(one.startswith("PUT /") for one in world.aws.operations)
        if is_uploaded and asked.startswith("GET /") and len(refused) < times:
            refused.append(asked)
            return 400, "BadDigest"
        return None

    world.aws.faults = faults


@pytest.mark.parametrize("checks_that_fail", [0, 1])
def test_a_re_execution_from_asset_failure_checks_the_object_that_it_stores(
    world, load, instance, site_name, checks_that_fail
):
    world.extract_these("posts", "pages")
    world.aws.put_object("wordpress-api/pages.json", b'[{"id": 1}, {"id": 1}]')
    defs = load()
    failed = execute(defs, site_name, instance)
    assert not evaluated(failed)["pages", "ids_are_unique"].passed
    world.site.publish("pages")
    let_checks_fail(world, checks_that_fail)

    key = dg.AssetKey([site_name, "pages"])
    mended = defs.resolve_job_def(f"{site_name}_extraction").get_subset(
        asset_selection={key}, asset_check_selection=set()
    )
    result = mended.execute_in_process(
        instance=instance, tags={"dagster/is_asset_resume_retry": "true"}
    )
    assert retries(result) == checks_that_fail
    assert set(materialized(result)) == {"pages"}
    record = instance.get_latest_asset_check_evaluation_record(
        dg.AssetCheckKey(key, "ids_are_unique")
    )
    evaluation = record.event.dagster_event.asset_check_evaluation_data
    assert evaluation.passed
    assert evaluation.metadata["offenders"].value == 0


def test_the_job_says_how_a_crashed_run_is_retried(defs, site_name):
    tags = defs.resolve_job_def(f"{site_name}_extraction").tags

    assert tags["dagster/retry_strategy"] == "FROM_ASSET_FAILURE"
    assert tags["dagster/max_retries"] == "2"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.FAILURE),
        (dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.FAILURE),
        (dg.DagsterRunStatus.CANCELING, dg.DagsterRunStatus.CANCELED),
        (dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.NOT_STARTED),
        (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.SUCCESS),
    ],
)
def test_runs_that_a_stopped_host_left_are_closed(defs, instance, site_name, before, after):
    job = defs.resolve_job_def(f"{site_name}_extraction")
    run = instance.create_run_for_job(job, status=before)

    assert close_runs(instance) == ([] if before is after else [run.run_id])
    assert instance.get_run_by_id(run.run_id).status is after
    assert close_runs(instance) == []


def test_the_command_closes_the_runs_of_dagster_home(
    defs, site_name, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    (tmp_path / "dagster.yaml").write_text(DEPLOY.read_text())
    job = defs.resolve_job_def(f"{site_name}_extraction")
    with dg.DagsterInstance.get() as instance:
        run = instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)

    main()
    assert capsys.readouterr().out == f"closed run {run.run_id}\n"
    with dg.DagsterInstance.get() as instance:
        assert instance.get_run_by_id(run.run_id).status is dg.DagsterRunStatus.FAILURE
        assert instance.run_retries_enabled
        assert instance.run_monitoring_enabled
        assert not instance.run_retries_retry_on_asset_or_op_failure
