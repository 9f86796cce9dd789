"""Tables of everything that a real WordPress shows: every row, and every value in its column."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import duckdb
import pytest

from wp_pipeline.aws.lake import Lake
from wp_pipeline.tables.columns.column import ColumnType
from wp_pipeline.tables.joins.built_in import joins_of
from wp_pipeline.tables.site_tables import SiteTables
from wp_pipeline.tables.table import Table
from wp_pipeline.wordpress.endpoints.endpoint import parse_endpoints
from wp_pipeline.wordpress.site.site import open_site
from wp_pipeline_tests.fakes.extraction_bucket import ExtractionBucket
from wp_pipeline_tests.real_wordpress.extraction import Extraction, all_endpoints, as_parameter
from wp_pipeline_tests.real_wordpress.wordpress import COLLECTIONS, WordPress
from wp_pipeline_tests.support.site_options import options_with


@dataclass(frozen=True)
class Built:
    """The tables of a site that was extracted into a bucket."""

    bucket: ExtractionBucket
    tables: dict[str, Table]
    daily: Table


@pytest.fixture(scope="module", params=["wordpress", "newest_wordpress", "plain_wordpress"])
def built(
    request: pytest.FixtureRequest,
    new_bucket: Callable[[], ExtractionBucket],
    extraction_of: Callable[[WordPress], Extraction],
) -> Iterator[Built]:
    site: WordPress = request.getfixturevalue(request.param)
    bucket, urls = new_bucket(), all_endpoints(site)
    bucket.put_all_of(extraction_of(site).bucket)
    lake = Lake(lambda: bucket.aws.client("s3"), bucket.name, "wordpress-api")
    with open_site(options_with()) as opened:
        tables = SiteTables(lake, None, opened, parse_endpoints(as_parameter(urls)))
        (daily,) = joins_of(set(COLLECTIONS), ())
        yield Built(bucket, {name: tables.build(name) for name in urls}, tables.join(daily))


def test_each_row_is_in_its_table_and_each_value_fits(built, report):
    for name, table in built.tables.items():
        assert table.rows == len(built.bucket.items(name)), name
        assert table.misfits.count == 0, (name, table.misfits)
    rows = sum(table.rows for table in built.tables.values())
    report(f"{len(built.tables)} tables, {rows:,} rows, 0 values that do not fit")


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_the_columns_of_a_collection_are_those_of_the_sites_own_schema(built, collection):
    columns = {column.name: column for column in built.tables[collection].columns}

    assert columns["id"].type is ColumnType.BIGINT
    assert [name for name in columns if name.startswith("_")] == []
    undeclared = [one.name for one in columns.values() if one.source and not one.is_declared]
    assert undeclared == []


def test_dates_are_timestamps_in_the_posts(built):
    types = {column.name: column.type for column in built.tables["posts"].columns}
    dates = ("date", "date_gmt", "modified", "modified_gmt")
    assert {types[name] for name in dates} == {ColumnType.TIMESTAMP}


def test_the_joined_table_has_each_post(built, tmp_path):
    file = tmp_path / "daily.parquet"
    client = built.bucket.aws.client("s3")
    key = built.daily.uri.partition(f"{built.bucket.name}/")[2]
    file.write_bytes(client.get_object(Bucket=built.bucket.name, Key=key)["Body"].read())
    found = duckdb.execute("SELECT post_id FROM read_parquet(?)", [str(file)]).fetchall()

    assert [row[0] for row in found] == sorted(built.bucket.ids("posts"))
