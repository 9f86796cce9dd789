"""A table from its raw object to the bucket, and when it is left as it is."""

import json
import re
import sys
import tempfile
from pathlib import Path

import duckdb
import pytest

from wp_pipeline.aws.errors import ObjectReplaced
from wp_pipeline.tables.columns.column import ColumnType
from wp_pipeline.tables.errors import (
    ExtraMissing,
    NotATable,
    NothingStored,
    NotRows,
    NotVerified,
    SourceReplaced,
    TableError,
)
from wp_pipeline.tables.parquet.footer import read_footer
from wp_pipeline_tests.fakes.tables_bucket import PREFIX
from wp_pipeline_tests.support.tables.declared_schemas import DATE, INTEGER, POSTS, post

pytestmark = pytest.mark.tables


def left_behind() -> list[str]:
    return [path.name for path in Path(tempfile.gettempdir()).iterdir()]


def test_the_columns_of_a_table_have_the_types_that_the_site_declares(bucket):
    bucket.store("posts", [post(1), post(2, date="0000-00-00 00:00:00", anything=7)])

    table = bucket.build("posts", POSTS)
    assert (table.rows, table.misfits.count, table.unchanged) == (2, 0, False)
    assert table.uri == "s3://test-lake/wordpress-api-tables/posts/posts.parquet"
    assert table.size == len(bucket.aws.object(bucket.key("posts")))
    assert bucket.types("posts") == {
        "id": "BIGINT",
        "date": "TIMESTAMP",
        "date_gmt": "TIMESTAMP",
        "slug": "VARCHAR",
        "title": "VARCHAR",
        "title_text": "VARCHAR",
        "content": "VARCHAR",
        "content_protected": "BOOLEAN",
        "author": "BIGINT",
        "sticky": "BOOLEAN",
        "categories": "BIGINT[]",
        "class_list": "VARCHAR[]",
        "meta": "VARCHAR",
        "rating": "DOUBLE",
        "anything": "BIGINT",
        "misfits": "VARCHAR",
    }
    first, second = bucket.rows("posts")
    assert (first["title"], first["title_text"]) == ("Fish &amp; Chips", "Fish & Chips")
    assert (first["categories"], first["meta"]) == ([1, 2], '{"footnotes": ""}')
    assert (second["date"], second["anything"], second["misfits"]) == (None, 7, None)
    assert left_behind() == []


def test_metadata_and_footer_describe_the_table_and_its_source(bucket):
    bucket.store("posts", [post(1)])
    table = bucket.build("posts", POSTS)

    head = bucket.aws.head(bucket.key("posts"))
    assert head["ContentType"] == "application/vnd.apache.parquet"
    assert head["Metadata"]["row-count"] == "1"
    assert head["Metadata"]["data-version"] == table.data_version
    footer = read_footer("posts", bucket.file("posts"))
    assert footer.columns == table.columns
    assert (
        footer.source
        == head["Metadata"]["source"]
        == bucket.lake.stored("posts").metadata["sha256"]
    )
    assert table.columns[0].description == "Unique identifier for the post."


def test_the_columns_have_kinds_that_a_reader_of_parquet_knows(bucket):
    bucket.store("posts", [post(1)])
    bucket.build("posts", POSTS)

    with duckdb.connect() as connection:
        query = "SELECT name, converted_type FROM parquet_schema($file)"
        kinds = dict(connection.execute(query, {"file": str(bucket.file("posts"))}).fetchall())
        query = "SELECT DISTINCT compression FROM parquet_metadata($file)"
        found = connection.execute(query, {"file": str(bucket.file("posts"))}).fetchall()
    assert kinds["date"] == "TIMESTAMP_MICROS"
    assert kinds["slug"] == "UTF8"
    assert found == [("ZSTD",)]


def test_a_table_of_an_unchanged_object_is_not_built_again(bucket):
    bucket.store("posts", [post(1)])
    first = bucket.build("posts", POSTS)
    bucket.aws.operations.clear()

    again = bucket.build("posts", POSTS)
    assert again.unchanged
    assert (again.rows, again.size, again.uri) == (first.rows, first.size, first.uri)
    assert (again.columns, again.data_version) == (first.columns, first.data_version)
    assert [one.split()[0] for one in bucket.aws.operations] == ["HEAD", "HEAD", "GET"]
    assert bucket.build("posts").unchanged  # Without a schema: the site could not be asked.


@pytest.mark.parametrize("change", ["object", "schema", "rebuild"])
def test_a_table_is_built_anew_if_its_object_or_schema_changed_or_on_demand(bucket, change):
    bucket.store("posts", [post(1)])
    before = bucket.build("posts", POSTS)
    if change == "object":
        bucket.store("posts", [post(1), post(2)])
    schema = {**POSTS, "slug": INTEGER} if change == "schema" else POSTS

    after = bucket.build("posts", schema, rebuild=change == "rebuild")
    assert not after.unchanged
    assert (after.data_version != before.data_version) == (change != "rebuild")


def test_the_same_object_gives_the_same_bytes(bucket):
    bucket.store("posts", [post(number) for number in range(1, 300)])
    bucket.build("posts", POSTS)
    first = bucket.aws.object(bucket.key("posts"))
    bucket.build("posts", POSTS, rebuild=True)

    assert bucket.aws.object(bucket.key("posts")) == first


def test_a_rebuild_forgets_the_types_that_columns_had(bucket):
    bucket.store("rows", [{"id": 1, "n": "text"}])
    bucket.build("rows")
    bucket.store("rows", [{"id": 1, "n": 2}])

    assert bucket.build("rows").columns[1].type is ColumnType.VARCHAR
    assert bucket.build("rows", rebuild=True).columns[1].type is ColumnType.BIGINT


def test_an_empty_collection_has_a_table_if_its_columns_are_known(bucket):
    bucket.store("posts", [])
    nothing = bucket.build("posts")
    assert nothing.reason == "posts: no rows and no known columns, so no table was built"
    assert (nothing.uri, nothing.columns) == ("", ())
    assert bucket.aws.keys() == ["wordpress-api/posts.json"]

    declared = bucket.build("posts", {"id": INTEGER, "date": DATE})
    assert (declared.rows, bucket.rows("posts")) == (0, [])
    assert bucket.types("posts") == {"id": "BIGINT", "date": "TIMESTAMP", "misfits": "VARCHAR"}

    bucket.store("posts", [post(1)])
    bucket.build("posts", POSTS)
    bucket.store("posts", [])
    emptied = bucket.build("posts")
    assert (emptied.rows, emptied.gone) == (0, [])
    assert bucket.types("posts")["categories"] == "BIGINT[]"


def test_a_single_object_is_one_row(bucket):
    bucket.store("settings", {"title": "Magazine", "gmt_offset": 1, "email": "a@example.org"})

    assert bucket.build("settings").rows == 1
    [row] = bucket.rows("settings")
    assert (row["title"], row["gmt_offset"]) == ("Magazine", 1)


def test_nothing_personal_is_shown(bucket):
    secret = {"email": "jane@example.org", "password": "hunter2", "link": "https://example.org/x"}
    bucket.store("users", [{"id": 1, "name": "Jane", "age": 7, **secret}])
    bucket.build("users", {"age": INTEGER, "password": INTEGER})
    bucket.store("users", [{"id": 1, "name": "Jane", "age": "unknown", **secret}])

    shown = bucket.build("users", {"age": INTEGER, "password": INTEGER})
    assert [(one.column, one.row, one.value) for one in shown.misfits.examples] == [
        ("age", 1, ""), ("password", 1, "")
    ]  # fmt: skip
    assert "Jane" in shown.preview
    for text in secret.values():
        assert text not in repr(shown)


def test_an_example_of_a_misfit_is_shown_if_it_is_a_number_or_a_date(bucket):
    bucket.store("posts", [post(1, author=1.5, categories=["news"])])

    found = bucket.build("posts", POSTS).misfits
    assert found.columns == [("author", 1), ("categories", 1)]
    assert [(one.column, one.value) for one in found.examples] == [
        ("author", "1.5"), ("categories", "")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "kind", "reason"),
    [
        (b"", NotRows, "is neither a list of JSON objects nor one"),
        (b'"text"', NotRows, "is neither a list of JSON objects nor one"),
        (b"[1, 2]", NotRows, "is neither a list of JSON objects nor one"),
        (b'[{"id": 1}', NotRows, "is neither a list of JSON objects nor one"),
        (b'[{"id": "\xff"}]', NotRows, "is not UTF-8"),
    ],
)
def test_an_object_without_rows_does_not_replace_the_table(bucket, content, kind, reason):
    bucket.store("posts", [post(1)])
    bucket.build("posts", POSTS)
    before = bucket.aws.object(bucket.key("posts"))
    bucket.store("posts", content)

    with pytest.raises(kind, match=re.escape(reason)) as raised:
        bucket.build("posts", POSTS)
    assert one_line(raised.value)
    assert bucket.aws.object(bucket.key("posts")) == before
    assert left_behind() == []


def one_line(error: Exception) -> bool:
    return str(error).startswith("posts: ") and "\n" not in str(error)


def test_without_a_raw_object_there_is_nothing_to_build(bucket):
    with pytest.raises(NothingStored, match="posts: no object is stored"):
        bucket.build("posts")


@pytest.mark.parametrize("wrong", ["sha256", "row-count"])
def test_no_table_is_built_of_an_object_that_does_not_match_its_metadata(bucket, wrong):
    bucket.store("posts", [post(1)])
    said = {**bucket.aws.head(f"{PREFIX}/posts.json")["Metadata"], wrong: "2" * 40}
    said["row-count"] = said["row-count"][:3]
    bucket.aws.put_object(f"{PREFIX}/posts.json", json.dumps([post(1)]).encode(), Metadata=said)

    with pytest.raises(NotVerified, match=r"posts: the .*object .*metadata.*; extract it again"):
        bucket.build("posts", POSTS)
    assert bucket.aws.keys() == [f"{PREFIX}/posts.json"]


def test_a_table_is_not_stored_if_its_object_is_replaced_during_the_build(bucket):
    bucket.store("posts", [post(1)])
    bucket.build("posts", POSTS)
    before = bucket.aws.object(bucket.key("posts"))
    bucket.store("posts", [post(1), post(2)])
    heads = []

    def replace_meanwhile(operation: str) -> None:
        if operation.startswith("HEAD") and operation.endswith("posts.json"):
            heads.append(operation)
            if len(heads) == 2:
                bucket.store("posts", [post(3)])

    bucket.aws.faults = replace_meanwhile
    with pytest.raises(SourceReplaced, match="posts: the object was replaced") as raised:
        bucket.build("posts", POSTS)
    assert raised.value.retry_may_help
    assert bucket.aws.object(bucket.key("posts")) == before
    assert left_behind() == []

    assert bucket.build("posts", POSTS).rows == 1


def test_of_two_concurrent_builds_the_first_to_end_is_kept(bucket):
    bucket.store("posts", [post(1)])
    puts = []

    def build_meanwhile(operation: str) -> None:
        if operation.startswith("PUT") and operation.endswith(".parquet"):
            puts.append(operation)
            if len(puts) == 1:
                bucket.build("posts", POSTS)

    bucket.aws.faults = build_meanwhile
    with pytest.raises(ObjectReplaced):
        bucket.build("posts", POSTS)
    assert bucket.build("posts", POSTS).unchanged


def test_an_object_that_is_no_table_in_place_of_a_table_is_reported(bucket):
    bucket.store("posts", [post(1)])
    bucket.aws.put_object(bucket.key("posts"), b"not Parquet at all")

    with pytest.raises(
        NotATable, match="no Parquet file; delete it, or run wp-pipeline tables --rebuild"
    ):
        bucket.build("posts", POSTS)
    assert bucket.build("posts", POSTS, rebuild=True).rows == 1


def test_a_failed_upload_does_not_replace_the_table(bucket):
    bucket.store("posts", [post(1)])
    bucket.build("posts", POSTS)
    before = bucket.aws.objects()
    bucket.store("posts", [post(2)])
    bucket.aws.faults = lambda operation: (
        (403, "AccessDenied") if operation.startswith("PUT") else None
    )

    with pytest.raises(Exception, match="access denied; allow s3:PutObject"):
        bucket.build("posts", POSTS)
    bucket.aws.faults = lambda operation: None
    assert bucket.aws.objects()[bucket.key("posts")] == before[bucket.key("posts")]
    assert left_behind() == []


def test_without_duckdb_the_missing_extra_is_named_and_nothing_is_requested(bucket, monkeypatch):
    bucket.aws.operations.clear()
    monkeypatch.setitem(sys.modules, "duckdb", None)

    with pytest.raises(ExtraMissing, match=re.escape("pip install 'wp-pipeline[tables]'")):
        bucket.build("posts", POSTS)
    assert bucket.aws.operations == []


def test_a_missing_temporary_folder_is_reported(bucket, monkeypatch):
    bucket.store("posts", [post(1)])
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")

    with pytest.raises(TableError) as raised:
        bucket.build("posts", POSTS)
    assert str(raised.value) == (
        "posts: the disk does not accept the table; free some space or set TMPDIR"
    )
