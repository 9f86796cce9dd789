import random
import re
import sys
from datetime import datetime, timedelta, timezone
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from wp_pipeline.report.charts import MOST_TICKS, ticks
from wp_pipeline.report.history import Check, EndpointHistory, Extraction, History
from wp_pipeline.report.page import Page, build_page
from wp_pipeline.report.reading.content import read_content
from wp_pipeline_tests.fakes.objects_in_memory import ObjectsInMemory
from wp_pipeline_tests.support.hostile_texts import ADDRESSES, SITE, hostile_history, hostile_site
from wp_pipeline_tests.support.random_cases import few_and_many

UTC = ZoneInfo("UTC")
AT = datetime(2026, 11, 25, 10, 38, tzinfo=timezone.utc)
NOTHING_KNOWN = History()
LARGEST = 300_000  # bytes
# What the template and pygal write; any other would come from the site.
TAGS = {
    "html", "head", "meta", "title", "style", "body", "header", "main", "section", "footer", "p",
    "h1", "h2", "h3", "span", "ul", "ol", "li", "strong", "dl", "dt", "dd", "div", "figure",
    "figcaption", "details", "summary", "table", "thead", "tbody", "tr", "th", "td", "pre", "svg",
    "g", "path", "rect", "text", "circle",
}  # fmt: skip
ATTRIBUTES = {
    "lang", "charset", "name", "content", "http-equiv", "class", "dir", "scope", "style", "role",
    "aria-hidden", "aria-label", "viewbox", "d", "x", "y", "width", "height", "transform", "cx",
    "cy", "r", "tabindex",
}  # fmt: skip


class Parsed(HTMLParser):
    """The tags, attributes and texts of a page, as a browser finds them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self._in_style = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self._in_style = tag == "style"

    def handle_data(self, data: str) -> None:
        if not self._in_style and data.strip():
            self.texts.append(data.strip())

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def page_of(
    objects: dict[str, Any],
    history: History = NOTHING_KNOWN,
    metadata: dict[str, dict[str, str]] | None = None,
    site: str = "magazine",
) -> Page:
    content = read_content([*objects], ObjectsInMemory(objects, metadata or {}).open)
    return build_page(site, content, history, UTC)


def text_of(page: Page) -> str:
    return Parsed(page.html.decode()).text


def post(number: int, date: str = "2024-03-05") -> dict[str, Any]:
    return {"id": number, "date": date, "title": {"rendered": f"Post {number}"}, "author": 1}


def known(names: str, **more: Any) -> History:
    return History({name: EndpointHistory(as_of=AT, **more) for name in names.split()})


@few_and_many(8, 60)
def test_no_text_of_a_site_adds_markup_to_the_page_or_makes_it_large(cases):
    for seed in range(cases):
        objects = hostile_site(seed)
        page = page_of(objects, hostile_history([*objects], seed), site=SITE)
        html = page.html.decode()
        parsed = Parsed(html)

        assert len(page.html) < LARGEST
        assert parsed.tags <= TAGS
        assert {name for name, _ in parsed.attributes} <= ATTRIBUTES
        assert re.findall(r"<script|<!--|://|javascript:|@import|url\(", html) == []
        for shown in (html, page.headline):
            assert [one for one in ADDRESSES if one in shown] == []
        styles = {value for name, value in parsed.attributes if name == "style"}
        assert {style for style in styles if not re.fullmatch(r"width:\d{1,3}%", style)} == set()


def test_the_page_has_no_script_and_sends_no_request():
    html = page_of({"posts": [post(1)]}).html.decode()

    assert "content=\"default-src 'none'; style-src 'unsafe-inline'\"" in html
    assert {"src", "href", "xmlns", "id"} & {name for name, _ in Parsed(html).attributes} == set()


def test_a_large_site_has_a_small_page():
    chance = random.Random(7)
    dates = [f"{chance.randint(1970, 2199)}-{chance.randint(1, 12):02}-01" for _ in range(5000)]
    objects: dict[str, Any] = {
        "posts": [post(n, date) for n, date in enumerate(dates)],
        "comments": [{"id": n, "post": n % 700, "date": d} for n, d in enumerate(dates)],
        **{f"kind_{n}": [{"id": 1}] for n in range(600)},
    }
    page = page_of(objects, known(" ".join(objects)))

    assert len(page.html) < LARGEST
    text = text_of(page)
    assert "Posts per year" in text
    assert "and 542 more files" in text


def test_the_headline_says_what_there_is_and_as_of_when():
    objects = {"posts": [post(n) for n in range(300)], "comments": [{"id": 1}] * 1000, "tags": []}
    history = History(
        {
            "posts": EndpointHistory(AT + timedelta(minutes=3)),
            "comments": EndpointHistory(AT),
            "tags": EndpointHistory(AT + timedelta(days=1)),
        }
    )
    kept = {"comments": {"row-count": "1000", "total": "1010"}}
    page = page_of(objects, history, kept)

    assert page.headline == (
        "300 posts, 1,000 comments, complete as of 25 November 2026, 10:38 UTC;"
        " 10 comments not public"
    )
    text = text_of(page)
    assert text.startswith("magazine: 300 posts, 1,000 comments magazine 300 posts, 1,000 comments")
    assert "Complete as of 25 November 2026, 10:38 UTC 10 comments not public" in text


def test_one_item_is_written_in_the_singular():
    page = page_of({"posts": [post(1)], "comments": [{"id": 1}]}, known("posts comments"))

    assert page.headline.startswith("1 post, 1 comment, complete")


def test_a_refusal_is_shown_with_its_reason_beside_the_stored_data():
    history = History(
        {
            "posts": EndpointHistory(AT),
            "comments": EndpointHistory(AT - timedelta(days=2), "comments: HTTP 503; run later"),
        }
    )
    page = page_of({"posts": [post(1)], "comments": [{"id": 1}]}, history)

    assert page.headline == (
        "1 post, 1 comment, 1 of 2 files up to date as of 25 November 2026, 10:38 UTC"
    )
    text = text_of(page)
    assert "Worth a look comments : not brought up to date: HTTP 503; run later" in text
    assert "comments.json 1 23 Nov 2026, 10:38" in text


def test_failed_checks_are_shown_and_all_checks_are_counted():
    checks = [Check("ids_are_unique", False, "Repeated ids: 7."), Check("total_agrees", True)]
    page = page_of({"posts": [post(1)]}, known("posts", checks=checks))

    assert "complete" in page.headline
    text = text_of(page)
    assert "posts : the check “ids are unique” did not pass. Repeated ids: 7." in text
    assert "1 of 2 checks passed" in text


def test_missing_and_unreadable_objects_are_named():
    objects = {"posts": [post(1)], "comments": b"<html>"}
    content = read_content(["posts", "comments", "tags"], ObjectsInMemory(objects).open)
    page = build_page("magazine", content, known("posts comments"), UTC)

    assert page.headline.startswith("1 post, 1 of 3 files up to date")
    text = text_of(page)
    assert "comments : the stored file can't be read: it is no JSON" in text
    assert "tags : nothing is stored yet" in text


def test_a_site_without_any_object_has_a_page_that_says_so():
    page = build_page("magazine", read_content(["posts"], ObjectsInMemory({}).open), History(), UTC)

    assert page.headline == "Nothing is stored yet; 0 of 1 file up to date"
    assert "posts : nothing is stored yet" in text_of(page)


def test_a_site_without_posts_counts_its_rows():
    kept = {"prices": {"row-count": "12"}, "shops": {"row-count": "3"}}
    page = page_of({"prices": [{"id": 1}], "shops": [{"id": 1}]}, known("prices shops"), kept)

    assert page.headline == "15 rows in 2 files, complete as of 25 November 2026, 10:38 UTC"


def test_without_dagsters_history_the_time_is_from_the_metadata_of_the_object():
    kept = {"posts": {"extracted-at": "2026-05-01T08:30:00+00:00"}}
    content = read_content(["posts"], ObjectsInMemory({"posts": [post(1)]}, kept).open)
    page = build_page("magazine", content, History(), ZoneInfo("Europe/London"))

    assert page.headline == "1 post, complete as of 1 May 2026, 09:30 BST"


def test_each_chart_has_a_name_and_its_numbers_in_words():
    dates = ["2023-11-01", "2024-02-01", "2024-02-02"]
    html = page_of({"posts": [post(n, date) for n, date in enumerate(dates)]}).html.decode()
    charts = re.findall(r'<svg [^>]*role="img" aria-label="([^"]+)"', html)

    assert charts == [
        "Posts per month, November 2023 to February 2024. Most in February 2024: 2.",
        "Posts in total, November 2023 to February 2024: 3 by February 2024, 2 of them in that"
        " month.",
    ]
    bars = re.findall(r"<title>(\w+ \d+: \d+)</title>", html)
    assert bars == ["November 2023: 1", "December 2023: 0", "January 2024: 0", "February 2024: 2"]
    assert "2024 2 0 2023 1 0" in Parsed(html).text


def test_the_last_extractions_are_listed():
    rows = [{"posts": 12, "comments": 7}, {"posts": 11}, {"tags": 3}]
    found = [Extraction(AT - timedelta(days=n), one) for n, one in enumerate(rows)]
    text = text_of(page_of({"posts": [post(1)]}, History({}, found)))

    assert "25 Nov 2026, 10:38 12 7 24 Nov 2026, 10:38 11 –" in text  # noqa: RUF001
    assert "23 Nov 2026" not in text


def test_pygal_leaves_no_import_hook():
    assert [one for one in sys.meta_path if type(one).__module__.startswith("pygal")] == []


def test_equal_contents_give_equal_bytes():
    objects = hostile_site(3)
    pages = [page_of(objects, hostile_history([*objects], 3)) for _ in range(2)]

    assert pages[0] == pages[1]


@pytest.mark.parametrize("largest", [0, 1, 2, 3, 5, 6, 10, 11, 99, 100, 101, 12_345, 10**9])
def test_an_axis_has_few_whole_numbers_from_0_to_above_the_largest(largest):
    found = ticks(largest)

    assert found[0] == 0
    assert found[-1] >= largest
    assert 2 <= len(found) <= MOST_TICKS + 1
    assert len({second - first for first, second in pairwise(found)}) == 1
