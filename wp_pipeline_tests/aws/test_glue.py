from hashlib import sha256

import pytest
from botocore.exceptions import ClientError

from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.errors import AwsRefused, AwsUnavailable
from wp_pipeline.aws.glue import Catalog, GlueColumn, GlueTable
from wp_pipeline.aws.lake import Lake
from wp_pipeline.settings import Settings
from wp_pipeline.tables.build import build_table
from wp_pipeline.tables.joins.build import build_join
from wp_pipeline.tables.joins.join import Join
from wp_pipeline.tables.querying.tables import open_tables
from wp_pipeline.tables.registration import GLUE_TYPES, catalog_of, register
from wp_pipeline.tables.store import TableStore
from wp_pipeline_tests.fakes.aws import BUCKET
from wp_pipeline_tests.support.recorded_needs import not_allowed, recorded

pytestmark = pytest.mark.tables

DATABASE = "lake"
LOCATION = f"s3://{BUCKET}/wordpress-api-tables/posts/"
ID, TITLE = GlueColumn("id", "bigint", "The id."), GlueColumn("title", "string")
POSTS = (
    b'[{"id": 1, "date": "2026-11-20T10:00:00", "price": 1.5, "sticky": true, "tags": [1],'
    b' "class_list": ["a"], "title": "T", "acf": {"a": 1}}]'
)


@pytest.fixture
def glue(aws):
    """Glue with a database."""
    client = aws.client("glue")
    client.create_database(DatabaseInput={"Name": DATABASE})
    aws.operations.clear()
    return client


@pytest.fixture
def catalog(aws):
    return Catalog(DATABASE, lambda: build_client("glue"))


def known(glue, name="posts"):
    return glue.get_table(DatabaseName=DATABASE, Name=name)["Table"]


def columns_in(table):
    return [(one["Name"], one["Type"]) for one in table["StorageDescriptor"]["Columns"]]


def test_a_table_is_created_as_athena_reads_it(glue, catalog):
    assert catalog.register(GlueTable("posts", LOCATION, [ID, TITLE]))

    table = known(glue)
    storage = table["StorageDescriptor"]
    assert table["TableType"] == "EXTERNAL_TABLE"
    assert table["Parameters"] == {"EXTERNAL": "TRUE", "classification": "parquet"}
    assert storage["Location"] == LOCATION
    assert storage["InputFormat"].endswith(".MapredParquetInputFormat")
    assert storage["OutputFormat"].endswith(".MapredParquetOutputFormat")
    assert storage["SerdeInfo"]["SerializationLibrary"].endswith(".ParquetHiveSerDe")
    assert storage["Columns"] == [
        {"Name": "id", "Type": "bigint", "Comment": "The id."}, {"Name": "title", "Type": "string"}
    ]  # fmt: skip


def test_a_table_that_is_known_as_it_is_costs_one_request(aws, glue, catalog):
    catalog.register(GlueTable("posts", LOCATION, [ID, TITLE]))
    aws.operations.clear()

    assert not catalog.register(GlueTable("posts", LOCATION, [ID, TITLE]))
    assert aws.operations == ["GetTable"]


OTHER = [
    GlueTable("posts", LOCATION, [ID]),
    GlueTable("posts", LOCATION, [TITLE, ID]),
    GlueTable("posts", LOCATION, [ID, GlueColumn("title", "bigint")]),
    GlueTable("posts", LOCATION, [GlueColumn("id", "bigint", "Another."), TITLE]),
    GlueTable("posts", LOCATION.replace("wordpress-api", "other"), [ID, TITLE]),
]


@pytest.mark.parametrize("other", OTHER)
def test_a_table_that_differs_is_updated(aws, glue, catalog, other):
    catalog.register(GlueTable("posts", LOCATION, [ID, TITLE]))
    aws.operations.clear()

    assert catalog.register(other)
    assert aws.operations == ["GetTable", "UpdateTable"]
    assert columns_in(known(glue)) == [(one.name, one.type) for one in other.columns]
    assert known(glue)["StorageDescriptor"]["Location"] == other.location
    assert not catalog.register(other)


def test_glue_comments_of_others_are_kept(glue, catalog):
    catalog.register(GlueTable("posts", LOCATION, [TITLE]))
    told = known(glue)
    storage = told["StorageDescriptor"]
    storage["Columns"][0]["Comment"] = "As the reader sees it."
    glue.update_table(
        DatabaseName=DATABASE,
        TableInput={
            "Name": "posts", "TableType": told["TableType"], "StorageDescriptor": storage,
            "Description": "Ours.", "Parameters": {**told["Parameters"], "owner": "data"},
        },
    )  # fmt: skip

    assert catalog.register(GlueTable("posts", LOCATION, [TITLE, ID]))
    assert known(glue)["Description"] == "Ours."
    assert known(glue)["Parameters"]["owner"] == "data"
    assert known(glue)["StorageDescriptor"]["Columns"][0]["Comment"] == "As the reader sees it."


def test_a_table_of_another_site_is_not_replaced(glue):
    def catalog(site: str) -> Catalog:
        return Catalog(DATABASE, lambda: build_client("glue"), site)

    table, other = GlueTable("posts", LOCATION, [ID]), GlueTable("posts", "s3://b/shop/", [ID])
    assert catalog("").register(table)  # As versions did that did not name the site.
    assert catalog("blog").register(table)
    with pytest.raises(AwsRefused) as refused:
        catalog("shop").register(other)

    assert str(refused.value) == (
        "Glue: the table posts of lake is that of the site blog; give each site a database of its"
        " own, or delete the table in Glue"
    )
    assert known(glue)["StorageDescriptor"]["Location"] == LOCATION
    assert not catalog("blog").register(table)


def test_names_are_in_lower_case_and_descriptions_short_lines(glue, catalog):
    column = GlueColumn("id", "bigint", "First.\n" + "x" * 300)
    catalog.register(GlueTable("Posts", LOCATION, [column]))
    comment = known(glue)["StorageDescriptor"]["Columns"][0]["Comment"]

    assert (comment[:8], len(comment)) == ("First. x", 255)
    assert not catalog.register(GlueTable("Posts", LOCATION, [column]))


def test_another_run_may_create_the_table_meanwhile(aws, glue, catalog):
    def meanwhile(operation):
        if operation == "CreateTable":
            aws.faults = lambda operation: None
            Catalog(DATABASE, lambda: aws.client("glue")).register(
                GlueTable("posts", LOCATION, [TITLE])
            )

    aws.faults = meanwhile
    assert catalog.register(GlueTable("posts", LOCATION, [ID, TITLE]))
    assert columns_in(known(glue)) == [("id", "bigint"), ("title", "string")]


def test_a_database_that_is_missing_is_one_line(aws, catalog):
    with pytest.raises(AwsRefused) as refused:
        catalog.register(GlueTable("posts", LOCATION, [ID]))

    assert str(refused.value) == (
        "Glue: the database lake does not exist in this region; create it, or correct"
        " WP_PIPELINE_GLUE_DATABASE"
    )


FAULTS = [
    ("GetTable", (400, "AccessDeniedException"), AwsRefused,
     "Glue: access denied; allow glue:GetTable"),
    ("CreateTable", (400, "AccessDeniedException"), AwsRefused,
     "Glue: access denied; allow glue:CreateTable"),
    ("UpdateTable", (400, "ConcurrentModificationException"), AwsUnavailable,
     "Glue: another change of the table is under way; run again"),
]  # fmt: skip


@pytest.mark.parametrize(("operation", "fault", "kind", "reason"), FAULTS)
def test_a_refusal_of_glue_is_reported_in_one_line(
    aws, glue, catalog, operation, fault, kind, reason
):
    if operation == "UpdateTable":
        catalog.register(GlueTable("posts", LOCATION, [TITLE]))
    aws.faults = lambda asked: fault if asked == operation else None
    with pytest.raises(kind) as refused:
        catalog.register(GlueTable("posts", LOCATION, [ID]))

    assert str(refused.value) == reason


def test_without_the_setting_nothing_is_registered():
    assert catalog_of(Settings()) is None
    assert catalog_of(Settings(glue_database="lake")) is not None


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


def test_the_policy_allows_what_registering_needs_and_nothing_else(glue, catalog):
    with recorded() as needs:
        catalog.register(GlueTable("posts", LOCATION, [ID]))
        catalog.register(GlueTable("posts", LOCATION, [ID, TITLE]))

    assert {action for action, *_ in needs} == {
        "glue:GetTable", "glue:CreateTable", "glue:UpdateTable"
    }  # fmt: skip
    assert not_allowed(needs, "glue") == set()
    forbidden = {
        ("glue:DeleteTable", "arn:aws:glue:eu-west-1:111122223333:table/lake/posts", ""),
        ("glue:UpdateTable", "arn:aws:glue:eu-west-1:111122223333:table/other/posts", ""),
    }
    assert not_allowed(forbidden, "glue") == forbidden
