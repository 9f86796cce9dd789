import json
import random
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import pytest

from wp_pipeline.aws.lake import ObjectStream
from wp_pipeline.report.reading.content import Content, StoredFile, read_content
from wp_pipeline.report.reading.counting import MOST_KEYS, Tally
from wp_pipeline.report.reading.readers import LONGEST_LIST
from wp_pipeline_tests.fakes.objects_in_memory import ObjectsInMemory
from wp_pipeline_tests.support.random_cases import few_and_many

HIDDEN = "(not stored here)"


def read(**objects: Any) -> Content:
    return read_content(sorted(objects), ObjectsInMemory(objects).open)


def post(number: Any, **more: Any) -> dict[str, Any]:
    dated = {"date": "2024-03-05T10:00:00", "status": "publish", "comment_status": "open"}
    return {"id": number, "author": 1, **dated, "title": {"rendered": f"Post {number}"}, **more}


def comment(number: int, **more: Any) -> dict[str, Any]:
    return {"id": number, "post": 1, "date": "2024-04-01T00:00:00", "status": "approved", **more}


def random_site(chance: random.Random) -> dict[str, Any]:
    def date() -> str:
        return f"{chance.randint(2019, 2022)}-{chance.randint(1, 12):02}-07T10:00:00"

    posts = [
        post(
            n, author=chance.randint(1, 12), date=date(), status=chance.choice(["publish", "draft"])
        )
        for n in range(1, chance.randint(2, 40))
    ]
    comments = [
        comment(
            n, post=chance.randint(1, 45), date=date(), status=chance.choice(["approved", "hold"])
        )
        for n in range(chance.randint(0, 200))
    ]
    users = [{"id": n, "name": f"Author {n}"} for n in range(1, 13)]
    tags = [{"id": n, "name": f"Tag {n}", "taxonomy": "post_tag", "count": chance.randint(0, 9)}
            for n in range(20)]  # fmt: skip
    return {"posts": posts, "comments": comments, "users": users, "tags": tags}


def ranked(values: list[Any], names: dict[Any, str]) -> list[tuple[str, int]]:
    counts = sorted(Counter(map(str, values)).items(), key=lambda one: (-one[1], one[0]))
    return [(names.get(key, HIDDEN), count) for key, count in counts[:LONGEST_LIST]]


@few_and_many(40, 1000)
def test_the_numbers_are_those_of_a_plain_count(cases):
    for case in range(cases):
        site = random_site(random.Random(case))
        found = read(**site)
        public = [one for one in site["posts"] if one["status"] == "publish"]
        approved = [one for one in site["comments"] if one["status"] == "approved"]
        titles = {str(one["id"]): one["title"]["rendered"] for one in public}
        used = [one for one in site["tags"] if one["count"]]

        assert found.posts is not None
        assert found.comments is not None
        assert found.posts.count == len(public)
        assert found.comments.count == len(approved)
        for dated, items in ((found.posts, public), (found.comments, approved)):
            months = Counter((int(one["date"][:4]), int(one["date"][5:7])) for one in items)
            assert {month: n for month, n in dated.by_month if n} == months
            assert [month for month, _ in dated.by_month] == sorted({m for m, _ in dated.by_month})
        authors = {str(one["id"]): one["name"] for one in site["users"]}
        assert found.authors == ranked([one["author"] for one in public], authors)
        commented = ranked([one["post"] for one in approved], titles)
        are_stored = any(name != HIDDEN for name, _ in commented)
        assert list(found.commented) == (commented if are_stored else [])
        counts = sorted((one["count"] for one in used), reverse=True)[:LONGEST_LIST]
        assert [count for _, count in found.terms.get("post_tag", [])] == counts


def test_a_month_without_a_post_is_between_its_neighbours():
    dates = ("2023-11-30T10:00:00", "2024-02-01T10:00:00")
    found = read(posts=[post(n, date=date) for n, date in enumerate(dates)])

    assert found.posts is not None
    assert found.posts.by_month == [
        ((2023, 11), 1), ((2023, 12), 0), ((2024, 1), 0), ((2024, 2), 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "date",
    [
        "-0001-11-30T00:00:00",
        "0000-00-00 00:00:00",
        "",
        None,
        7,
        "soon",
        "99999-01-01",
        "2024-13-01",
    ],
)
def test_items_without_a_date_are_counted_in_no_month(date):
    found = read(posts=[post(1, date=date), post(2)])

    assert found.posts is not None
    assert found.posts.count == 2
    assert found.posts.by_month == [((2024, 3), 1)]


def test_a_zero_date_is_replaced_by_the_date_in_the_other_member():
    found = read(posts=[post(1, date="-0001-11-30T00:00:00", date_gmt="2021-05-01T00:00:00")])

    assert found.posts is not None
    assert found.posts.by_month == [((2021, 5), 1)]


def test_rows_of_mysql_are_read_as_those_of_the_rest_api():
    row = {"ID": "4", "post_author": "2", "post_date": "2020-01-02 03:04:05", "post_title": "Old",
           "post_status": "publish", "post_type": "post", "comment_status": "open"}  # fmt: skip
    revision = row | {"ID": "5", "post_type": "revision", "post_status": "inherit"}
    draft = row | {"ID": "6", "post_status": "draft"}
    spam = {"comment_ID": "1", "comment_post_ID": "4", "comment_approved": "spam"}
    note = {"comment_ID": "2", "comment_post_ID": "4", "comment_approved": "1",
            "comment_type": "order_note"}  # fmt: skip
    public = {"comment_ID": "3", "comment_post_ID": "4", "comment_approved": "1",
              "comment_date": "2020-02-01 00:00:00", "comment_type": ""}  # fmt: skip
    users = [{"ID": "2", "display_name": "Ada", "user_email": "ada@example.org"}]
    found = read(wp_posts=[row, revision, draft], wp_comments=[spam, note, public], wp_users=users)

    assert found.posts is not None
    assert found.posts.by_month == [((2020, 1), 1)]
    assert found.comments is not None
    assert found.comments.by_month == [((2020, 2), 1)]
    assert found.authors == [("Ada", 1)]
    assert list(found.commented) == [("Old", 1)]


def test_titles_are_those_of_whatever_can_be_commented_on():
    found = read(
        posts=[post(1), post(2, status="private")],
        books=[post(7, type="book")],
        tags=[{"id": 9, "name": "No title", "taxonomy": "post_tag", "count": 1}],
        comments=[comment(n, post=about) for n, about in enumerate([7, 7, 7, 2, 2, 9])],
    )

    assert list(found.commented) == [("Post 7", 3), (HIDDEN, 2), (HIDDEN, 1)]


def test_an_author_whose_name_is_not_stored_is_a_number():
    assert read(posts=[post(1, author=12)]).authors == [("Author 12", 1)]


@pytest.mark.parametrize(
    "rows",
    [
        [1, "two", None, [3], [{"id": 1}], {}],
        [{"id": {"a": 1}, "title": ["x"], "date": {}, "author": [], "status": []}],
        [{"id": True, "title": {"rendered": {"rendered": "deep"}}, "author": 1.5}],
        b'[{"id": ' + b"1" * 5000 + b', "post": 3}]',
        [{"id": 10**200, "author": -(10**90), "title": None}],
        {"success": True, "data": {"id": 1, "title": "x"}},
        "text",
        7,
        [],
        {},
    ],
)
def test_an_object_of_any_shape_is_read(rows):
    names = ("posts", "comments", "users", "books", "tags")
    found = read(**dict.fromkeys(names, rows))

    assert all(file.is_readable for file in found.files)


@pytest.mark.parametrize(
    "body",
    [b"", b"[", b"<html>", b'[{"id": 1}', b"[1]]", b"\xff\xfe", b"[" * 5000],
)
def test_an_object_that_is_no_json_is_told_and_stops_nothing(body):
    found = read(posts=[post(1)], comments=body)

    assert [(file.name, file.is_readable) for file in found.files] == [
        ("comments", False),
        ("posts", True),
    ]
    assert found.comments is None
    assert found.posts is not None


def test_half_a_surrogate_pair_is_read():
    body = rb'[{"id": 1, "title": {"rendered": "half \ud83d"}, "date": "2024-01-01T00:00:00"}]'
    found = read(posts=body, comments=[comment(1)])

    ((title, _),) = found.commented
    assert title.encode().startswith(b"half")


def test_a_file_shows_the_metadata_of_its_object():
    kept = {"row-count": "7", "total": "9", "extracted-at": "2026-11-25T10:38:00+00:00",
            "completeness": "proven"}  # fmt: skip
    objects = {"pages": [{"id": 1}], "tags": []}
    found = read_content(["gone", "pages", "tags"], ObjectsInMemory(objects, {"pages": kept}).open)

    at = datetime(2026, 11, 25, 10, 38, tzinfo=timezone.utc)
    assert found.files == [
        StoredFile("gone", is_stored=False),
        StoredFile("pages", True, True, 7, 2, at, "proven"),
        StoredFile("tags", rows=0),
    ]


class Endless:
    """The body of an array of so many comments, which is never in memory as a whole."""

    def __init__(self, count: int) -> None:
        self._rows = self._all(count)

    def _all(self, count: int) -> Iterator[bytes]:
        yield b"["
        for number in range(count):
            text = {"rendered": "<p>a comment</p>" * 20}
            row = comment(number, post=number % 3000, content=text)
            yield json.dumps(row).encode() + (b"," if number < count - 1 else b"]")

    def read(self, size: int | None = None) -> bytes:
        return next(self._rows, b"")

    def close(self) -> None:
        pass


def peak_of(count: int) -> int:
    tracemalloc.start()
    read_content(["comments"], lambda name: ObjectStream(Endless(count), {}))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_memory_does_not_grow_with_the_number_of_comments():
    peak_of(10)  # What is only allocated the first time.

    assert peak_of(12_000) < peak_of(4_000) + 100_000


def test_the_most_frequent_are_found_among_more_keys_than_are_counted():
    tally = Tally()
    for number in range(MOST_KEYS + 10):
        tally.add(f"rare {number}")
        if number % 100 == 0:
            tally.add("frequent")

    assert tally.largest(1)[0][0] == "frequent"
