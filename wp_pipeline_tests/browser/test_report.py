"""The report as people see it: light and dark, on a phone, on paper."""

from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, Request

from sample_site.site import SampleSite
from wp_pipeline.aws.lake import Lake
from wp_pipeline.extraction.extract import extract, reading_options
from wp_pipeline.report.build import build_report
from wp_pipeline.report.history import Check, EndpointHistory, History
from wp_pipeline.sandbox.local_aws import BUCKET
from wp_pipeline.settings import Settings
from wp_pipeline.wordpress.endpoints.endpoint import parse_endpoints
from wp_pipeline_tests.support.deployments.local_dagster import LocalDagster

COLLECTIONS = ("posts", "comments", "users", "categories", "tags", "media")
PHONE, DESK = 390, 1280  # pixels
READABLE = 10.0  # pixels; the smallest text on a phone
# The least contrasts by WCAG 2.2, 1.4.3: of texts, of large texts, and of what graphics consist of.
OF_TEXT, OF_LARGE_TEXT, OF_GRAPHICS = 4.5, 3.0, 3.0
MEASURE = """
() => {
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map(v => v / 255).map(
      v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const parsed = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const background = element => {
    for (let one = element; one; one = one.parentElement) {
      const [r, g, b, alpha = 1] = parsed(getComputedStyle(one).backgroundColor);
      if (alpha === 1) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const found = [];
  const add = (kind, element, colour, name) => {
    const behind = background(kind === 'text' ? element : element.parentElement);
    const [light, dark] = [luminance(parsed(colour)), luminance(behind)].sort((a, b) => b - a);
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const scale = element.ownerSVGElement
      ? element.ownerSVGElement.getBoundingClientRect().width
        / element.ownerSVGElement.viewBox.baseVal.width : 1;
    found.push({kind, name, ratio: (light + 0.05) / (dark + 0.05),
      size: parseFloat(style.fontSize) * scale, bold: Number(style.fontWeight) >= 700,
      left: box.left, right: box.right});
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
    if (element.tagName === 'title') continue;
    const style = getComputedStyle(element);
    const isSvg = element instanceof SVGElement;
    add('text', element, isSvg ? style.fill : style.color, walker.currentNode.data.trim());
  }
  for (const bar of document.querySelectorAll('.rect, .track span'))
    add('graphics', bar, bar.matches('span')
      ? getComputedStyle(bar).backgroundColor : getComputedStyle(bar).fill, bar.className);
  return found;
}
"""


@pytest.fixture
def report(world: LocalDagster, serve, tmp_path) -> Path:
    """A file with the report of a site that was extracted, in which something is worth a look.

    It is stored in the lake of `world`, below a prefix of its own.
    """
    root = f"{serve(SampleSite()).url}/wp-json"
    urls = [f"{root}/wp/v2/{name}" for name in COLLECTIONS]
    endpoints = parse_endpoints(",".join([*urls, f"{root}/mo/v1/term_relationship_4821"]))
    lake = Lake(lambda: world.aws.client("s3"), BUCKET, "harbour_gazette")
    settings = Settings(site="harbour_gazette")
    outcomes = list(extract(endpoints, reading_options(settings), lake, settings))
    reason = "comments: HTTP 503: the site is overloaded; run again later"
    check = Check("references_resolve", False, "These are not stored: author 7.")
    history = History(
        {"comments": EndpointHistory(refusal=reason), "posts": EndpointHistory(checks=[check])}
    )
    names = [outcome.name for outcome in outcomes]
    build_report("harbour_gazette", names, lake, history, ZoneInfo("UTC"))
    file = tmp_path / "report.html"
    with lake.pages().open("report") as page:
        file.write_bytes(page.read())
    return file


Open = Callable[..., Page]


@pytest.fixture
def open_report(browser: Browser, report: Path) -> Iterator[Open]:
    """Opens the report; asserts afterwards that it asked for nothing and reported no error."""
    pages: list[Page] = []
    requested: list[str] = []
    errors: list[str] = []

    def record(request: Request) -> None:
        requested.append(request.url)

    def opening(width: int = DESK, scheme: str = "light") -> Page:
        page = browser.new_page(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
        )
        pages.append(page)
        page.on("request", record)
        page.on("console", lambda message: errors.append(message.text))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(report.as_uri())
        return page

    yield opening
    for page in pages:
        page.close()
    assert requested == [report.as_uri()] * len(pages)
    assert errors == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_everything_can_be_read(open_report, scheme, width):
    page = open_report(width, scheme)
    page.locator("summary").click()
    found = page.evaluate(MEASURE)

    assert len([one for one in found if one["kind"] == "text"]) > 150
    assert len([one for one in found if one["kind"] == "graphics"]) > 150
    faint = [one for one in found if one["ratio"] < least_contrast(one)]
    assert faint == []
    assert [one for one in found if one["kind"] == "text" and one["size"] < READABLE] == []


def least_contrast(one: dict) -> float:
    if one["kind"] == "graphics":
        return OF_GRAPHICS
    is_large = one["size"] >= 24 or (one["bold"] and one["size"] >= 18.66)
    return OF_LARGE_TEXT if is_large else OF_TEXT


@pytest.mark.parametrize("width", [320, PHONE, 768, DESK])
def test_nothing_is_wider_than_the_screen(open_report, width):
    page = open_report(width)

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    outside = [
        one
        for one in page.evaluate(MEASURE)
        if one["left"] < 0 or one["right"] > width
        if not one["name"].startswith(("import json", "rows ="))  # The example scrolls.
    ]
    assert outside == []


def test_the_dark_page_is_dark_and_the_light_one_light(open_report):
    backgrounds = {
        scheme: open_report(scheme=scheme).evaluate(
            "getComputedStyle(document.body).backgroundColor"
        )
        for scheme in ("light", "dark")
    }

    assert backgrounds == {"light": "rgb(246, 245, 241)", "dark": "rgb(18, 20, 22)"}


def test_on_paper_it_is_light_and_shows_the_numbers_of_each_year(open_report):
    page = open_report(scheme="dark")
    page.emulate_media(media="print")

    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(27, 29, 32)"
    faint = [one for one in page.evaluate(MEASURE) if one["ratio"] < least_contrast(one)]
    assert faint == []
    printed = page.pdf(format="A4", print_background=True)
    assert 2 <= printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") <= 6


def test_a_screen_reader_gets_a_text_for_each_chart(open_report):
    page = open_report()

    charts = page.get_by_role("img").all()
    names = [chart.get_attribute("aria-label") or "" for chart in charts]
    assert [name.partition(",")[0] for name in names] == [
        "Posts per month", "Posts in total", "Comments per month", "Comments in total",
    ]  # fmt: skip
    assert all("20" in name for name in names)
    headings = page.get_by_role("heading").all_inner_texts()
    assert headings[:3] == ["120 posts, 480 comments", "Worth a look", "Over time"]
    page.locator("summary").focus()
    page.keyboard.press("Enter")
    assert page.get_by_role("row", name="2020").first.is_visible()
