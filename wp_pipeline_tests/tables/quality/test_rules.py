import shutil
from datetime import datetime, timezone

import pytest

from wp_pipeline.extraction.rules.rule import Place
from wp_pipeline.tables.quality.registry import rules_of
from wp_pipeline.tables.quality.rule import NOT_SHOWN, Facts, evaluate
from wp_pipeline.tables.quality.user_rules import UserRule, UserRuleError, own_rules
from wp_pipeline.tables.querying.errors import QueryError
from wp_pipeline.tables.querying.tables import open_tables
from wp_pipeline.tables.table import Table
from wp_pipeline_tests.fakes.folder_of_tables import FolderOfTables

pytestmark = pytest.mark.tables

NOW = datetime(2026, 11, 26, 12, tzinfo=timezone.utc)
COLLECTIONS = frozenset(("posts", "pages", "users", "comments", "tags"))
MYSQL = frozenset(("raw_posts", "raw_statistics_pages", "raw_terms"))
SITE = COLLECTIONS | MYSQL

POSTS = (
    "SELECT i::BIGINT AS id, (1 + i % 2)::BIGINT AS author, 'publish' AS status,"
    " TIMESTAMP '2026-11-01' AS date, TIMESTAMP '2026-11-01' AS date_gmt, NULL::VARCHAR AS misfits"
    " FROM range(1, 21) AS r(i)"
)
RAW_POSTS = (
    "SELECT i::BIGINT AS id, TIMESTAMP '2026-11-01' AS post_date, '' AS post_title,"
    " 'publish' AS post_status, TIMESTAMP '2026-11-01' AS post_modified, 0::BIGINT AS post_parent,"
    " 'post' AS post_type, 5::BIGINT AS comment_count, NULL::VARCHAR AS misfits"
    " FROM range(1, 21) AS r(i)"
)
RAW_STATISTICS = (
    "SELECT i::BIGINT AS page_id, '/' || i AS uri, 'post' AS type, TIMESTAMP '2026-11-01' AS date,"
    " 7::BIGINT AS count, i::BIGINT AS id FROM range(1, 21) AS r(i)"
)
USERS = "SELECT i::BIGINT AS id, 'Name' AS name FROM range(1, 3) AS r(i)"
COMMENTS = "SELECT i::BIGINT AS id, i::BIGINT AS post FROM range(1, 21) AS r(i)"
WELL = {
    "posts": POSTS, "users": USERS, "comments": COMMENTS,
    "raw_posts": RAW_POSTS, "raw_statistics_pages": RAW_STATISTICS,
}  # fmt: skip


def place(name):
    return Place(name, name in COLLECTIONS, SITE, COLLECTIONS)


@pytest.fixture(scope="module")
def well_kept(tmp_path_factory):
    """The tables of a well-kept site."""
    kept = FolderOfTables(tmp_path_factory.mktemp("well"))
    for name, select in WELL.items():
        kept.add(name, select)
    return kept


@pytest.fixture
def verdict(store, well_kept):
    """Applies a rule of a table of that site, some of whose tables are other ones."""
    for name in WELL:
        shutil.copy(well_kept.path(name), store.path(name))

    def applying(table, rule, facts=None, **others):
        for name, select in others.items():
            store.path(name).unlink(missing_ok=True)
            if select:
                store.add(name, select)
        (found,) = [one for one in rules_of(place(table)) if one.name == rule]
        with open_tables(store) as tables:
            return evaluate(found, tables, facts or Facts(NOW, raw_rows=20))

    return applying


def replaced(select, **columns):
    """Give columns of a SELECT another value."""
    values = ", ".join(f"{value} AS {column}" for column, value in columns.items())
    return f"SELECT * REPLACE ({values}) FROM ({select})"  # noqa: S608


def test_a_correct_table_passes_all_its_rules(well_kept):
    with open_tables(well_kept) as tables:
        for name in WELL:
            facts = Facts(NOW, raw_rows=2 if name == "users" else 20)
            for rule in rules_of(place(name)):
                assert evaluate(rule, tables, facts).passed, (name, rule.name)


# A rule, what is wrong, how many offenders that makes, and the first example.
FAULTS = [
    ("posts", "row_count_equals_raw", Facts(NOW, raw_rows=21), {}, 1,
     "table_rows 20, raw_rows 21"),
    ("posts", "primary_key_is_unique_and_complete", None,
     {"posts": replaced(POSTS, id="id % 15")}, 5, "id 1, rows 2"),
    ("posts", "primary_key_is_unique_and_complete", None,
     {"posts": replaced(POSTS, id="nullif(id, 3)")}, 1, "id None, rows 1"),
    ("raw_statistics_pages", "primary_key_is_unique_and_complete", None,
     {"raw_statistics_pages": replaced(RAW_STATISTICS, page_id="greatest(page_id, 2)")}, 1,
     "page_id 2, rows 2"),
    ("raw_posts", "columns_are_complete", None,
     {"raw_posts": replaced(RAW_POSTS, post_title="nullif(post_title, '')")}, 20,
     "id 1, missing post_title"),
    ("raw_statistics_pages", "columns_are_complete", None,
     {"raw_statistics_pages": replaced(RAW_STATISTICS, uri="nullif(uri, '/4')")}, 1,
     "page_id 4, missing uri"),
    ("posts", "values_fit_their_types", None,
     {"posts": replaced(POSTS, misfits="""CASE id WHEN 4 THEN '{"date": "x@y.z"}' END""")}, 1,
     "id 4, columns date"),
    ("posts", "columns_are_as_before",
     Facts(NOW, changes={"acf": "was added", "it's": "was removed"}), {}, 2,
     "column_name acf, change was added"),
    ("posts", "dates_are_not_in_the_future", None,
     {"posts": replaced(POSTS, date="date + to_days(id::INT) + INTERVAL 7 DAY")}, 1,
     "id 20, date_column date, found 2026-11-28"),
    ("posts", "dates_are_not_in_the_future", None,
     {"posts": replaced(POSTS, date_gmt="TIMESTAMP '2026-11-26 12:00:01'")}, 20,
     "id 1, date_column date_gmt, found 2026-11-26 12:00:01"),
    ("raw_posts", "counts_are_in_range", None,
     {"raw_posts": replaced(RAW_POSTS, comment_count="-id")}, 20,
     "id 1, count_column comment_count, found -1"),
    ("raw_statistics_pages", "counts_are_in_range", None,
     {"raw_statistics_pages": replaced(RAW_STATISTICS, count="-count")}, 20,
     "page_id 1, count_column count, found -7"),
    ("posts", "author_refers_to_users", None, {"posts": replaced(POSTS, author="id")}, 18,
     "author 3, rows 1"),
    ("comments", "post_refers_to_posts", None, {"comments": replaced(COMMENTS, post="post + 3")}, 3,
     "post 21, rows 1"),
    ("raw_statistics_pages", "id_refers_to_raw_posts", None,
     {"raw_statistics_pages": replaced(RAW_STATISTICS, id="id + 5")}, 5, "id 21, rows 1"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "rule", "facts", "others", "offenders", "example"), FAULTS)
def test_a_rule_finds_its_offenders(verdict, table, rule, facts, others, offenders, example):
    found = verdict(table, rule, facts, **others)

    assert (found.passed, found.offenders, found.examples[0]) == (False, offenders, example)
    assert len(found.examples) == min(offenders, 20)
    assert found.description.startswith(f"{offenders} found: {example}")


# What is as it should be although it looks like a fault.
EXCUSED = [
    ("posts", "dates_are_not_in_the_future",
     {"posts": replaced(POSTS, date="TIMESTAMP '2027-01-01'", status="'future'")}),
    ("raw_posts", "dates_are_not_in_the_future",
     {"raw_posts": replaced(RAW_POSTS, post_date="TIMESTAMP '2027-01-01'",
                            post_status="'future'")}),
    # In the time of a site that is ahead of UTC.
    ("posts", "dates_are_not_in_the_future",
     {"posts": replaced(POSTS, date="TIMESTAMP '2026-11-27 02:00:00'")}),
    # One of twenty authors was deleted, and a comment has no post.
    ("posts", "author_refers_to_users",
     {"users": "SELECT * FROM range(1, 20) AS r(id)", "posts": replaced(POSTS, author="id")}),
    ("comments", "post_refers_to_posts", {"comments": replaced(COMMENTS, post="0")}),
    # A comment on a page.
    ("comments", "post_refers_to_posts",
     {"comments": replaced(COMMENTS, post="500"), "pages": "SELECT 500::BIGINT AS id"}),
    # The id of a row of another type is that of a term.
    ("raw_statistics_pages", "id_refers_to_raw_posts",
     {"raw_statistics_pages": replaced(RAW_STATISTICS, id="id + 900", type="'category'")}),
]  # fmt: skip


@pytest.mark.parametrize(("table", "rule", "others"), EXCUSED)
def test_an_unusual_but_correct_table_passes(verdict, table, rule, others):
    assert verdict(table, rule, **others).passed


INAPPLICABLE = [
    ("posts", "primary_key_is_unique_and_complete", {"posts": "SELECT 'x' AS slug"},
     "it is not known which columns are the primary key"),
    ("posts", "row_count_equals_raw", {}, "the raw object does not say how many rows it has"),
    ("raw_posts", "columns_are_complete", {"raw_posts": "SELECT 1 AS id"},
     "it is none of the MySQL tables whose complete columns are known"),
    ("users", "values_fit_their_types", {}, "the table has no column misfits"),
    ("users", "dates_are_not_in_the_future", {}, "the table has no date of what happened"),
    ("posts", "author_refers_to_users", {"users": ""}, "the table users is not stored yet"),
    ("posts", "author_refers_to_users", {"posts": "SELECT 1 AS id"},
     "the table has no column author"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "rule", "others", "reason"), INAPPLICABLE)
def test_a_rule_says_why_it_does_not_apply(verdict, table, rule, others, reason):
    found = verdict(table, rule, Facts(NOW), **others)

    assert (found.passed, found.description) == (True, f"Does not apply: {reason}.")


def test_a_table_lists_the_columns_that_changed():
    table = Table("posts", added=["acf"], gone=["format"], changed_type=["views"])

    assert table.changes == {
        "acf": "was added",
        "format": "was removed",
        "views": "has another type",
    }


def test_a_table_that_is_not_stored_passes_nothing(verdict):
    found = verdict("posts", "row_count_equals_raw", posts="")

    assert (found.passed, found.description) == (
        False, "No table is stored yet: materialize the asset."
    )  # fmt: skip


def test_an_empty_table_passes(verdict):
    empty = f"SELECT * FROM ({RAW_STATISTICS}) WHERE false"  # noqa: S608

    for rule in ("row_count_equals_raw", "counts_are_in_range", "id_refers_to_raw_posts"):
        assert verdict(
            "raw_statistics_pages", rule, Facts(NOW, raw_rows=0), raw_statistics_pages=empty
        ).passed


def test_the_rules_of_a_table_follow_from_names_and_kinds_of_endpoints():
    of_all = [
        "columns_are_as_before", "dates_are_not_in_the_future",
        "primary_key_is_unique_and_complete", "row_count_equals_raw", "values_fit_their_types",
    ]  # fmt: skip
    of_tags = sorted([*of_all, "counts_are_in_range"])
    of_routes = sorted([*of_tags, "columns_are_complete"])
    names = {name: [rule.name for rule in rules_of(place(name))] for name in SITE}

    assert names["users"] == of_all
    assert names["tags"] == of_tags
    assert names["posts"] == [*of_all, "author_refers_to_users"]
    assert names["comments"] == [*of_all, "post_refers_to_posts"]
    assert names["raw_terms"] == of_routes
    assert names["raw_statistics_pages"] == [*of_routes, "id_refers_to_raw_posts"]
    alone = Place("statistics", False, frozenset(("statistics", "posts")), frozenset(("posts",)))
    assert rules_of(alone)[-1].name == "id_refers_to_posts"
    assert rules_of(alone)[-1].others == ("posts",)


@pytest.fixture
def own(store):
    """Applies a site's own rule to its posts."""
    store.add("posts", POSTS)

    def applying(sql, severity="error"):
        (rule,) = own_rules([UserRule("own", sql, severity)], ["posts", "users"])
        with open_tables(store) as tables:
            return rule, evaluate(rule, tables, Facts(NOW))

    return applying


def test_a_sites_own_rule_passes_where_its_sql_returns_no_row(own):
    rule, found = own("SELECT id FROM posts WHERE author = 9 -- nobody;", "warn")

    assert (rule.table, rule.severity, found.passed) == ("posts", "warn", True)


def test_the_offenders_of_a_sites_own_rule_are_shown_without_addresses(own):
    _, found = own(
        "WITH a AS (FROM posts) SELECT id, 'me@example.org' AS mail, '<b>' AS t FROM a ORDER BY id;"
    )

    assert found.offenders == 20
    assert found.examples[0] == f"id 1, mail {NOT_SHOWN}, t b"


def test_a_rule_that_can_not_be_applied_is_an_error_that_names_it(own):
    with pytest.raises(QueryError, match=r'^posts, own: Referenced column "nothing" not found'):
        own("SELECT nothing FROM posts")


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"name": "no dates"}, "rule 'no dates': a name takes letters, digits and _; correct it"),
        ({"severity": "fatal"}, "rule own: severity must be error or warn; correct it"),
        ({"sql": "DELETE FROM posts"}, "rule own: the SQL must be one SELECT statement"),
        ({"sql": "SELECT 1"}, "rule own: the SQL names no table; name one"),
        ({"sql": "SELEC 1"}, 'rule own: syntax error at or near "SELEC"'),
        ({"sql": "SELECT * FROM post"},
         "rule own: there is no table post; the tables are: posts, users"),
        ({"name": "row_count_equals_raw"},
         "rule row_count_equals_raw: another rule has this name; choose another"),
    ],
)  # fmt: skip
def test_a_rule_that_is_wrong_is_refused_before_anything_runs(rule, message):
    with pytest.raises(UserRuleError) as refused:
        own_rules([UserRule(**{"name": "own", "sql": "FROM posts", **rule})], ["posts", "users"])

    assert str(refused.value).startswith(message)


def test_two_rules_of_a_site_can_not_share_a_name():
    with pytest.raises(UserRuleError, match="another rule has this name"):
        own_rules([UserRule("own", "FROM posts"), UserRule("own", "FROM posts")], ["posts"])
