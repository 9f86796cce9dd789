"""Reads rows of comments, posts, users and terms, with the members of the REST API or of MySQL."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from wp_pipeline.report.reading.counting import Dated, Largest, Tally
from wp_pipeline.report.reading.rows import Row, text_of
from wp_pipeline.report.texts import shown

LONGEST_LIST = 8
MOST_TAXONOMIES = 6
LARGEST_COUNT = 12  # digits
UNTITLED = "(untitled)"
# The members of the REST API, then those of MySQL's rows.
ID = ("id", "ID")
POST_DATE = ("date", "date_gmt", "post_date", "post_date_gmt")
COMMENT_DATE = ("date", "date_gmt", "comment_date", "comment_date_gmt")
TITLE = ("title", "post_title")
AUTHOR = ("author", "post_author")
POST_STATUS = ("status", "post_status")
COMMENT_STATUS = ("status", "comment_approved")
COMMENTED = ("post", "comment_post_ID")
NAME = ("name", "display_name")
WANTED = frozenset(
    (*ID, *POST_DATE, *COMMENT_DATE, *TITLE, *AUTHOR, *POST_STATUS, *COMMENT_STATUS, *COMMENTED,
     *NAME, "post_type", "comment_type", "comment_status", "taxonomy", "count")
)  # fmt: skip
PUBLIC_POSTS = frozenset(("", "publish", "inherit"))  # Media inherit the status of their post.
PUBLIC_COMMENTS = frozenset(("", "approved", "1"))
COMMENT_TYPES = frozenset(("", "comment", "pingback", "trackback"))
DIGITS = re.compile(r"[0-9]+")
# The beginnings of zero dates: a draft has one in GMT.
ZERO_DATES = ("0000", "-0001")

Counts = Sequence[tuple[str, int]]


class RowReader(Protocol):
    def add(self, row: Row) -> None: ...


@dataclass
class Comments:
    """Public comments by month, and by the id of what they are about."""

    dated: Dated = field(default_factory=Dated)
    commented: Tally = field(default_factory=Tally)

    def add(self, row: Row) -> None:
        if text_of(row, COMMENT_STATUS) not in PUBLIC_COMMENTS:
            return
        if text_of(row, ("comment_type",)) not in COMMENT_TYPES:
            return
        self.dated.add(date_of(row, COMMENT_DATE))
        if about := text_of(row, COMMENTED):
            self.commented.add(about)


@dataclass
class Titles:
    """The titles of the wanted ids, of all public items that can be commented on."""

    wanted: Collection[str]
    found: dict[str, str] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        number = text_of(row, ID)
        if number in self.wanted and is_public_post(row):
            self.found.setdefault(number, shown(text_of(row, TITLE)) or UNTITLED)


@dataclass
class Posts:
    """Published posts by month and by author, and the wanted titles."""

    titles: Titles
    dated: Dated = field(default_factory=Dated)
    authors: Tally = field(default_factory=Tally)

    def add(self, row: Row) -> None:
        self.titles.add(row)
        if not is_public_post(row) or text_of(row, ("post_type",)) not in ("", "post"):
            return
        self.dated.add(date_of(row, POST_DATE))
        if author := text_of(row, AUTHOR):
            self.authors.add(author)


@dataclass
class Users:
    """The public names of the wanted users."""

    wanted: Collection[str]
    found: dict[str, str] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        number = text_of(row, ID)
        if number in self.wanted and (name := shown(text_of(row, NAME))):
            self.found.setdefault(number, name)


@dataclass
class Terms:
    """The most used terms of each taxonomy; `count` is how many published posts have the term."""

    largest: dict[str, Largest] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        taxonomy, name = text_of(row, ("taxonomy",)), text_of(row, ("name",))
        count = text_of(row, ("count",))
        if not (taxonomy and name and DIGITS.fullmatch(count) and len(count) <= LARGEST_COUNT):
            return
        if taxonomy not in self.largest and len(self.largest) == MOST_TAXONOMIES:
            return
        if int(count):
            self.largest.setdefault(taxonomy, Largest(LONGEST_LIST)).add(name, int(count))

    @property
    def found(self) -> Mapping[str, Counts]:
        return {
            shown(taxonomy): [(shown(name) or UNTITLED, count) for name, count in largest.found]
            for taxonomy, largest in self.largest.items()
        }


def is_public_post(row: Row) -> bool:
    return text_of(row, POST_STATUS) in PUBLIC_POSTS


def date_of(row: Row, members: Sequence[str]) -> str:
    """Return the first of these members that is a date and no zero date; empty if there is none."""
    dates = (text_of(row, (member,)) for member in members)
    return next((date for date in dates if date and not date.startswith(ZERO_DATES)), "")
