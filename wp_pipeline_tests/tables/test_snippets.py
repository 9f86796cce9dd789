"""The snippets of docs/tables-queries.md that DuckDB can run, on tables like those of a site."""

import re
from pathlib import Path

import pytest

from wp_pipeline.tables.joins.join import read_join
from wp_pipeline.tables.querying.tables import open_tables

pytestmark = pytest.mark.tables

PAGE = (Path(__file__).parents[2] / "docs" / "tables-queries.md").read_text()
POSTS_DAILY = (
    "SELECT i::BIGINT AS post_id, TIMESTAMP '2026-10-30' + to_days(i::INT) AS post_date,"
    " CASE i % 2 WHEN 0 THEN ['News', 'Tips'] ELSE ['News'] END AS categories,"
    " (i * 10)::BIGINT AS views FROM range(4) AS r(i)"
)
TABLES = {
    "posts_daily": POSTS_DAILY,
    "posts": "SELECT i::BIGINT AS id, 'T' || i AS title_text, 1::BIGINT AS author"
    " FROM range(3) AS r(i)",
    "comments": "SELECT 9::BIGINT AS id, 1::BIGINT AS post",
    "statistics_pages": "SELECT 4::BIGINT AS page_id, '/a' AS uri, 1001::BIGINT AS count",
}


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def ask(store):
    for name, select in TABLES.items():
        store.add(name, select)

    def asking(sql):
        with open_tables(store) as tables:
            return list(tables.ask(sql).rows())

    return asking


def test_the_statements_for_athena_are_answered_by_duckdb_too(ask):
    months, categories, *_ = [one for one in blocks("sql") if one.startswith("SELECT")]

    assert [(month.month, posts) for month, posts in ask(months)] == [(10, 2), (11, 2)]
    assert ask(categories) == [("News", 60), ("Tips", 20)]


def test_the_snippet_for_duckdb_prints_the_views_of_each_category(store, monkeypatch, capsys):
    (snippet,) = [one for one in blocks("python") if "import duckdb" in one]
    store.add("posts_daily", POSTS_DAILY)
    monkeypatch.chdir(store.folder)
    exec(snippet, {})  # noqa: S102

    assert re.findall(r"(News|Tips)\W+(\d+)", capsys.readouterr().out) == [
        ("News", "60"), ("Tips", "20")
    ]  # fmt: skip


def test_the_example_of_a_users_file_makes_a_table(ask, tmp_path):
    (text,) = [one for one in blocks("sql") if one.startswith("-- optional")]
    (tmp_path / "totals.sql").write_text(text)
    join = read_join(tmp_path / "totals.sql")

    assert sorted(join.views) == ["comments", "posts", "users"]
    assert list(join.optional) == ["users"]


def test_the_example_of_a_users_rule_finds_its_offender(ask):
    (sql,) = re.findall(r"^ +sql: (SELECT .*)$", PAGE, re.MULTILINE)

    assert ask(sql) == [(4, "/a", 1001)]
