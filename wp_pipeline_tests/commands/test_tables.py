import pytest

from wp_pipeline_tests.fakes.aws import BUCKET

pytestmark = pytest.mark.tables

FOLDER = "wordpress-api-tables"


def test_tables_are_built_once_from_the_stored_objects(world, command):
    assert command("extract").status == 0
    first, second = command("tables"), command("tables")

    assert (first.status, second.status) == (0, 0)
    built = [message.partition(":")[0] for _, message in first.log]
    assert built == ["posts", "tags", "raw_terms", "posts_daily"]
    assert all(": table built, " in message for _, message in first.log)
    assert all(": table unchanged, " in message for _, message in second.log)
    stored = world.aws.keys()
    assert {f"{FOLDER}/{name}/{name}.parquet" for name in built} <= set(stored)


def test_rebuild_builds_all_tables_anew(world, command):
    command("extract")
    command("tables")
    ended = command("tables", "--rebuild")

    assert [message.partition(",")[0] for _, message in ended.log] == [
        f"{name}: table built" for name in ("posts", "tags", "raw_terms", "posts_daily")
    ]


def test_extract_builds_tables_if_the_setting_is_on(world, command, monkeypatch):
    monkeypatch.setenv("WP_PIPELINE_TABLES", "true")
    ended = command("extract")

    assert ended.status == 0
    assert ended.log[-1][1].startswith("posts_daily: table built, 7 rows")
    assert command("sql", "--csv", "SELECT count(*) AS posts FROM posts").out == "posts\n7\n"


def test_a_dry_run_builds_no_table(world, command, monkeypatch):
    monkeypatch.setenv("WP_PIPELINE_TABLES", "true")
    command("extract", "--dry-run")

    assert world.uploads() == []


def test_a_table_that_fails_is_an_error_and_does_not_stop_the_others(world, command):
    command("extract")
    client = world.aws.client("s3")
    client.put_object(Bucket=BUCKET, Key="wordpress-api/tags.json", Body=b"no JSON")
    ended = command("tables")

    assert ended.status == 1
    (error,) = ended.errors
    assert error.startswith("tags: ")
    assert any(message.startswith("raw_terms: table built") for _, message in ended.log)


def test_wrong_parameters_are_status_2(world, command):
    world.put_endpoints("nonsense")
    ended = command("tables")

    assert ended.status == 2
    assert "is not an http(s) URL" in ended.errors[0]
