import html
import json

import pytest

from sample_site import content, messages
from sample_site.content import COLLECTIONS
from sample_site.site import SampleSite


def test_the_default_site_has_its_default_size_and_items_that_are_not_sent(ask):
    site = SampleSite()
    sizes = {name: len(site.readable_ids(name)) for name in COLLECTIONS}

    assert sizes == {"posts": 120, "pages": 12, "media": 40, "books": 20, "comments": 480,
                     "categories": 12, "tags": 45, "genres": 8, "users": 6}  # fmt: skip
    assert ask(site, "wp/v2/comments").headers["X-WP-Total"] == "483"
    assert ask(site, "wp/v2/media").headers["X-WP-Total"] == "41"


def test_no_two_posts_have_the_same_title():
    titles = [content.title("posts", number) for number in range(300)]

    assert len(set(titles)) == 300


def test_the_same_counts_give_the_same_content(ask):
    one, other = (SampleSite({"posts": 30}, volatile=False) for _ in range(2))

    assert ask(one, "wp/v2/posts?per_page=30").body == ask(other, "wp/v2/posts?per_page=30").body


def test_texts_get_typographic_quotes_as_in_wordpress():
    typed = """<a href="/x/">Fish & chips</a>, "it's" 5 - 3..."""

    assert html.unescape(content.texturized(typed)) == (
        '<a href="/x/">Fish & chips</a>, “it’s” 5 – 3…'  # noqa: RUF001 - that is the point.
    )


def test_comments_are_in_many_scripts(ask):
    comments = json.loads(ask(SampleSite(), "wp/v2/comments?per_page=100").body)
    text = "".join(comment["content"]["rendered"] for comment in comments)

    assert {"ü", "ę", "町", "م", "т", "을"} - set(text) == set()


@pytest.mark.parametrize(
    ("at", "local"),
    [
        ("2026-03-29T00:59:59", "2026-03-29T00:59:59"),
        ("2026-03-29T01:00:00", "2026-03-29T02:00:00"),
        ("2026-10-25T00:59:59", "2026-10-25T01:59:59"),
        ("2026-10-25T01:00:00", "2026-10-25T01:00:00"),
    ],
)
def test_the_clocks_change_on_the_last_sundays_of_march_and_october(at, local):
    assert messages.local_from_text(f"{at}Z") == local
