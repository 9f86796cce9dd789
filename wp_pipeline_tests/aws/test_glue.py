import pytest

from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.errors import AwsRefused, AwsUnavailable
from wp_pipeline.aws.glue import Catalog, GlueColumn, GlueTable
from wp_pipeline.settings import Settings
from wp_pipeline.tables.registration import catalog_of
from wp_pipeline_tests.fakes.aws import BUCKET
from wp_pipeline_tests.support.recorded_needs import not_allowed, recorded
from wp_pipeline_tests.support.tables.glue import DATABASE, columns_in, known

pytestmark = pytest.mark.tables

LOCATION = f"s3://{BUCKET}/wordpress-api-tables/posts/"
ID, TITLE = GlueColumn("id", "bigint", "The id."), GlueColumn("title", "string")


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


def test_a_table_with_a_column_without_a_type_is_updated(glue, catalog):
    """Glue demands no more than the name of a column."""
    made_by_others = {"Name": "posts", "StorageDescriptor": {"Columns": [{"Name": "id"}]}}
    glue.create_table(DatabaseName=DATABASE, TableInput=made_by_others)
    ours = GlueTable("posts", LOCATION, [ID, TITLE])

    assert catalog.register(ours)
    assert not catalog.register(ours)


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
