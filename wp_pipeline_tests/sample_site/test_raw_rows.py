import json

import pytest

from sample_site.rest.raw_rows import TABLES
from sample_site.site import SampleSite


@pytest.fixture
def rows(ask):
    """The rows of a table, as the plugin serves them."""
    return lambda site, name: json.loads(ask(site, f"mo/v1/{name}_4821").body)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_one_array_of_rows_of_strings(name, site, ask, rows):
    answer = ask(site, f"mo/v1/{name}_4821/?per_page=1&_fields=id")
    found = rows(site, name)

    assert json.loads(answer.body) == found, "The plugin ignores parameters."
    assert found
    assert {type(value) for row in found for value in row.values()} <= {str, type(None)}
    assert len({tuple(row) for row in found}) == 1
    assert not [header for header in answer.headers if header.startswith("X-WP")]


@pytest.mark.parametrize(
    ("name", "key", "columns"),
    [
        ("posts", "ID", 23),
        ("statistics_pages", "page_id", 6),
        ("term_taxonomy", "term_taxonomy_id", 6),
        ("terms", "term_id", 4),
    ],
)
def test_a_table_has_its_columns_and_a_primary_key(name, key, columns, site, rows):
    found = rows(site, name)

    assert {len(row) for row in found} == {columns}
    assert len({row[key] for row in found}) == len(found)


def test_the_tables_refer_to_each_other(site, rows):
    posts = {row["ID"] for row in rows(site, "posts")}
    terms = {row["term_id"] for row in rows(site, "terms")}
    taxonomy = {row["term_taxonomy_id"]: row["term_id"] for row in rows(site, "term_taxonomy")}

    assert {row["id"] for row in rows(site, "statistics_pages")} <= posts
    assert set(taxonomy.values()) == terms
    for row in rows(site, "term_relationship"):
        assert row["object_id"] in posts
        assert row["term_taxonomy_id"] in taxonomy


def test_raw_posts_include_drafts_and_trashed_posts(site, rows):
    drafted, trashed = site.draft("posts"), site.readable_ids("posts")[0]
    site.delete("posts", trashed)
    status = {int(row["ID"]): row["post_status"] for row in rows(site, "posts")}

    assert (status[drafted], status[trashed]) == ("draft", "trash")


def test_the_suffix_is_part_of_the_route(ask):
    site = SampleSite({"posts": 1}, suffix="abc")

    assert ask(site, "mo/v1/posts_abc").status == 200
    assert ask(site, "mo/v1/posts_4821").status == 404
