"""Tables as assets: what a run builds, checks, shows and leaves out."""

from hashlib import sha256
from typing import Any

import dagster as dg
import duckdb
import pytest

from wp_pipeline_tests.fakes.aws import BUCKET
from wp_pipeline_tests.support.dagster_in_process import (
    Result,
    evaluated,
    execute,
    failure_of,
    materialized,
    metadata_of,
)

pytestmark = pytest.mark.dagster_runs

FOLDER = "wordpress-api-tables"


@pytest.fixture
def tables(world, load, monkeypatch) -> dg.Definitions:
    """The definitions of a site with tables: posts, comments, categories, tags and raw terms."""
    monkeypatch.setenv("WP_PIPELINE_TABLES", "true")
    world.extract_these("posts", "comments", "categories", "tags", raw=["terms"])
    return load()


def build(defs: dg.Definitions, site: str, instance: dg.DagsterInstance, *names: str) -> Result:
    """Build all tables, or those with these names, as the button of the UI does."""
    return defs.resolve_job_def(f"{site}_tables").execute_in_process(
        instance=instance,
        asset_selection=[dg.AssetKey([site, "tables", name]) for name in names] or None,
        raise_on_error=False,
    )


def column(world, tmp_path, table: str, name: str) -> list[Any]:
    """The values of a column of a stored table."""
    file = tmp_path / f"{table}.parquet"
    file.write_bytes(world.aws.object(f"{FOLDER}/{table}/{table}.parquet"))
    found = duckdb.execute("FROM read_parquet(?)", [str(file)])
    place = [one[0] for one in found.description].index(name)
    return [row[place] for row in found.fetchall()]


def test_without_the_setting_there_are_no_tables(defs, site_name):
    keys = defs.resolve_asset_graph().get_all_asset_keys()
    assert [key for key in keys if "tables" in key.path] == []


def test_an_endpoint_with_nearly_the_name_of_a_joined_table_takes_its_place(
    world, load, site_name, monkeypatch
):
    monkeypatch.setenv("WP_PIPELINE_TABLES", "true")
    world.extract_these("posts", also=f"posts-daily={world.url('wp/v2/tags')}")
    key = dg.AssetKey([site_name, "tables", "posts_daily"])

    graph = load().resolve_asset_graph()
    assert graph.get(key).parent_keys == {dg.AssetKey([site_name, "posts_daily"])}


def test_tables_follow_their_objects_and_end_in_joins(tables, site_name):
    graph = tables.resolve_asset_graph()
    posts = graph.get(dg.AssetKey([site_name, "tables", "posts"]))
    daily = graph.get(dg.AssetKey([site_name, "tables", "posts_daily"]))

    assert posts.parent_keys == {dg.AssetKey([site_name, "posts"])}
    assert posts.group_name == f"{site_name}_tables"
    assert posts.kinds == {"parquet", "duckdb"}
    assert {key.path[-1] for key in daily.parent_keys} == {
        "posts",
        "comments",
        "categories",
        "tags",
    }
    extraction = tables.resolve_job_def(f"{site_name}_extraction").asset_layer
    assert not any("tables" in key.path for key in extraction.executable_asset_keys)


def test_a_run_builds_and_checks_all_tables(world, tables, instance, site_name, tmp_path):
    execute(tables, site_name, instance)
    result = build(tables, site_name, instance)

    assert result.success, failure_of(result)
    built = {"posts", "comments", "categories", "tags", "raw_terms", "posts_daily"}
    assert set(materialized(result)) == built
    assert {key for key, check in evaluated(result).items() if not check.passed} == set()
    ids = [item["id"] for item in world.rows("posts")]
    assert column(world, tmp_path, "posts", "id") == ids
    assert column(world, tmp_path, "posts_daily", "post_id") == ids


def test_a_materialization_describes_the_table(world, tables, instance, site_name):
    execute(tables, site_name, instance)
    made = materialized(build(tables, site_name, instance, "posts"))["posts"].metadata

    assert made["dagster/row_count"].value == 7
    assert made["table"].value == f"s3://{BUCKET}/{FOLDER}/posts/posts.parquet"
    columns = {column.name: column for column in made["dagster/column_schema"].value.columns}
    assert columns["date_gmt"].type == "timestamp"
    assert columns["categories"].type == "bigint[]"
    assert columns["date_gmt"].description == "When it was published, in UTC."
    lineage = made["dagster/column_lineage"].value.deps_by_column
    raw = dg.AssetKey([site_name, "posts"])
    assert lineage["title_text"] == [dg.TableColumnDep(raw, "title")]
    assert "misfits" not in lineage
    assert made["misfits"].value == 0


def test_tables_that_are_up_to_date_are_not_built_again(world, tables, instance, site_name):
    execute(tables, site_name, instance)
    build(tables, site_name, instance)
    world.aws.operations.clear()
    world.server.requests.clear()
    result = build(tables, site_name, instance)

    assert all(metadata_of(result, name)["unchanged"] for name in materialized(result))
    assert world.uploads() == []
    assert world.server.requests == []


def test_a_table_that_fails_does_not_stop_the_others(world, tables, instance, site_name):
    execute(tables, site_name, instance)
    world.aws.client("s3").delete_object(Bucket=BUCKET, Key="wordpress-api/tags.json")
    result = build(tables, site_name, instance)

    assert set(materialized(result)) >= {"posts", "comments", "categories", "raw_terms"}
    assert failure_of(result).startswith("tags: ")
    assert not evaluated(result)["tags", "row_count_equals_raw"].passed


def test_a_table_can_be_built_alone(world, tables, instance, site_name):
    execute(tables, site_name, instance)
    result = build(tables, site_name, instance, "tags")

    assert set(materialized(result)) == {"tags"}
    assert {table for table, _ in evaluated(result)} == {"tags"}


def test_an_object_that_is_replaced_after_the_build_does_not_fail_the_check_of_rows(
    world, tables, instance, site_name
):
    execute(tables, site_name, instance)
    body = b'[{"id": 1}]'
    metadata = {"sha256": sha256(body).hexdigest(), "row-count": "1"}

    def replaces_posts(asked: str) -> None:
        if asked == f"PUT /{BUCKET}/{FOLDER}/tags/tags.parquet":
            world.aws.put_object("wordpress-api/posts.json", body, Metadata=metadata)

    world.aws.faults = replaces_posts
    check = evaluated(build(tables, site_name, instance))["posts", "row_count_equals_raw"]
    assert check.passed
    world.aws.faults = lambda asked: None
    job = tables.resolve_implicit_global_asset_job_def().get_subset(
        asset_selection=set(), asset_check_selection={check.asset_check_key}
    )
    (alone,) = evaluated(job.execute_in_process(instance=instance)).values()
    assert not alone.passed  # By now the table is older than the object.


@pytest.fixture
def empty(world, load, instance, site_name, monkeypatch) -> dg.Definitions:
    """The definitions of a site whose endpoint `odd` is stored, and has no rows."""
    monkeypatch.setenv("WP_PIPELINE_TABLES", "true")
    monkeypatch.setenv("WP_PIPELINE_MAY_BE_EMPTY", "odd")
    world.respond("mo/v1/odd_1", b"[]")
    world.extract_these("tags", also=f"odd={world.url('mo/v1/odd_1')}")
    defs = load()
    execute(defs, site_name, instance)
    return defs


def test_an_empty_collection_without_known_columns_has_no_table(world, empty, instance, site_name):
    result = build(empty, site_name, instance, "odd")

    assert result.success
    assert "no rows and no known columns" in metadata_of(result, "odd")["no table"]
    stored = world.aws.keys()
    assert not any(key.startswith(FOLDER) for key in stored)


def test_checks_of_a_table_that_can_not_be_built_pass_alone_too(empty, instance, site_name):
    check = (dg.AssetKey([site_name, "tables", "odd"]), "row_count_equals_raw")
    job = empty.resolve_implicit_global_asset_job_def().get_subset(
        asset_selection=set(), asset_check_selection={dg.AssetCheckKey(*check)}
    )

    def passes() -> bool:
        (found,) = evaluated(job.execute_in_process(instance=instance)).values()
        return found.passed

    assert not passes()  # It was not built yet.
    build(empty, site_name, instance, "odd")
    assert passes()


def test_checks_of_a_table_that_can_not_be_built_pass_in_a_retry_too(
    world, empty, instance, site_name
):
    place = f"PUT /{BUCKET}/{FOLDER}/tags/tags.parquet"
    failed: list[str] = []

    def fails_once(asked: str) -> tuple[int, str] | None:
        if asked != place or failed:
            return None
        failed.append(asked)
        return 400, "BadDigest"

    world.aws.faults = fails_once
    result = build(empty, site_name, instance)

    assert result.success
    assert failed == [place]
    assert all(
        one.passed
        for one in result.get_asset_check_evaluations()
        if one.asset_key.path[-1] == "odd"
    )


def test_changed_columns_are_a_warning(world, tables, instance, site_name):
    execute(tables, site_name, instance)
    build(tables, site_name, instance)
    rows = b'[{"term_id":"1","name":"News","slug":"news","term_group":"0","colour":"red"}]'
    world.respond("mo/v1/terms_4821", rows)
    execute(tables, site_name, instance, config={"accept_drop": ["raw_terms"]})
    result = build(tables, site_name, instance, "raw_terms")

    check = evaluated(result)["raw_terms", "columns_are_as_before"]
    assert result.success
    assert not check.passed
    assert check.severity is dg.AssetCheckSeverity.WARN
    assert "colour" in check.description


def test_secrets_of_the_endpoints_are_in_no_table_event(world, tables, instance, site_name):
    execute(tables, site_name, instance)
    result = build(tables, site_name, instance)

    for event in result.all_events:
        assert "4821" not in str(event)
        assert world.server.url not in str(event)
