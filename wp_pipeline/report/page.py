"""The report as one HTML page: no script, nothing from a network, every text escaped."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from wp_pipeline.report import charts
from wp_pipeline.report.history import Extraction, History
from wp_pipeline.report.reading.content import Content
from wp_pipeline.report.reading.counting import Dated
from wp_pipeline.report.reading.readers import Counts
from wp_pipeline.report.series import series_of, years_listed
from wp_pipeline.report.summary import FileLine, Summary, numbered, short, summarize
from wp_pipeline.report.texts import shown, shown_plain

TEMPLATE = Path(__file__).with_name("page.html")
MOST_LINES = 60  # of files
MOST_TROUBLES = 20
MOST_EXTRACTIONS = 6
MOST_TILES = 8
NO_TILES = frozenset(("posts", "comments"))  # They are in the headline.
TAXONOMIES = {"category": "Categories", "post_tag": "Tags"}


@dataclass(frozen=True)
class Chart:
    """A chart, its heading, and a summary of it in words."""

    heading: str
    summary: str
    kind: str
    svg: Markup


@dataclass(frozen=True)
class Bar:
    """An entry of a list; `share` is its part of the largest one, in percent."""

    name: str
    value: int
    share: int


@dataclass(frozen=True)
class Ranking:
    heading: str
    bars: Sequence[Bar]


@dataclass(frozen=True)
class Page:
    """The page, and its headline in one line."""

    html: bytes
    headline: str


def build_page(site: str, content: Content, history: History, zone: ZoneInfo) -> Page:
    """Return the page of a site; times are shown in the zone. Equal contents give equal bytes."""
    summary = summarize(content, history, zone)
    html = template().render(
        site=shown(site),
        summary=summary,
        lines=[*in_order(summary)][:MOST_LINES],
        lines_left_out=max(0, len(summary.lines) - MOST_LINES),
        troubles=[
            (name, shown_plain(reason)) for name, reason in troubles(summary)[:MOST_TROUBLES]
        ],
        troubles_left_out=max(0, len(troubles(summary)) - MOST_TROUBLES),
        tiles=tiles(summary),
        charts=[
            *charts_of("posts", content.posts),
            *charts_of("comments", content.comments),
        ],
        years=years_listed(content.posts, content.comments),
        extractions=extractions(history.extractions, zone),
        rankings=[*rankings(content)],
        example=example(summary),
        zone=zone.key,
        short=lambda at: short(at, zone),
        numbered=numbered,
    )
    return Page(html.encode(), summary.headline)


@cache
def template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8"))


def in_order(summary: Summary) -> list[FileLine]:
    """Return the lines of files: those with troubles first, then by name."""
    return sorted(summary.lines, key=lambda line: (not line.troubles, line.name))


def troubles(summary: Summary) -> list[tuple[str, str]]:
    """Return all reasons, each with the name of its file."""
    return [(line.name, reason) for line in in_order(summary) for reason in line.troubles]


def tiles(summary: Summary) -> list[tuple[str, int]]:
    """Return the largest other collections: their name in words, and their rows."""
    found = [
        (line.name.replace("_", " "), line.rows)
        for line in summary.lines
        if line.rows and line.name not in NO_TILES and not line.name.startswith("raw_")
    ]
    return sorted(found, key=lambda one: -one[1])[:MOST_TILES]


def charts_of(kind: str, dated: Dated | None) -> Iterator[Chart]:
    series = series_of(dated)
    if series is None or dated is None:
        return
    first, last, largest = series.points[0], series.points[-1], series.largest
    per = f"{kind.capitalize()} per {series.unit}"
    most = f"Most in {largest.label}: {largest.value:,}."
    all_of_them = series.growth[-1].value
    undated = dated.count - all_of_them
    left_out = f" {undated:,} without a date are left out." if undated else ""
    span = f"{first.label} to {last.label}"
    summary = f"{span}. {most}{left_out}"
    yield Chart(per, summary, kind, charts.bars(f"{per}, {summary}", series.points))
    total = f"{kind.capitalize()} in total"
    grown = f"{all_of_them:,} by {last.label}, {last.value:,} of them in that {series.unit}."
    yield Chart(total, grown, kind, charts.area(f"{total}, {span}: {grown}", series.growth))


def rankings(content: Content) -> Iterator[Ranking]:
    yield from ranking("Most commented", content.commented)
    yield from ranking("Busiest authors", content.authors)
    for taxonomy, counts in content.terms.items():
        yield from ranking(
            TAXONOMIES.get(taxonomy, taxonomy.replace("_", " ").capitalize()), counts
        )


def ranking(heading: str, counts: Counts) -> Iterator[Ranking]:
    largest = max((count for _, count in counts), default=0)
    if largest:
        bars = [Bar(name, count, round(100 * count / largest)) for name, count in counts]
        yield Ranking(heading, bars)


def extractions(found: Sequence[Extraction], zone: ZoneInfo) -> list[tuple[str, str, str]]:
    """Return for each extraction its time, and its row counts of posts and comments."""
    return [
        (short(one.at, zone), cell(one, "posts"), cell(one, "comments"))
        for one in found[:MOST_EXTRACTIONS]
        if "posts" in one.rows or "comments" in one.rows
    ]


def cell(extraction: Extraction, name: str) -> str:
    return f"{extraction.rows[name]:,}" if name in extraction.rows else "–"  # noqa: RUF001


def example(summary: Summary) -> str:
    """Return the name of a file to show how to read it; empty if nothing is stored."""
    stored = [line.name for line in summary.lines if line.rows]
    return "posts" if "posts" in stored else min(stored, default="")
