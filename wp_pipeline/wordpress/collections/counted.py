"""Reads a collection that can't be sorted by id: page by page, verified by counting.

Rows that move between two requests may be lost or repeated. So each row must be sent once, and the
site must count as many rows on every page; otherwise all pages are read again, up to three times.
What this guarantees, and what it does not, is in
docs/decisions/0002-complete-while-the-site-changes.md.
"""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from math import ceil
from typing import Protocol

from wp_pipeline.wordpress.answers.items import Items
from wp_pipeline.wordpress.answers.signs import Signs
from wp_pipeline.wordpress.collections.spool import Spool
from wp_pipeline.wordpress.errors import (
    CompletenessNotProven,
    RouteNotFound,
    SiteError,
    UnexpectedStatus,
)

READS = 3
CURE = "run again when the site is quieter; if this comes again, check its plugins"


@dataclass(frozen=True)
class NumberedPage:
    """One page of such a collection; `identities` identify its rows."""

    items: Items = field(repr=False)
    identities: list[bytes] = field(repr=False)
    signs: Signs


class NumberedPages(Protocol):
    """Requests pages by number, from 1 on."""

    pages_ahead: int
    size: int  # Rows that are requested for a page.

    def submit(self, number: int) -> "Future[NumberedPage]": ...

    def make_smaller(self) -> bool:
        """Ask for half as many rows a page from now on; return whether that is possible."""
        ...


class PagesMoved(Exception):
    """Pages that do not fit together: they are read again."""


def read_by_number(pages: NumberedPages, first: NumberedPage | None = None) -> Iterator[Items]:
    """Yield the items, in order of id if they have one. Raises a SiteError.

    `first` is the first page, if it was read before.
    """
    reason = ""
    reads = 0
    while reads < READS:
        with Spool() as spool:
            try:
                read_once(pages, spool, first or pages.submit(1).result())
            except PagesMoved as moved:
                reason = str(moved)
                reads += 1
            except (RouteNotFound, UnexpectedStatus) as refusal:
                reads += 1  # The last page may be gone: WordPress answers 400, and plugins 404.
                if not refusal.code or reads == READS:
                    raise
            except SiteError as failure:
                if not (failure.smaller_page_may_help and pages.make_smaller()):
                    raise
            else:
                yield from spool.sorted_batches()
                return
        first = None
    raise CompletenessNotProven(f"{reason}; {CURE}")


def read_once(pages: NumberedPages, spool: Spool, first: NumberedPage) -> None:
    """Read all pages into a spool. Raises PagesMoved, or a SiteError."""
    total = first.signs.total
    if total is None:
        raise CompletenessNotProven(
            "more than one page, and no total of the rows; check what drops the site's headers"
        )
    spool.add(first.items, first.identities)
    page, last = first, pages_of(first, total)
    for page in following(pages, last):
        if page.identities and page.identities == first.identities:
            raise CompletenessNotProven(
                f"only a page of the rows came: {len(first.items):,} of {total:,}, and the next"
                " page holds the same ones; add a parameter to the endpoint's URL that sends all"
                " rows at once, or exclude the route from caches"
            )
        if page.signs.total != total:
            raise PagesMoved(f"the site counted {total:,} rows, and then {page.signs.total}")
        spool.add(page.items, page.identities)
    if spool.repeated:
        raise PagesMoved(f"rows that repeat the id or content of another: {spool.repeated:,}")
    if spool.rows != total:
        raise PagesMoved(f"rows that came: {spool.rows:,}, but the site counts {total:,}")
    if len(page.items) >= pages.size and not spool.knows(identities_on(last + 1, pages)):
        raise PagesMoved(
            f"the site counts {total:,} rows, and sends others behind them: rows were added, or a"
            " plugin counts those of a page only"
        )


def identities_on(number: int, pages: NumberedPages) -> list[bytes]:
    """Return what identifies the rows of a page that may not exist. Raises a SiteError."""
    try:
        return pages.submit(number).result().identities
    except (RouteNotFound, UnexpectedStatus) as refusal:
        if not refusal.code:
            raise
        return []


def following(pages: NumberedPages, last: int) -> Iterator[NumberedPage]:
    """Yield the pages from the second to the last in order, some requested ahead."""
    requested: deque[Future[NumberedPage]] = deque()
    try:
        for number in range(2, last + 1):
            requested.append(pages.submit(number))
            if len(requested) >= pages.pages_ahead:
                yield requested.popleft().result()
        while requested:
            yield requested.popleft().result()
    finally:
        for future in requested:
            future.cancel()


def pages_of(first: NumberedPage, total: int) -> int:
    """Return how many pages there are: as the site says, or by the rows of the first one."""
    if total <= len(first.items):
        return 1
    by_rows = ceil(total / len(first.items)) if first.items else 1
    return max(first.signs.pages or 0, by_rows)
