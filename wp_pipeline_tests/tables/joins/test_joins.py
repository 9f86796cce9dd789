import pytest

from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.errors import ObjectReplaced
from wp_pipeline.aws.lake import Lake
from wp_pipeline.tables.joins.build import build_join
from wp_pipeline.tables.joins.built_in import joins_of
from wp_pipeline.tables.joins.join import Join, JoinError, read_join
from wp_pipeline.tables.querying.tables import open_tables
from wp_pipeline.tables.store import TableStore
from wp_pipeline_tests.fakes.aws import BUCKET

pytestmark = pytest.mark.tables

KEY = "wordpress-api-tables/totals/totals.parquet"


@pytest.fixture
def file(tmp_path):
    """Writes a .sql file and reads it as a site's own."""

    def reading(sql, name="totals.sql"):
        path = tmp_path / name
        path.write_bytes(sql if isinstance(sql, bytes) else sql.encode())
        return read_join(path)

    return reading


@pytest.fixture
def put(aws, store):
    """Stores a table in S3, and returns the store there."""
    tables = TableStore(Lake(lambda: build_client("s3"), BUCKET, "wordpress-api"))

    def putting(name, select):
        store.add(name, select)
        metadata = {"extracted-at": "2026-11-20T10:00:00+00:00"}
        tables.put(name, store.path(name), metadata, tables.stored(name))
        return tables

    return putting


POSTS = "SELECT i::BIGINT AS id, i * 10::BIGINT AS views FROM range(3) AS r(i)"


def test_a_file_becomes_a_table_of_its_name(file, put, aws):
    join = file("-- All views.\nSELECT sum(views) AS Seen, count(*) AS posts FROM posts; -- done")
    table = build_join(join, put("posts", POSTS))

    assert join.reads(["posts", "terms"]) == ("posts",)
    assert (table.name, table.rows, table.unchanged) == ("totals", 1, False)
    assert table.uri == f"s3://{BUCKET}/{KEY}"
    assert [(one.name, one.type.sql) for one in table.columns] == [
        ("seen", "BIGINT"), ("posts", "BIGINT")
    ]  # fmt: skip
    assert aws.head(KEY)["Metadata"]["extracted-at"] == "2026-11-20T10:00:00+00:00"
    assert aws.head(KEY)["ContentType"] == "application/vnd.apache.parquet"


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("DELETE FROM posts", "the SQL must be one SELECT statement"),
        ("SELECT 1 AS a FROM posts; DROP TABLE posts", "the SQL must be one SELECT statement"),
        ("COPY posts TO 'x.csv'", "the SQL must be one SELECT statement"),
        ("SELEC 1", 'syntax error at or near "SELEC"'),
        ("", "the SQL must be one SELECT statement"),
        ("SELECT 1 AS a", "the statement names no table; name one"),
        ("SELECT * FROM totals", "the statement reads the table that it makes; rename the file"),
        ("-- optional: users (id)\nSELECT * FROM users", "after `optional:` there must be a table"),
        ("-- optional: users id BIGINT\nSELECT * FROM users",
         "after `optional:` there must be a table"),
        ("-- optional: users (id BIGINT)\nSELECT * FROM posts", "the statement does not read the"),
        (b"SELECT '\xff' FROM posts", "can't be read: UnicodeDecodeError; make it a file in UTF-8"),
    ],
)  # fmt: skip
def test_a_file_that_makes_no_table_is_refused_before_anything_runs(file, sql, reason):
    with pytest.raises(JoinError) as refused:
        file(sql)

    assert str(refused.value).startswith(f"totals.sql: {reason}")


@pytest.mark.parametrize("name", ["My totals.sql", "Totals.sql", "2.sql", "a-b.sql"])
def test_a_file_whose_name_is_no_name_of_a_table_is_refused(file, name):
    with pytest.raises(JoinError, match=r"the file's name becomes that of the table"):
        file("FROM posts", name)


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("SELECT * FROM terms", "the table terms is not stored yet; build it first"),
        ("SELECT nothing FROM posts", 'Referenced column "nothing" not found'),
        ("SELECT count(*) FROM posts", "the column 'count_star()' needs a name of letters"),
        ("SELECT id, views AS ID FROM posts", "two columns are called id; rename one with AS"),
        ("SELECT {'a': id} AS s FROM posts", "the column s has the type STRUCT(a BIGINT), which"),
        ("SELECT views::UHUGEINT * 1e30::UHUGEINT AS v FROM posts", "Type UINT128 with value"),
        ("SELECT content AS c FROM posts, read_text('/etc/hostname')",
         "only the tables can be read: no files"),
    ],
)  # fmt: skip
def test_a_table_that_can_not_be_built_leaves_what_is_stored(file, put, aws, sql, reason):
    store = put("posts", POSTS)
    aws.put_object(KEY, b"what is stored")
    with pytest.raises(JoinError) as refused:
        build_join(file(sql), store)

    assert str(refused.value).startswith(f"totals.sql: {reason}")
    assert "\n" not in str(refused.value)
    assert aws.object(KEY) == b"what is stored"


def test_the_types_of_a_join_are_cast_to_those_of_tables(file, put):
    sql = """
    SELECT 1::TINYINT AS a, 1.5 AS b, DATE '2026-01-02' AS c, TIMESTAMP_MS '2026-01-02' AS d,
        TIMESTAMPTZ '2026-01-02 03:00:00+02' AS e, uuid() AS f, [1::INT] AS g, ['x'] AS h,
        true AS i, NULL AS j, INTERVAL 1 DAY AS k, sum(views) AS l, 'x'::ENUM('x') AS m
    FROM posts
    """
    table = build_join(file(sql), put("posts", POSTS))

    assert {one.name: one.type.sql for one in table.columns} == {
        "a": "BIGINT", "b": "DOUBLE", "c": "TIMESTAMP", "d": "TIMESTAMP", "e": "TIMESTAMP",
        "f": "VARCHAR", "g": "BIGINT[]", "h": "VARCHAR[]", "i": "BOOLEAN",
        "j": table.columns[9].type.sql, "k": "VARCHAR", "l": "BIGINT", "m": "VARCHAR",
    }  # fmt: skip


def test_an_optional_table_may_be_missing(file, put):
    sql = """
    -- optional: posts (title VARCHAR)
    -- optional: users (id BIGINT, name VARCHAR)
    SELECT posts.id, posts.title, posts.views, users.name
    FROM posts LEFT JOIN users USING (id)
    """
    store = put("posts", POSTS)
    without = build_join(file(sql), store)
    put("users", "SELECT 1::BIGINT AS id, 'Ada' AS name, 'x' AS more")
    with_users = build_join(file(sql), store)

    assert (without.rows, with_users.rows) == (3, 3)
    assert [one.name for one in with_users.columns] == ["id", "title", "views", "name"]
    assert not with_users.unchanged


def test_a_table_is_built_again_if_one_that_it_reads_changed(file, put, aws):
    join = file("SELECT sum(views) AS seen FROM posts")
    store = put("posts", POSTS)
    first, same = build_join(join, store), build_join(join, store)
    put("posts", POSTS.replace("10", "20"))
    changed = build_join(join, store)
    other = build_join(file("SELECT max(views) AS seen FROM posts"), store)

    assert [one.unchanged for one in (first, same, changed, other)] == [False, True, False, False]
    assert same.data_version == first.data_version != changed.data_version
    aws.operations.clear()
    build_join(join, store, rebuild=True)
    assert f"PUT /{BUCKET}/{KEY}" in aws.operations


def test_of_two_concurrent_builds_one_does_not_overwrite_the_other(file, put, aws):
    store = put("posts", POSTS)
    join = file("SELECT sum(views) AS seen FROM posts")

    def meanwhile(operation):
        if operation == f"GET /{BUCKET}/wordpress-api-tables/posts/posts.parquet":
            aws.faults = lambda operation: None
            aws.put_object(KEY, b"of another run")

    aws.faults = meanwhile
    with pytest.raises(ObjectReplaced):
        build_join(join, store)
    assert aws.object(KEY) == b"of another run"


RAW = ("posts", "statistics_pages", "term_relationship", "term_taxonomy", "terms")


@pytest.mark.parametrize(
    ("collections", "others", "joins"),
    [
        ([], RAW, ["posts_daily.mysql.sql", "statistics_postname.sql"]),
        ([], ["posts", "terms"], ["posts_daily.mysql.sql"]),
        (["posts"], [f"raw_{name}" for name in RAW],
         ["posts_daily.mysql.sql", "statistics_postname.sql"]),
        (["posts"], ["raw_posts", "raw_terms"], ["posts_daily.rest.sql"]),
        (["posts", "users"], ["statistics"], ["posts_daily.rest.sql"]),
        (["posts"], ["posts_daily"], []),
        (["posts"], ["posts-daily"], []),
        (["pages"], ["terms"], []),
        (["pages"], ["popular_posts"], []),
        ([], ["popular_posts", "terms"], []),
        (["posts"], ["popular_posts"], ["posts_daily.rest.sql"]),
        ([], ["popular_posts", "posts", "terms"], ["posts_daily.mysql.sql"]),
    ],
)  # fmt: skip
def test_the_statement_is_chosen_by_what_the_site_has(collections, others, joins):
    found = joins_of(collections, others)

    assert [join.file for join in found] == joins
    for join in found:
        assert "posts" in join.views
        assert set(join.stored_as.values()) <= {*collections, *others}


def test_tables_may_have_other_names_than_in_the_statement():
    (daily,) = joins_of(["posts"], ["statistics"])
    assert daily.views["statistics_pages"] == "statistics"

    (daily,) = joins_of(["posts"], ["popular_posts", "statistics"])
    assert (daily.views["posts"], daily.views["statistics_pages"]) == ("posts", "statistics")

    daily, _ = joins_of([], ["wp_posts", "wp_statistics", "wp_term_relationships"])
    assert (daily.views["posts"], daily.views["term_relationship"]) == (
        "wp_posts", "wp_term_relationships"
    )  # fmt: skip


def test_a_copy_of_our_statement_works_as_a_users_file(file, put):
    (ours, _) = joins_of([], ["posts", "statistics_pages"])
    copied = file(ours.sql, "my_daily.sql")
    store = put("posts", "SELECT 1::BIGINT AS id, 'T' AS post_title, 'post' AS post_type,"
                " 'publish' AS post_status, TIMESTAMP '2026-01-02' AS post_date,"
                " TIMESTAMP '2026-01-02' AS post_modified")  # fmt: skip

    assert isinstance(copied, Join)
    assert build_join(copied, store).rows == 1


def test_a_missing_table_is_named_if_a_needed_column_comes_from_it(file, put):
    join = file("-- optional: users (name VARCHAR)\nSELECT users.id AS id FROM posts, users")
    with pytest.raises(JoinError, match=r"^totals\.sql: .*; the table users is not stored yet$"):
        build_join(join, put("posts", POSTS))


def test_a_site_whose_statistics_are_empty_has_joined_tables_without_views(put):
    stored = put(
        "raw_posts",
        "SELECT 1::BIGINT AS id, 'Hello' AS post_title, 'publish' AS post_status,"
        " 0::BIGINT AS post_parent, 'post' AS post_type, TIMESTAMP '2026-11-20' AS post_date,"
        " TIMESTAMP '2026-11-20' AS post_modified",
    )
    daily, postname = (
        build_join(one, stored) for one in joins_of([], [f"raw_{name}" for name in RAW])
    )

    assert (daily.rows, postname.rows) == (1, 0)
    assert [one.type.sql for one in postname.columns if one.name.startswith("statistics")] == [
        "BIGINT", "TIMESTAMP", "BIGINT", "BIGINT", "BIGINT", "BIGINT"
    ]  # fmt: skip


def test_optional_columns_of_another_type_are_cast_as_far_as_their_values_fit(file, put):
    join = file("-- optional: posts (tags BIGINT[], day TIMESTAMP, likes BIGINT)\n"
                "SELECT tags, day, likes FROM posts")  # fmt: skip
    store = put("posts", "SELECT '[1, 2]' AS tags, 20.5 AS day, ['many'] AS likes")
    build_join(join, store)

    with open_tables(store) as tables:
        answer = tables.ask("FROM totals")
        assert answer.columns == {"tags": "BIGINT[]", "day": "TIMESTAMP", "likes": "BIGINT"}
        assert [*answer.rows()] == [([1, 2], None, None)]


def test_a_plugins_table_that_is_called_statistics_does_not_stop_the_joined_table(put):
    put("posts", "SELECT 1::BIGINT AS id, '[3, 4]' AS categories")
    put("categories", "SELECT 3::BIGINT AS id, 'News' AS name")
    store = put("statistics", "SELECT 1::BIGINT AS id, '1 May' AS date, 7 AS type, 'x' AS count")
    (daily,) = joins_of(["posts", "categories"], ["statistics"])

    assert build_join(daily, store).rows == 1
