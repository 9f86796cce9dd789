"""Reads all stored objects of a site, each once and in constant memory."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime

from wp_pipeline.aws.lake import ObjectStream, count_of, time_in
from wp_pipeline.extraction.rules.json_stream import NotJson
from wp_pipeline.extraction.rules.stored_items import stored_items
from wp_pipeline.report.reading.counting import Dated
from wp_pipeline.report.reading.readers import (
    LONGEST_LIST,
    WANTED,
    Comments,
    Counts,
    Posts,
    RowReader,
    Terms,
    Titles,
    Users,
)
from wp_pipeline.report.reading.rows import Row, has
from wp_pipeline.report.texts import shown

NOT_STORED = "(not stored here)"

Open = Callable[[str], AbstractContextManager[ObjectStream] | None]
Choose = Callable[[Row], RowReader | None]


@dataclass(frozen=True)
class StoredFile:
    """What is stored of an endpoint.

    `rows` is None and `completeness` empty where it is not known. `hidden` rows are counted by the
    site, and not shown to us. `extracted_at` is an aware time.
    """

    name: str
    is_stored: bool = True
    is_readable: bool = True
    rows: int | None = None
    hidden: int = 0
    extracted_at: datetime | None = None
    completeness: str = ""


@dataclass(frozen=True)
class Content:
    """What the report says of a site's posts, comments, authors and terms.

    `posts` and `comments` are None where they are not stored or can't be read. `authors` and
    `commented` are exact up to 50,000 different authors and commented posts.
    """

    files: Sequence[StoredFile] = ()
    posts: Dated | None = None
    comments: Dated | None = None
    authors: Counts = ()
    commented: Counts = ()
    terms: Mapping[str, Counts] = field(default_factory=dict)


def read_content(names: Sequence[str], open_object: Open) -> Content:
    """Read all objects of a site.

    Comments come first and users last, so that only the titles and names that are needed are kept.
    Raises an AwsError.
    """
    kinds = {kind: chosen(names, kind) for kind in ("comments", "posts", "users")}
    files: dict[str, StoredFile] = {}

    def read(name: str, choose: Choose) -> bool:
        if name:
            files[name] = read_file(name, choose, open_object)
        return bool(name) and files[name].is_stored and files[name].is_readable

    comments, terms = Comments(), Terms()
    has_comments = read(kinds["comments"], lambda row: comments)
    commented = comments.commented.largest(LONGEST_LIST)
    titles = Titles(frozenset(key for key, _ in commented))
    posts = Posts(titles)
    has_posts = read(kinds["posts"], lambda row: posts)
    for name in names:
        if name not in kinds.values():
            read(name, lambda row: titles if has(row, "comment_status") else reader_of(row, terms))
    authors = posts.authors.largest(LONGEST_LIST)
    users = Users(frozenset(key for key, _ in authors))
    read(kinds["users"], lambda row: users)
    return Content(
        files=[files[name] for name in sorted(files)],
        posts=posts.dated if has_posts else None,
        comments=comments.dated if has_comments else None,
        authors=[(users.found.get(key, f"Author {shown(key)}"), count) for key, count in authors],
        commented=[(titles.found.get(key, NOT_STORED), count) for key, count in commented]
        if titles.found
        else (),
        terms=terms.found,
    )


def chosen(names: Sequence[str], kind: str) -> str:
    """Return the endpoint of a kind: that of its name, or the first that ends with it."""
    return kind if kind in names else min((n for n in names if n.endswith(f"_{kind}")), default="")


def reader_of(row: Row, terms: Terms) -> RowReader | None:
    return terms if has(row, "taxonomy") and has(row, "name") else None


def read_file(name: str, choose: Choose, open_object: Open) -> StoredFile:
    """Read one object. `choose` gets its first row; if it returns None, no other row is read."""
    opened = open_object(name)
    if opened is None:
        return StoredFile(name, is_stored=False)
    with opened as stream:
        count: int | None = None
        is_readable = True
        try:
            count = read_rows(stream, choose)
        except NotJson:
            is_readable = False
        metadata = stream.metadata
    stored, total = count_of(metadata, "row-count"), count_of(metadata, "total")
    return StoredFile(
        name,
        is_readable=is_readable,
        rows=count if stored is None else stored,
        hidden=max(0, total - stored) if total is not None and stored is not None else 0,
        extracted_at=time_in(metadata.get("extracted-at", "")),
        completeness=metadata.get("completeness", ""),
    )


def read_rows(stream: ObjectStream, choose: Choose) -> int | None:
    """Return how many rows were read; None if not all. Raises NotJson, or an AwsError."""
    reader: RowReader | None = None
    count = 0
    for row in stored_items(stream, WANTED):
        reader = reader or choose(row)
        if reader is None:
            return None
        reader.add(row)
        count += 1
    return count
