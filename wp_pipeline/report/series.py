"""Numbers over time: by month, or by year where there are many months."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from wp_pipeline.report.charts import Point
from wp_pipeline.report.reading.counting import Dated, Month

MOST_MONTHS = 120
MOST_TICKS = 8
FEW_MONTHS = 13  # Up to so many, each month has its name below it.
MOST_YEARS_LISTED = 30
NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True)
class Series:
    """How many there are in each `unit`: `month` or `year`. Never empty."""

    unit: str
    points: Sequence[Point]

    @property
    def growth(self) -> Sequence[Point]:
        """How many there are in all, at the end of each month or year."""
        totals = accumulate(point.value for point in self.points)
        return [
            Point(point.label, point.tick, total)
            for point, total in zip(self.points, totals, strict=True)
        ]

    @property
    def largest(self) -> Point:
        return max(self.points, key=lambda point: point.value)


def series_of(dated: Dated | None) -> Series | None:
    """Return the series of what has a date; None if nothing has."""
    months = dated.by_month if dated else []
    if not months:
        return None
    if len(months) > MOST_MONTHS:
        return Series("year", points_of_years(by_year(months)))
    return Series("month", points_of_months(months))


def by_year(months: Sequence[tuple[Month, int]]) -> dict[int, int]:
    """Return the sums of all years from the first to the last."""
    years: dict[int, int] = {}
    for (year, _), count in months:
        years[year] = years.get(year, 0) + count
    return years


def points_of_months(months: Sequence[tuple[Month, int]]) -> Sequence[Point]:
    years = sorted({year for (year, month), _ in months if month == 1})
    step = step_for(len(years))

    def tick(year: int, month: int) -> str:
        if len(months) <= FEW_MONTHS:
            return NAMES[month - 1][:3]
        return str(year) if month == 1 and (year - years[0]) % step == 0 else ""

    return [
        Point(f"{NAMES[month - 1]} {year}", tick(year, month), count)
        for (year, month), count in months
    ]


def points_of_years(years: dict[int, int]) -> Sequence[Point]:
    first, step = min(years), step_for(len(years))
    return [
        Point(str(year), str(year) if (year - first) % step == 0 else "", count)
        for year, count in years.items()
    ]


def step_for(count: int) -> int:
    """Return the distance between two ticks, so that their labels do not overlap."""
    return -(-count // MOST_TICKS) or 1


def years_listed(*counted: Dated | None) -> list[tuple[str, list[int]]]:
    """Return a line for each year, the newest first: its name, and a number for each argument.

    If there are many years, the last line is the sum of the oldest ones.
    """
    sums = [by_year(dated.by_month if dated else []) for dated in counted]
    years = sorted({year for one in sums for year in one}, reverse=True)
    lines = [(str(year), [one.get(year, 0) for one in sums]) for year in years[:MOST_YEARS_LISTED]]
    if older := years[MOST_YEARS_LISTED:]:
        numbers = [sum(one.get(year, 0) for year in older) for one in sums]
        lines.append((f"{older[-1]} to {older[0]}", numbers))
    return lines
