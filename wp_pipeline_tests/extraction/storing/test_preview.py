import json

import pytest

from sample_site.messages import Request
from sample_site.site import SampleSite
from wp_pipeline.extraction.storing.preview import (
    COLUMNS_SHOWN,
    ITEMS_SHOWN,
    LONGEST_NAME,
    MOST_COLUMNS,
    Preview,
)
from wp_pipeline.wordpress.answers.items import items_of


def preview_of(*items: dict | str) -> Preview:
    texts = [item if isinstance(item, str) else json.dumps(item) for item in items]
    sample = Preview()
    sample.add([text.encode() for text in texts])
    return sample


def test_a_preview_is_a_table_of_the_first_items():
    items = [{"id": n, "date": "2024-01-02T03:04:05", "title": f"No. {n}"} for n in range(1, 9)]

    lines = preview_of(*items).table.splitlines()
    assert lines[:3] == ["| id | title | date |", "| --- | --- | --- |",
                         "| 1 | No. 1 | 2024-01-02T03:04:05 |"]  # fmt: skip
    assert len(lines) == 2 + ITEMS_SHOWN


def test_a_rendered_title_is_shown_as_plain_text():
    preview = preview_of({"title": {"rendered": "A <b>bold</b> | `tale`\n of it"}}).table

    assert preview.splitlines()[-1] == "| A bold tale of it |"


def test_a_long_title_is_cut():
    cell = preview_of({"title": "x" * 500}).table.splitlines()[-1]

    assert cell.endswith("x… |")
    assert len(cell) < 60


def test_the_number_of_columns_is_limited():
    preview = preview_of({f"column_{n}": n for n in range(1, 30)}).table

    assert preview.splitlines()[0].count("column_") == COLUMNS_SHOWN


SECRETS = {
    "user_email": "somebody@example.com",
    "user_pass": "$P$BIRXVj/ZG0YRiBH8gnRy0x72MmxvL8.",
    "user_activation_key": "1716200000:$P$Babc",
    "password": "hunter2",
    "token": "eyJhbGciOi",
    "author_ip": "198.51.100.7",
    "link": "https://example.org/2024/01/hello",
    "guid": {"rendered": "https://example.org/?p=1"},
    "content": {"rendered": "write to somebody@example.com"},
    "title": "see https://example.org/s3cr3t",
    "phone": "+44 20 7946 0000",
    "description": "anything",
    "author_name": "Mary Example",
}


@pytest.mark.parametrize("name", SECRETS)
def test_nothing_secret_or_personal_is_shown(name):
    preview = preview_of({"id": 1, name: SECRETS[name]}).table

    assert preview.splitlines() == ["| id |", "| --- |", "| 1 |"]


def test_an_email_address_in_a_title_is_not_shown():
    assert "somebody@example.com" not in preview_of({"title": "by somebody@example.com"}).table


@pytest.mark.parametrize(
    "route",
    ["wp/v2/posts", "wp/v2/comments", "wp/v2/users", "wp/v2/media", "mo/v1/posts_4821",
     "mo/v1/statistics_pages_4821", "mo/v1/term_taxonomy_4821"],
)  # fmt: skip
def test_a_preview_of_wordpress_items_shows_no_url_and_no_email_address(route):
    site = SampleSite()
    body = site.answer(Request.parse("GET", f"/wp-json/{route}?per_page=100")).body
    sample = Preview()
    sample.add(items_of(body).raw)

    assert sample.table.count("\n") == 1 + ITEMS_SHOWN
    for secret in ("://", "@", "password", "gravatar", "sample.test"):
        assert secret not in sample.table


def test_columns_are_the_members_of_all_items_with_their_types():
    sample = preview_of(
        {"id": 1, "a": None, "b": True, "c": 1.5}, {"id": 2, "a": 7, "d": {}, "e": [], "f": ""}
    )

    assert sample.columns == {
        "id": "integer", "a": "integer|null", "b": "boolean", "c": "number",
        "d": "object", "e": "array", "f": "string",
    }  # fmt: skip


def test_very_large_numbers_do_not_fail():
    sample = preview_of('{"id": 1, "huge": ' + "9" * 5000 + "}")

    assert sample.columns == {"id": "integer", "huge": "number"}
    assert sample.table.startswith("| id |")


def test_a_lone_surrogate_can_be_shown_and_stored():
    preview = preview_of(r'{"id": 1, "title": "half \ud83d of a pair"}').table

    assert preview.encode("utf-8")


def test_the_preview_of_no_items_is_empty():
    assert (Preview().table, Preview().columns) == ("", {})


# A hostile site.

HOSTILE = [
    "<script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\x1b[2J\x1b[31mred",
    "one\n2026-01-01 [ERROR]: forged",
    "a\u2028b\u202ec\u200bd\u0000e",
    "![x](javascript:alert)",
    '"><img src=x onerror=alert(1)>',
    "a | b | c `code` *bold*",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_markup_and_control_characters_are_not_shown(text):
    sample = preview_of({"id": 1, "title": text, text: 1})

    shown = sample.table.replace("|", "").replace("\n", "") + "".join(sample.columns)
    assert shown.isprintable()
    assert not set("<>`") & set(shown)
    assert "![x](" not in sample.table
    assert len(sample.table.splitlines()) == 3


def test_an_item_with_a_million_members_is_shown_in_part():
    item = "{" + ",".join(f'"k{n}":1' for n in range(1_000_000)) + "}"

    sample = preview_of(item)

    assert len(sample.columns) <= MOST_COLUMNS
    assert len(str(sample.columns)) + len(sample.table) < 20_000


def test_a_long_name_is_cut():
    (name,) = preview_of({"n" * 100_000: 1}).columns

    assert len(name) == LONGEST_NAME


def test_columns_of_many_different_items_are_limited():
    sample = preview_of(*({f"k{n}_{m}": m for m in range(50)} for n in range(100)))

    assert len(sample.columns) == MOST_COLUMNS


@pytest.mark.parametrize(
    "name",
    [
        "[x](javascript:alert(1))",
        "![x](//h.test/p.png)",
        "**bold**",
        "~~x~~",
        "www.h.test",
        "&lt;b",
    ],
)
def test_the_name_of_a_column_makes_no_markup_in_the_table(name):
    header = preview_of({name: 1}).table.splitlines()[0]

    for sign in ("[", "*", "~", "!", "&", "www."):
        assert f"\\{sign}" in header or sign not in header.replace(f"\\{sign}", "")


@pytest.mark.parametrize("name", ["somebody@example.com", "https://example.org/s3cr3t"])
def test_a_column_that_is_named_by_an_address_is_not_shown(name):
    preview = preview_of({"id": 1, name: 2, "@type": 3})

    assert preview.columns == {"id": "integer", "@type": "integer"}
    assert name not in preview.table
