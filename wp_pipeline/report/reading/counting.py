"""Counts in bounded memory: by month, by text, and the largest of many."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heappush, heappushpop
from typing import Any

MOST_KEYS = 50_000  # That are counted exactly.
FIRST_YEAR, LAST_YEAR = 1970, 2199  # WordPress's zero dates are in the years 0 and -1.
MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
Month = tuple[int, int]  # year, and month from 1 to 12


@dataclass
class Tally:
    """Counts texts.

    With more than 50,000 different ones, the rarest are forgotten: a count may then be too low.
    """

    _counts: Counter[str] = field(default_factory=Counter)

    def add(self, key: str) -> None:
        self._counts[key] += 1
        if len(self._counts) > MOST_KEYS:
            self._counts = Counter(dict(self._counts.most_common(MOST_KEYS // 2)))

    def largest(self, number: int) -> list[tuple[str, int]]:
        """Return the most frequent texts and their counts; of equal counts, in order of text."""
        return sorted(self._counts.items(), key=lambda one: (-one[1], one[0]))[:number]


@dataclass
class Largest:
    """Keeps the largest of many named numbers."""

    number: int
    _kept: list[tuple[int, int, str]] = field(default_factory=list)
    _seen: int = 0

    def add(self, name: str, value: int) -> None:
        self._seen += 1
        one = (value, -self._seen, name)  # Of equal numbers the first.
        if len(self._kept) < self.number:
            heappush(self._kept, one)
        else:
            heappushpop(self._kept, one)

    @property
    def found(self) -> list[tuple[str, int]]:
        """Names and numbers, the largest first."""
        return [(name, value) for value, _, name in sorted(self._kept, reverse=True)]


@dataclass
class Dated:
    """How many there are, and how many in each month. Some may have no date."""

    count: int = 0
    months: Counter[Month] = field(default_factory=Counter)

    def add(self, date: Any) -> None:
        self.count += 1
        month = month_of(date)
        if month:
            self.months[month] += 1

    @property
    def by_month(self) -> Sequence[tuple[Month, int]]:
        """All months from the first to the last, also those with 0."""
        if not self.months:
            return []
        (year, month), last = min(self.months), max(self.months)
        found: list[tuple[Month, int]] = []
        while (year, month) <= last:
            found.append(((year, month), self.months[year, month]))
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        return found


def month_of(date: Any) -> Month | None:
    """Return the month of a date as WordPress or MySQL write it; None if there is none in it."""
    found = MONTH.match(date) if isinstance(date, str) else None
    if not found or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        return None
    return int(found[1]), int(found[2])
