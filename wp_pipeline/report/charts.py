"""Charts as inline SVG: drawn by pygal, without its script, style sheet and comments.

Colours and fonts come from the page's style sheet, so that a chart is light or dark with the page.
"""

import math
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

import pygal
from markupsafe import Markup
from pygal.style import Style

# pygal adds a finder of plugins, which are not used here. It has no `find_spec`: with it, Python
# 3.10 and 3.11 warn at each import of a module that does not exist.
sys.meta_path[:] = [one for one in sys.meta_path if not isinstance(one, pygal.PluginImportFixer)]

WIDTH, HEIGHT = 400, 180  # Of the drawing; the page scales it.
MOST_TICKS = 5
FONT_SIZE = 13
UNUSED_ELEMENTS = frozenset(("script", "style", "desc", "title"))
# Elements that only pygal's own style sheet and script use.
UNUSED_CLASSES = frozenset(("background", "tooltip-box"))
UNUSED_ATTRIBUTES = ("id", "xmlns", "xmlns:xlink", "rx", "ry", "style")
NUMBER = re.compile(r"-?[0-9]+\.[0-9]+(?:e-?[0-9]+)?")


@dataclass(frozen=True)
class Point:
    """A value of a chart, such as the posts of a month; `label` is its full name.

    `tick` is its label on the axis; empty for most points.
    """

    label: str
    tick: str
    value: int


def bars(name: str, points: Sequence[Point]) -> Markup:
    """Draw a bar for each point, with its value as a tooltip.

    `name` describes the chart for screen readers.
    """
    chart = pygal.Bar(spacing=8, **options(points))
    chart.add("", [point.value for point in points])
    return drawn(chart, name, points)


def area(name: str, points: Sequence[Point]) -> Markup:
    """Draw a line through the points, and fill what is below it: two series, each with a style."""
    chart = pygal.Line(**options(points))
    for is_filled in (True, False):
        chart.add("", [point.value for point in points], fill=is_filled)
    return drawn(chart, name, points)


def options(points: Sequence[Point]) -> dict[str, Any]:
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "margin": 4,
        "js": [],
        "css": [],
        "disable_xml_declaration": True,
        "show_legend": False,
        "show_x_guides": False,
        "show_dots": len(points) == 1,
        "show_minor_x_labels": False,
        "truncate_label": -1,
        "x_labels": [point.tick for point in points],
        "x_labels_major": [point.tick for point in points if point.tick],
        "y_labels": ticks(max((point.value for point in points), default=0)),
        "formatter": lambda value: f"{value:,.0f}",
        "style": Style(label_font_size=FONT_SIZE, major_label_font_size=FONT_SIZE),
    }


def ticks(largest: int) -> list[int]:
    """Return whole numbers from 0 for the axis, the last at or above the largest value.

    >>> ticks(23)
    [0, 5, 10, 15, 20, 25]
    """
    least = max(1, largest) / MOST_TICKS
    power = 10 ** math.floor(math.log10(max(1, least)))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least)
    return list(range(0, max(1, largest) + step, step))


def drawn(chart: Any, name: str, points: Sequence[Point]) -> Markup:
    """Return the SVG of a chart of these points."""

    def finished(svg: Element) -> Element:
        clean(svg)
        svg.set("role", "img")
        svg.set("aria-label", name)
        bar_elements = [one for one in svg.iter("g") if one.get("class") == "bar"]
        for element, point in zip(bar_elements, points, strict=False):
            title = Element("title")
            title.text = f"{point.label}: {point.value:,}"
            element.insert(0, title)
        return svg

    chart.add_xml_filter(finished)
    return Markup(chart.render())  # noqa: S704  # Serialized from elements, so all text is escaped.


def clean(element: Element) -> None:
    """Remove what a page with its own style sheet does not need, and shorten decimal numbers."""
    for child in list(element):
        clean(child)
        if is_unused(child):
            element.remove(child)
    for name in UNUSED_ATTRIBUTES:
        element.attrib.pop(name, None)
    for name, value in element.attrib.items():
        element.set(name, NUMBER.sub(lambda number: f"{float(number[0]):.1f}", value))


def is_unused(element: Element) -> bool:
    if not isinstance(element.tag, str):  # A comment.
        return True
    is_empty = element.tag in ("g", "defs") and len(element) == 0
    return (
        is_empty
        or element.tag in UNUSED_ELEMENTS
        or bool(UNUSED_CLASSES & set((element.get("class") or "").split()))
    )
