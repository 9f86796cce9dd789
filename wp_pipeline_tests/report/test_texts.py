import time

import pytest

from wp_pipeline.report.texts import LONGEST, shown, shown_plain


@pytest.mark.parametrize(
    "private",
    [
        "ada@example.org", "Ada.Lovelace+news@mail.example.co.uk", "root@localhost",
        "https://example.org/wp-json/mo/v1/posts_4821", "HTTP://EXAMPLE.ORG", "ftp://a:b@c/d",
        "www.example.org", "example.org/wp-json/wp/v2/posts", "example.org:8080/path",
        "192.168.0.17", "192.168.0.17:8080", "2001:db8:85a3:0:0:8a2e:370:7334", "fe80::1", "::1",
    ],
)  # fmt: skip
@pytest.mark.parametrize("text", ["{}", "Write to {} now", "({})", "<b>{}</b>", "a, {}."])
def test_addresses_are_not_shown(private, text):
    for found in (shown(text.format(private)), shown_plain(text.format(private))):
        assert private.lower() not in found.lower()
        assert "[not shown]" in found


@pytest.mark.parametrize(
    "text",
    [
        "Bread & butter: a history", "At 10:38 on 2024-05-01", "Version 2.4.1", "C++ or Rust?",
        "10:38:12", "e.g. this", "50/50", "and/or", "R&D @ home", "日本語の記事", "½ · 3.14159",
        "posts: HTTP 404 rest_no_route: the site does not serve this route",
    ],
)  # fmt: skip
def test_texts_without_an_address_are_shown_unchanged(text):
    assert shown(text) == text


def test_html_becomes_text_without_tags_entities_and_control_characters():
    assert shown("A &amp; B <em>c</em>\u202e\u200b\x00d &lt;script&gt;") == "A & B c d script"


def test_a_long_text_is_cut_quickly():
    started = time.process_time()
    for text in ("x" * 10**6, "@" * 10**6, "a." * 10**6, ":" * 10**6, "<" * 10**6, "1." * 10**6):
        assert len(shown(text)) <= LONGEST

    assert time.process_time() - started < 1
