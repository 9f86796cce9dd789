import hashlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

import dagster as dg
import pytest
from dagster_aws.s3 import S3Resource
from dagster_aws.ssm import SSMResource

from wp_pipeline.orchestration.assets import build_assets
from wp_pipeline.orchestration.endpoint_names import EndpointName
from wp_pipeline.orchestration.resources import ConfigurationResource, LakeResource
from wp_pipeline.settings import Settings
from wp_pipeline_tests.fakes.aws import BUCKET
from wp_pipeline_tests.faults.other_stores import NO_CONDITIONS
from wp_pipeline_tests.support.dagster_in_process import (
    evaluated,
    execute,
    failure_of,
    materialized,
    metadata_of,
)

NAMES = {"posts", "tags", "raw_terms"}


def lines_logged(instance: dg.DagsterInstance, result: dg.ExecuteInProcessResult) -> list[str]:
    """Return the lines that our code logged in a run."""
    logs = instance.all_logs(result.run_id)
    return [entry.user_message for entry in logs if entry.dagster_event is None]


@dataclass(frozen=True)
class FirstRun:
    """The results of a run of the whole job, for tests that only read them."""

    result: dg.ExecuteInProcessResult
    stored: Mapping[str, bytes]
    sha256: Mapping[str, str]
    ids: Mapping[str, list[int]]
    requests: Sequence[str]
    asked_of_aws: Sequence[str]
    logged: Sequence[str]


@pytest.fixture(scope="module")
def first_run(open_world, defs, site_name) -> Iterator[FirstRun]:
    with open_world() as world, dg.DagsterInstance.ephemeral() as instance:
        world.aws.operations.clear()
        result = execute(defs, site_name, instance)
        asked = list(world.aws.operations)
        heads = {name: world.aws.head(f"wordpress-api/{name}.json") for name in NAMES}
        yield FirstRun(
            result,
            {name: world.stored(name) for name in NAMES},
            {name: head["Metadata"]["sha256"] for name, head in heads.items()},
            {name: world.site.readable_ids(name) for name in ("posts", "tags")},
            list(world.server.requests),
            asked,
            lines_logged(instance, result),
        )


def test_the_job_materializes_and_checks_everything(first_run):
    assert first_run.result.success
    assert set(materialized(first_run.result)) == NAMES
    checks = evaluated(first_run.result)
    assert {key for key, check in checks.items() if not check.passed} == set()
    assert len(checks) == 7 + 6 + 4
    for collection, ids in first_run.ids.items():
        assert [item["id"] for item in json.loads(first_run.stored[collection])] == ids
    assert len(json.loads(first_run.stored["raw_terms"])) == 7


def test_columns_are_described(first_run):
    schema = materialized(first_run.result)["posts"].metadata["dagster/column_schema"].value
    described = {column.name: column.description for column in schema.columns}

    assert described["modified_gmt"] == "When it was last changed, in UTC."
    assert [name for name, text in described.items() if not text] == []


def test_columns_have_the_types_and_rules_of_the_sites_own_schema(first_run):
    schema = materialized(first_run.result)["posts"].metadata["dagster/column_schema"].value
    columns = {column.name: column for column in schema.columns}

    assert columns["categories"].type == "array<integer>"
    assert columns["comment_status"].constraints.other == ["one of open, closed"]
    assert columns["date"].type == "timestamp|null"
    assert columns["date"].tags["sent_as"] == "string"


def test_materializations_describe_the_stored_objects(first_run):
    metadata = metadata_of(first_run.result, "posts")
    body = first_run.stored["posts"]
    asked = [one for one in first_run.requests if one.partition("?")[0].endswith("/wp/v2/posts")]
    schema = metadata.pop("dagster/column_schema")
    assert 0 < metadata.pop("duration_seconds") < 60
    assert 0 < time.time() - metadata.pop("extracted_at") < 600
    assert metadata == {
        "dagster/row_count": 7,
        "dagster/uri": f"s3://{BUCKET}/wordpress-api/posts.json",
        "object": f"s3://{BUCKET}/wordpress-api/posts.json",
        "size_bytes": len(body),
        "site_total": 7,
        "not_shown": 0,
        "requests": len(asked),
        "retries": 0,
        "unchanged": False,
        "completeness": "proven",
        "mode": "full",
        "verified": "full",
        "preview": metadata["preview"],
    }
    columns = {column.name: column.type for column in schema.columns}
    assert set(columns) == set(json.loads(body)[0])
    assert (columns["id"], columns["modified_gmt"]) == ("integer", "timestamp")
    unique = [column.name for column in schema.columns if column.constraints.unique]
    assert unique == ["id"]
    assert metadata["preview"].startswith("| id | title | slug | ")
    assert "://" not in metadata["preview"]


def test_raw_rows_have_no_timestamps_and_no_unique_id(first_run):
    schema = materialized(first_run.result)["raw_terms"].metadata["dagster/column_schema"].value

    assert {column.type for column in schema.columns} <= {"string", "integer"}
    assert not any(column.constraints.unique for column in schema.columns)


def test_the_data_version_is_the_sha256_of_the_stored_object(first_run):
    versions = {
        name: made.tags["dagster/data_version"]
        for name, made in materialized(first_run.result).items()
    }

    assert versions == first_run.sha256
    assert versions == {
        name: hashlib.sha256(body).hexdigest() for name, body in first_run.stored.items()
    }


def test_a_run_logs_a_line_for_each_endpoint_and_the_totals(first_run):
    assert first_run.logged[-1] == "total 3, published 3, unchanged 0, refused 0"
    for name, rows in (("posts", 7), ("tags", 4), ("raw_terms", 7)):
        assert any(
            line.startswith(f"{name}: published, {rows} rows, ") for line in first_run.logged
        )


def test_a_run_reads_parameter_store_once(first_run):
    asked = [one for one in first_run.asked_of_aws if one.startswith("Get")]

    assert asked == ["GetParameters"]


def test_only_selected_endpoints_are_requested_and_stored(world, defs, instance, site_name):
    result = execute(defs, site_name, instance, ["tags"])

    assert result.success
    assert set(materialized(result)) == {"tags"}
    assert {name for name, _ in evaluated(result)} == {"tags"}
    assert world.uploads() == ["tags"]
    assert all("/wp/v2/tags" in asked for asked in world.server.requests)


def test_an_unchanged_site_has_the_same_data_versions_and_no_uploads(
    world, defs, instance, site_name
):
    first = execute(defs, site_name, instance)
    world.aws.operations.clear()
    again = execute(defs, site_name, instance)

    assert again.success
    assert world.uploads() == []
    for name in NAMES:
        assert metadata_of(again, name)["unchanged"] is True
        versions = [materialized(run)[name].tags["dagster/data_version"] for run in (first, again)]
        assert versions[0] == versions[1]


def test_a_refused_endpoint_fails_the_run_after_the_others_are_materialized(
    world, load, instance, site_name
):
    world.extract_these("posts", "tags", also=f"broken={world.url('mo/v1/gone_s3cr3t')}")
    world.aws.put_object("wordpress-api/broken.json", b"former")

    result = execute(load(), site_name, instance)
    assert not result.success
    assert set(materialized(result)) == {"posts", "tags"}
    assert failure_of(result) == (
        "broken: HTTP 404 rest_no_route: the site does not serve this route; correct the endpoint"
    )
    assert world.stored("broken") == b"former"
    assert len(world.rows("posts")) == 7
    assert "total 3, published 2, unchanged 0, refused 1" in lines_logged(instance, result)


def test_every_refused_endpoint_has_its_own_line(world, load, instance, site_name):
    world.site.delete("tags", world.site.readable_ids("tags")[0])
    world.extract_these("posts", also=f"b={world.url('x/b')},a={world.url('x/a')}")

    result = execute(load(), site_name, instance)
    lines = failure_of(result).splitlines()
    assert [line.partition(":")[0] for line in lines] == ["a", "b"]
    assert all("HTTP 404" in line for line in lines)


def test_an_endpoint_that_left_the_list_is_refused_with_advice(world, defs, instance, site_name):
    world.extract_these("posts")

    result = execute(defs, site_name, instance)
    gone = f"is no longer in {Settings().endpoints_parameter}; reload the code location"
    assert set(materialized(result)) == {"posts"}
    assert failure_of(result) == f"raw_terms: {gone}\ntags: {gone}"


def test_a_run_reads_the_current_urls_from_parameter_store(world, defs, instance, site_name):
    world.put_endpoints(world.url("wp/v2/posts?_fields=id"))

    execute(defs, site_name, instance, ["posts"])
    assert {tuple(post) for post in world.rows("posts")} == {("id",)}


@pytest.mark.parametrize("missing", ["everything", "the bucket"])
def test_a_run_names_every_missing_parameter_and_stores_nothing(
    world, defs, instance, site_name, missing
):
    settings = Settings()
    world.aws.forget()
    gone = [settings.bucket_parameter]
    if missing == "everything":
        gone.insert(0, settings.endpoints_parameter)
    else:
        world.extract_these("posts")

    result = execute(defs, site_name, instance)
    assert not result.success
    assert failure_of(result) == "; ".join(
        f"parameter {name} does not exist: create it in this region" for name in gone
    )
    assert materialized(result) == {}
    assert world.aws.keys() == []
    assert world.server.requests == []


def test_an_object_that_s3_refuses_fails_only_its_endpoint(world, defs, instance, site_name):
    place = f"PUT /{BUCKET}/wordpress-api/tags.json"
    world.aws.faults = lambda asked: (403, "AccessDenied") if asked == place else None

    result = execute(defs, site_name, instance)
    assert set(materialized(result)) == {"posts", "raw_terms"}
    assert failure_of(result) == "tags: S3: access denied; allow s3:PutObject"


def test_endpoints_that_may_be_empty_are_materialized_empty(
    world, load, instance, site_name, monkeypatch
):
    monkeypatch.setenv("WP_PIPELINE_MAY_BE_EMPTY", "pages, books")
    world.extract_these("posts", "pages")

    result = execute(load(), site_name, instance)
    assert result.success
    assert world.stored("pages") == b"[]\n"
    assert metadata_of(result, "pages")["dagster/row_count"] == 0
    assert evaluated(result)["pages", "payload_is_not_empty"].passed


def test_unusual_characters_of_a_site_reach_dagster_unchanged(world, load, instance, site_name):
    odd = r'[{"id": 1, "title": "half \ud83d, \u0000, é", "\ud83dcolumn": null}]'
    world.respond("mo/v1/odd_1", odd.encode())
    world.put_endpoints(world.url("mo/v1/odd_1"))

    result = execute(load(), site_name, instance)
    assert result.success
    metadata = materialized(result)["odd"].metadata
    texts = [
        metadata["preview"].value,
        *(c.name for c in metadata["dagster/column_schema"].value.columns),
    ]
    for text in texts:
        assert text.encode("utf-8")  # Otherwise the UI cannot show the asset.


def test_the_schedule_requests_the_whole_job(defs, instance, site_name):
    schedule = defs.resolve_schedule_def(f"{site_name}_daily")
    context = dg.build_schedule_context(
        instance=instance,
        repository_def=defs.get_repository_def(),
        scheduled_execution_time=datetime(2026, 11, 22, 7, tzinfo=timezone.utc),
    )

    (request,) = schedule.evaluate_tick(context).run_requests
    assert request.asset_selection is None


@pytest.mark.filterwarnings("ignore:.* is currently in beta")
def test_a_run_encrypts_and_logs_once_what_the_store_lacks_and_what_a_parameter_contains(world):
    settings = Settings(encryption="AES256")
    NO_CONDITIONS(world.aws)
    refuses, sent = world.aws.refuses, []
    world.aws.refuses = lambda operation, asked: sent.append(asked) or refuses(operation, asked)
    world.put_endpoints(f"{world.url('wp/v2/posts')}\n{world.url('wp/v2/tags')}\u200b")
    names = [EndpointName("posts", True), EndpointName("tags", True)]
    resources = {
        "configuration": ConfigurationResource(ssm=SSMResource()),
        "lake": LakeResource(s3=S3Resource()),
    }
    with dg.DagsterInstance.ephemeral() as instance:
        run = dg.materialize(
            [build_assets(settings, names)], instance=instance, resources=resources
        )
        logged = lines_logged(instance, run)

    assert materialized(run).keys() == {"posts", "tags"}
    assert [one for one in logged if "the S3 store does not support conditional writes" in one]
    assert len([one for one in logged if "does not support" in one]) == 1
    assert len([one for one in logged if "invisible characters (U+200B)" in one]) == 1
    assert {one["x-amz-server-side-encryption"] for one in sent if "if-none-match" in one} == {
        "AES256"
    }
