"""The joined tables of the sample site, compared with plain Python over the same raw rows."""

import json
import re
from collections import Counter, defaultdict
from html import unescape

import pytest

from sample_site.server import SampleSiteServer
from sample_site.site import SampleSite
from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.lake import Lake
from wp_pipeline.extraction.outcomes import refusals
from wp_pipeline.extraction.run import run
from wp_pipeline.settings import Settings
from wp_pipeline.tables.build import build_table
from wp_pipeline.tables.joins.build import build_join
from wp_pipeline.tables.joins.built_in import joins_of
from wp_pipeline.tables.querying.tables import open_tables
from wp_pipeline.tables.store import TableStore
from wp_pipeline_tests.fakes.aws import BUCKET
from wp_pipeline_tests.fakes.folder_of_tables import FolderOfTables
from wp_pipeline_tests.fakes.world import World

pytestmark = pytest.mark.tables

COUNTS = {"posts": 24, "tags": 9, "categories": 5, "comments": 20, "users": 3}
COLLECTIONS = ("posts", "categories", "tags", "users", "comments")
RAW = ("posts", "statistics_pages", "term_relationship", "term_taxonomy", "terms")

OTHERS = [f"raw_{name}" for name in RAW]


class Built:
    """Joined tables in a folder, and the rows of the raw objects that they were made of."""

    def __init__(self, world, store, collections, others, folder):
        self.joins = joins_of(collections, others)
        self.tables = [build_join(join, store) for join in self.joins]
        self.again = [build_join(join, store) for join in self.joins]
        self.raw = {name: world.rows(name) for name in (*collections, *others)}
        self.folder = FolderOfTables(folder)
        for join in self.joins:
            store.download(join.name, self.folder.path(join.name))

    def ask(self, sql):
        with open_tables(self.folder) as tables:
            return list(tables.ask(sql).rows())


@pytest.fixture(scope="module")
def built(open_world, tmp_path_factory):
    """What is built of the tables of the database, and of WordPress's collections alone."""
    site = SampleSite(COUNTS, volatile=False)
    site.draft("posts")  # Nobody can have viewed it.
    with open_world() as world, SampleSiteServer(site) as server:
        larger = World.ready(world.aws, server)
        larger.extract_these(*COLLECTIONS, raw=RAW)
        settings = Settings.from_environment()
        assert refusals(list(run(settings))) == []
        lake = Lake(lambda: build_client("s3"), BUCKET, settings.prefix)
        for name in (*COLLECTIONS, *OTHERS):
            build_table(name, lake, {})
        store = TableStore(lake)
        mysql = Built(larger, store, ("users",), OTHERS, tmp_path_factory.mktemp("mysql"))
        rest = Built(larger, store, COLLECTIONS, (), tmp_path_factory.mktemp("rest"))
        yield {"mysql": mysql, "rest": rest}


def raw_posts(mysql):
    return {row["ID"]: row for row in mysql.raw["raw_posts"] if row["post_type"] == "post"}


def views(mysql):
    """The views of each post by day, from the raw rows."""
    found = Counter()
    for row in mysql.raw["raw_statistics_pages"]:
        if row["type"] == "post" and row["id"] in raw_posts(mysql):
            found[row["id"], row["date"]] += int(row["count"])
    return found


def terms_of(mysql, taxonomy):
    """The names of the terms of each post, from the raw rows."""
    names = {row["term_id"]: unescape(row["name"]) for row in mysql.raw["raw_terms"]}
    known = {
        row["term_taxonomy_id"]: names[row["term_id"]]
        for row in mysql.raw["raw_term_taxonomy"]
        if row["taxonomy"] == taxonomy
    }
    found = defaultdict(list)
    for row in mysql.raw["raw_term_relationship"]:
        if row["term_taxonomy_id"] in known:
            found[row["object_id"]].append(known[row["term_taxonomy_id"]])
    return found


def test_there_is_a_row_for_each_post_and_day_and_one_for_a_post_without_views(built):
    mysql = built["mysql"]
    days = {(post, day) for post, day in views(mysql)}
    without = {(post, None) for post in raw_posts(mysql)} - {(post, None) for post, _ in days}
    found = mysql.ask("SELECT post_id::VARCHAR, strftime(day, '%Y-%m-%d') FROM posts_daily")

    assert len(found) == len(set(found))
    assert set(found) == days | without
    assert days
    assert without


def test_posts_per_month(built):
    mysql = built["mysql"]
    expected = Counter(row["post_date"][:7] for row in raw_posts(mysql).values())
    found = mysql.ask(
        "SELECT strftime(post_date, '%Y-%m'), count(DISTINCT post_id) FROM posts_daily GROUP BY 1"
    )

    assert dict(found) == expected
    assert len(expected) > 3


def test_most_viewed_posts(built):
    mysql = built["mysql"]
    expected = Counter()
    for (post, _), count in views(mysql).items():
        expected[raw_posts(mysql)[post]["post_title"]] += count
    found = mysql.ask(
        "SELECT post_title, sum(views) AS seen FROM posts_daily WHERE views IS NOT NULL"
        " GROUP BY ALL ORDER BY seen DESC, post_title"
    )

    assert found == sorted(expected.items(), key=lambda one: (-one[1], one[0]))
    assert len(found) > 10


def test_views_per_category(built):
    mysql = built["mysql"]
    categories = terms_of(mysql, "category")
    expected = Counter()
    for (post, _), count in views(mysql).items():
        for name in categories[post]:
            expected[name] += count
    found = mysql.ask(
        "SELECT category, sum(views) FROM (SELECT unnest(categories) AS category, views"
        " FROM posts_daily) WHERE views IS NOT NULL GROUP BY category"
    )

    assert dict(found) == expected
    assert len(expected) > 2


def test_a_row_has_the_author_tags_and_categories_of_its_post(built):
    mysql = built["mysql"]
    users = {str(user["id"]): user["name"] for user in mysql.raw["users"]}
    tags, categories = terms_of(mysql, "post_tag"), terms_of(mysql, "category")
    found = mysql.ask(
        "SELECT DISTINCT post_id::VARCHAR, post_status, author_id::VARCHAR, author, comments,"
        " list_sort(tags), list_sort(categories) FROM posts_daily"
    )

    assert {row[0]: row[1:] for row in found} == {
        post: (
            row["post_status"], row["post_author"], users.get(row["post_author"]),
            int(row["comment_count"]), sorted(tags[post]) or None, sorted(categories[post]) or None,
        )
        for post, row in raw_posts(mysql).items()
    }  # fmt: skip


def test_the_authors_join_has_a_row_for_each_count_of_a_post(built):
    mysql = built["mysql"]
    expected = [
        (row["post_title"], row["post_date"][:4], stat["id"], stat["date"], int(stat["count"]))
        for stat in mysql.raw["raw_statistics_pages"]
        for row in mysql.raw["raw_posts"]
        if row["ID"] == stat["id"] and re.match("post", row["post_type"])
    ]
    found = mysql.ask(
        "SELECT post_title, post_date_year::VARCHAR, statistics_id::VARCHAR,"
        " strftime(statistics_date, '%Y-%m-%d'), statistics_count FROM statistics_postname"
    )

    assert sorted(found) == sorted(expected)
    (columns,) = [table.columns for table in mysql.tables if table.name == "statistics_postname"]
    assert len(columns) == 15


def test_collections_give_a_row_for_each_post_with_its_comments(built):
    rest = built["rest"]
    names = {
        kind: {one["id"]: unescape(one["name"]) for one in rest.raw[kind]}
        for kind in ("categories", "tags", "users")
    }
    comments = Counter(one["post"] for one in rest.raw["comments"])
    found = rest.ask(
        "SELECT post_id, post_title, post_status, author, categories, tags, comments, day, views"
        " FROM posts_daily"
    )

    assert {row[0]: row[1:] for row in found} == {
        post["id"]: (
            unescape(post["title"]["rendered"]), post["status"], names["users"].get(post["author"]),
            sorted(names["categories"][one] for one in post["categories"]) or None,
            sorted(names["tags"][one] for one in post["tags"]) or None,
            comments[post["id"]], None, None,
        )
        for post in rest.raw["posts"]
    }  # fmt: skip
    assert len(found) == len(rest.raw["posts"]) == 24


def test_both_statements_make_the_same_columns(built):
    mysql, rest = (
        next(table for table in one.tables if table.name == "posts_daily") for one in built.values()
    )

    assert [one.as_json() for one in mysql.columns] == [one.as_json() for one in rest.columns]


def test_nothing_is_built_again_until_a_table_or_the_statement_changes(built):
    for one in built.values():
        assert [table.unchanged for table in one.tables] == [False] * len(one.tables)
        assert [table.unchanged for table in one.again] == [True] * len(one.tables)
        assert [table.rows for table in one.again] == [table.rows for table in one.tables]
        assert [t.data_version for t in one.again] == [t.data_version for t in one.tables]


def test_the_lineage_names_the_existing_tables(built):
    (daily, postname), (rest,) = built["mysql"].joins, built["rest"].joins
    endpoints = ["users", *OTHERS]

    assert sorted(daily.reads(endpoints)) == sorted(endpoints)
    assert sorted(postname.reads(endpoints)) == ["raw_posts", "raw_statistics_pages"]
    assert sorted(rest.reads(COLLECTIONS)) == sorted(COLLECTIONS)


def test_the_footer_describes_the_columns(built):
    mysql = built["mysql"]
    path = mysql.folder.path("posts_daily")
    with open_tables(mysql.folder) as tables:
        tables.load("posts_daily")
        (copy,) = tables.folder.glob("*.parquet")
        footer = dict(
            (bytes(key), bytes(value))
            for _, key, value in tables.fetch(f"FROM parquet_kv_metadata('{copy}')")
        )

    assert path.stat().st_size > 0
    kept = [one["name"] for one in json.loads(footer[b"wp_pipeline.columns"])]
    (daily, _) = mysql.tables
    assert kept == [one.name for one in daily.columns]
    assert footer[b"wp_pipeline.source"].decode() == daily.data_version
