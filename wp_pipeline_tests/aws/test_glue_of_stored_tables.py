"""Glue knows the columns of the tables that are built of stored objects."""

from hashlib import sha256

import pytest
from botocore.exceptions import ClientError

from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.lake import Lake
from wp_pipeline.tables.build import build_table
from wp_pipeline.tables.joins.build import build_join
from wp_pipeline.tables.joins.join import Join
from wp_pipeline.tables.querying.tables import open_tables
from wp_pipeline.tables.registration import GLUE_TYPES, register
from wp_pipeline.tables.store import TableStore
from wp_pipeline_tests.fakes.aws import BUCKET
from wp_pipeline_tests.support.tables.glue import columns_in, known

pytestmark = pytest.mark.tables

LOCATION = f"s3://{BUCKET}/wordpress-api-tables/posts/"
POSTS = (
    b'[{"id": 1, "date": "2026-11-20T10:00:00", "price": 1.5, "sticky": true, "tags": [1],'
    b' "class_list": ["a"], "title": "T", "acf": {"a": 1}}]'
)


@pytest.fixture
def lake(aws):
    """A lake with posts, one of each type."""
    metadata = {"row-count": "1", "sha256": sha256(POSTS).hexdigest()}
    aws.put_object("wordpress-api/posts.json", POSTS, Metadata=metadata)
    return Lake(lambda: build_client("s3"), BUCKET, "wordpress-api")


def described(store, name):
    with open_tables(store) as tables:
        return {column: GLUE_TYPES[kind] for column, kind in (tables.load(name) or {}).items()}


def test_glue_knows_each_column_that_duckdb_describes(glue, catalog, lake):
    store = TableStore(lake)
    table = build_table("posts", lake, {})
    assert register(catalog, table)

    assert columns_in(known(glue)) == list(described(store, "posts").items())
    assert known(glue)["StorageDescriptor"]["Location"] == LOCATION
    kinds = {kind for _, kind in columns_in(known(glue))}
    assert kinds >= {"bigint", "double", "boolean", "string"}


def test_a_joined_table_is_registered_too(glue, catalog, lake):
    build_table("posts", lake, {})
    store = TableStore(lake)
    join = Join("mine", "SELECT id, TIMESTAMP '2026-01-01' AS t, ['x'] AS l, [1::BIGINT] AS n"
                " FROM posts", "mine.sql")  # fmt: skip
    register(catalog, build_join(join, store))

    assert columns_in(known(glue, "mine")) == list(described(store, "mine").items()) == [
        ("id", "bigint"), ("t", "timestamp"), ("l", "array<string>"), ("n", "array<bigint>")
    ]  # fmt: skip


def test_a_table_that_was_stored_but_not_registered_is_registered_by_the_next_run(
    glue, catalog, lake
):
    store = TableStore(lake)
    build_table("posts", lake, {})
    with pytest.raises(ClientError):
        known(glue)
    again = build_table("posts", lake, {})

    assert again.unchanged
    assert register(catalog, again)
    assert columns_in(known(glue)) == list(described(store, "posts").items())
