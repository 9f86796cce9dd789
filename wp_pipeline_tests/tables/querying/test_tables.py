import socket
import tempfile
from pathlib import Path

import pytest

from wp_pipeline.tables.querying.errors import (
    ONLY_TABLES,
    NotAllowed,
    QueryError,
    QueryFailed,
    UnknownTable,
)
from wp_pipeline.tables.querying.statements import tables_named_in, without_semicolon
from wp_pipeline.tables.querying.tables import open_tables

pytestmark = pytest.mark.tables

POSTS = "SELECT i::BIGINT AS id, 'Title ' || i AS title FROM range(3) AS r(i)"
TERMS = "SELECT 1::BIGINT AS id, 'news' AS name"


@pytest.fixture
def ask(store):
    """Answers a question from posts and terms, as a list of rows."""
    store.add("posts", POSTS)
    store.add("terms", TERMS)

    def asking(sql):
        with open_tables(store) as tables:
            return list(tables.ask(sql).rows())

    return asking


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT count(*) FROM posts", [(3,)]),
        ("select TITLE from POSTS where Id = 2;", [("Title 2",)]),
        ("FROM posts LIMIT 1 -- the first", [(0, "Title 0")]),
        ("WITH a AS (SELECT id FROM terms) SELECT title FROM posts JOIN a USING (id)",
         [("Title 1",)]),
        ("SELECT name FROM terms WHERE id IN (SELECT id FROM posts)", [("news",)]),
        ("SELECT ';--' AS t, '/*' /* ; */ ; -- done", [(";--", "/*")]),
        ("SELECT column_name FROM (DESCRIBE terms)", [("id",), ("name",)]),
        ("SELECT column_name FROM (SHOW terms)", [("id",), ("name",)]),
        ("SELECT name FROM main.terms", [("news",)]),
        ("WITH terms AS (SELECT 2 AS id) SELECT a.id, b.id FROM terms a, main.terms b", [(2, 1)]),
        ("SELECT table_name FROM information_schema.tables", []),
        ("VALUES (1, NULL)", [(1, None)]),
    ],
)  # fmt: skip
def test_a_question_is_answered(ask, sql, rows):
    assert ask(sql) == rows


def test_the_columns_of_an_answer_have_duckdbs_types(store):
    store.add("posts", POSTS)
    with open_tables(store) as tables:
        answer = tables.ask("SELECT *, [1::BIGINT] AS l, TIMESTAMP '2026-01-01' AS t FROM posts")

        assert answer.columns == {
            "id": "BIGINT", "title": "VARCHAR", "l": "BIGINT[]", "t": "TIMESTAMP"
        }  # fmt: skip


def test_an_answer_of_any_length_is_read_in_parts(ask):
    assert len(ask("SELECT * FROM posts, range(1000)")) == 3000


def test_only_tables_that_a_question_names_are_copied_and_each_once(ask, store):
    ask("SELECT * FROM posts a JOIN posts b USING (id)")
    assert store.downloaded == ["posts"]

    ask("SELECT 1")
    assert store.downloaded == ["posts"]


def test_the_copies_are_removed_even_if_a_question_fails(ask, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ask("SELECT * FROM posts")
    with pytest.raises(QueryFailed):
        ask("SELECT nothing FROM posts")

    assert [path.name for path in tmp_path.iterdir()] == ["stored"]


@pytest.mark.parametrize(
    ("sql", "kind", "message"),
    [
        ("SELECT * FROM post", UnknownTable, "there is no table post; did you mean posts?"),
        ("SELECT * FROM x", UnknownTable, "there is no table x; the tables are: posts, terms"),
        ("SELECT titel FROM posts", QueryFailed,
         'Referenced column "titel" not found in FROM clause! Candidate bindings: "title", "id"'),
        ("SELEC 1", QueryFailed, 'syntax error at or near "SELEC"'),
        ("SELECT '\udcff'", QueryFailed, "the SQL has bytes that are not UTF-8; write it in UTF-8"),
        ("FROM posts WHERE id = ?", NotAllowed,
         "the SQL has a parameter, such as ? or $1; write its value instead"),
        ("SELECT list(i::VARCHAR || repeat('x', 1000)) FROM range(1000000) AS r(i)", QueryFailed,
         "the question needs more memory than it may use; ask for fewer columns or rows"),
    ],
)  # fmt: skip
def test_a_question_that_can_not_be_answered_is_refused_in_one_line(ask, sql, kind, message):
    with pytest.raises(QueryError) as refused:
        ask(sql)

    assert type(refused.value) is kind
    assert str(refused.value) == message


@pytest.mark.parametrize("secret", ["secret", "it's secret", 'a "secret"', "x" * 500 + "secret"])
@pytest.mark.parametrize(
    "expression",
    ["name::INT", "name::TIMESTAMP", "json_extract(name, '$.a')", "name::STRUCT(a INT)"],
)
def test_a_value_of_the_site_is_in_no_message(store, expression, secret):
    quoted = secret.replace("'", "''")
    store.add("users", f"SELECT '{quoted}' AS name")
    with open_tables(store) as tables, pytest.raises(QueryFailed) as refused:
        list(tables.ask(f"SELECT {expression} FROM users").rows())  # noqa: S608

    assert "secret" not in str(refused.value)
    assert str(refused.value).endswith("; use TRY_CAST where a value may not fit")


def test_tables_whose_names_differ_in_case_only_are_asked_one_at_a_time(store):
    store.add("Events", "SELECT 1 AS id")
    store.add("events", "SELECT 2 AS id")
    with open_tables(store) as tables:
        assert list(tables.ask('FROM "Events"').rows()) == [(1,)]
    with open_tables(store) as tables, pytest.raises(QueryFailed) as refused:
        tables.ask('SELECT * FROM "Events", events')

    assert str(refused.value) == (
        "the names of the tables Events and events differ in case only, and SQL ignores case; ask"
        " one of them at a time"
    )


def test_without_any_table_the_message_says_what_to_do(store):
    with (
        open_tables(store) as tables,
        pytest.raises(UnknownTable, match="no table posts: no table is stored yet; build"),
    ):
        tables.ask("SELECT * FROM posts")


# What a question must not do. {file} is a file beside the copies, {address} one of this machine.
STATEMENTS = (
    "COPY posts TO '{file}'",
    "COPY posts FROM '{file}'",
    "COPY (SELECT 1) TO '{file}'",
    "ATTACH '{file}' AS other",
    "ATTACH ':memory:' AS other",
    "EXPORT DATABASE '{file}'",
    "IMPORT DATABASE '{file}'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "LOAD '{file}'",
    "SET lock_configuration = false",
    "SET enable_external_access = true",
    "SET allowed_directories = ['/']",
    "RESET lock_configuration",
    "PRAGMA enable_external_access = true",
    "PRAGMA enable_profiling",
    "CALL pragma_version()",
    "CREATE TABLE t AS SELECT 1",
    "CREATE SECRET (TYPE s3)",
    "CREATE VIEW v AS SELECT * FROM read_text('{file}')",
    "DROP VIEW posts",
    "INSERT INTO posts VALUES (1, 'x')",
    "DELETE FROM posts",
    "PREPARE p AS SELECT 1",
    "EXPLAIN ANALYZE SELECT 1",
    "USE other",
    "CHECKPOINT",
    "SELECT 1; COPY posts TO '{file}'",
    "SELECT 1; SELECT 2",
    "",
    "-- nothing",
)
READING = (
    "SELECT * FROM read_text('{file}')",
    "SELECT * FROM read_blob('{file}')",
    "SELECT * FROM read_csv('{file}')",
    "SELECT * FROM read_parquet('{file}')",
    "SELECT * FROM read_json('{file}')",
    "SELECT * FROM parquet_kv_metadata('{file}')",
    "SELECT * FROM sniff_csv('{file}')",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM posts WHERE title IN (SELECT content FROM read_text('{file}'))",
    "SELECT * FROM query('SELECT * FROM read_text(''{file}'')')",
    "SELECT * FROM read_csv('{address}')",
    "SELECT * FROM read_parquet('s3://bucket/key.parquet')",
)
AS_A_TABLE = ("SELECT * FROM '{file}'", "FROM '{address}'", "FROM 's3://bucket/key.parquet'")


@pytest.fixture
def targets(tmp_path):
    """A file with a secret, and an address that must not be connected to."""
    file = tmp_path / "secret.csv"
    file.write_text("a\nsecret\n")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x.parquet"
        yield {"file": str(file), "address": address}
        with pytest.raises(BlockingIOError):
            server.accept()
    assert file.read_text() == "a\nsecret\n"


@pytest.mark.parametrize("sql", STATEMENTS)
def test_any_other_statement_than_one_select_is_refused(ask, targets, sql):
    with pytest.raises(QueryError) as refused:
        ask(sql.format(**targets))

    assert isinstance(refused.value, NotAllowed) or "syntax error" in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("sql", READING)
def test_nothing_but_the_tables_can_be_read(ask, store, targets, sql):
    with pytest.raises(NotAllowed) as refused:
        ask(sql.format(**targets))

    assert str(refused.value) == ONLY_TABLES
    assert store.downloaded in ([], ["posts"])


@pytest.mark.parametrize("sql", AS_A_TABLE)
def test_a_file_is_no_table(ask, targets, sql):
    with pytest.raises(UnknownTable, match="there is no table"):
        ask(sql.format(**targets))


def test_a_name_is_not_looked_up_among_the_variables_of_the_program(ask):
    secrets = [("secret",)]

    with pytest.raises(UnknownTable):
        ask("SELECT * FROM secrets")
    assert secrets


def test_the_tables_of_a_question_are_known_before_anything_is_read():
    sql = 'WITH a AS (FROM terms) SELECT * FROM "po sts" b, a, Users WHERE x IN (FROM terms)'

    assert tables_named_in(sql) == ["terms", "po sts", "Users"]
    with pytest.raises(NotAllowed, match=r"^daily\.sql: the SQL must be one SELECT statement"):
        tables_named_in("SELECT 1; SELECT 2", "daily.sql")
    with pytest.raises(QueryFailed, match=r"^daily\.sql: syntax error"):
        tables_named_in("SELECT FROM WHERE", "daily.sql")


@pytest.mark.parametrize(
    ("sql", "without"),
    [
        ("SELECT 1", "SELECT 1"),
        (" SELECT 1 ;\n", "SELECT 1"),
        ("SELECT 'ä;' ; -- end", "SELECT 'ä;'"),
        ("SELECT 1 -- a ; b", "SELECT 1 -- a ; b"),
        ('SELECT 1 AS "a;b" /* ; */;', 'SELECT 1 AS "a;b" /* ; */'),
    ],
)
def test_the_semicolon_that_ends_a_statement_is_removed(sql, without):
    assert without_semicolon(sql) == without


def test_a_temporary_folder_may_have_quotes_in_its_name(store, tmp_path, monkeypatch):
    folder = tmp_path / "it's=1"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    store.add("posts", POSTS)

    with open_tables(store) as tables:
        assert list(tables.ask("FROM posts LIMIT 1").rows()) == [(0, "Title 0")]
    assert list(Path(folder).iterdir()) == []
