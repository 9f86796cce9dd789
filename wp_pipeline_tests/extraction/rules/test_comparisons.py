"""Rules that compare an object with what was announced, with materializations and with others."""

import io
import json
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any

import pytest

from wp_pipeline.extraction.rules.claims import (
    references_resolve,
    row_count_has_not_dropped,
    schema_has_not_changed,
    total_agrees,
)
from wp_pipeline.extraction.rules.registry import RULES, rules_for
from wp_pipeline.extraction.rules.rule import NOTHING_STORED, Place, Subject, evaluate
from wp_pipeline.extraction.rules.stored_items import StoredJson
from wp_pipeline.settings import Settings

ROWS, SCHEMA = "dagster/row_count", "dagster/column_schema"
ALL = frozenset(("posts", "pages", "comments", "users", "categories", "tags", "media"))


def subject(
    rows: Any = (),
    name: str = "posts",
    *,
    site: frozenset[str] = ALL,
    metadata: Mapping[str, str] | None = None,
    history: Sequence[Mapping[str, Any]] = (),
    others: Mapping[str, Any] | None = None,
    **settings: Any,
) -> Subject:
    """A subject whose object and whose site's other objects hold these values."""
    stored = {name: as_json(value) for name, value in (others or {}).items()}

    def opened(name: str) -> nullcontext[io.BytesIO] | None:
        return nullcontext(io.BytesIO(stored[name])) if name in stored else None

    return Subject(
        Place(name, True, site, site),
        StoredJson(io.BytesIO(as_json(rows)), lambda: None),
        metadata or {},
        Settings(**settings),
        lambda: history,
        opened,
    )


def as_json(value: Any) -> bytes:
    return value if isinstance(value, bytes) else json.dumps(value).encode()


def with_ids(*ids: int) -> list[dict[str, int]]:
    return [{"id": one} for one in ids]


def test_each_rule_is_a_claim_of_its_modules_name():
    names = [rule.name for rule in RULES]

    assert names == sorted(names)
    assert names == [
        "ids_are_unique",
        "payload_is_not_empty",
        "references_resolve",
        "row_count_has_not_dropped",
        "schema_has_not_changed",
        "total_agrees",
    ]


@pytest.mark.parametrize(
    ("before", "now", "passes"),
    [(100, 100, True), (100, 130, True), (100, 80, True), (100, 79, False), (4, 0, False)],
)
def test_lost_rows_are_noticed_from_a_share_on(before, now, passes):
    verdict = evaluate(
        row_count_has_not_dropped.RULE,
        subject(metadata={"row-count": str(now)}, history=[{ROWS: now}, {ROWS: before}]),
    )

    assert verdict.passed is passes
    assert verdict.figures["rows_before"] == before
    assert verdict.offenders == (0 if passes else before - now)


def test_the_share_of_lost_rows_is_a_setting():
    found = row_count_has_not_dropped.lost_rows(
        subject(
            metadata={"row-count": "99"},
            history=[{ROWS: 99}, {ROWS: 100}],
            noticeable_drop=0.005,
        )
    )

    assert found.offenders == ["99 rows, and 100 before"]
    assert found.figures["share"] == 0.01


@pytest.mark.parametrize("history", [[], [{ROWS: 1}], [{ROWS: 1}, {}], [{ROWS: 1}, {ROWS: 0}]])
def test_without_a_previous_row_count_no_loss_is_reported(history):
    lost = row_count_has_not_dropped.lost_rows(
        subject(metadata={"row-count": "1"}, history=history)
    )

    assert not lost.offenders
    assert lost.figures == {}


def test_an_object_without_a_row_count_is_not_compared():
    assert not row_count_has_not_dropped.lost_rows(subject(history=[{}, {ROWS: 9}])).offenders


@pytest.mark.parametrize(
    ("before", "now", "changes"),
    [
        ({"id": "integer"}, {"id": "integer"}, []),
        ({"id": "integer"}, {"id": "integer", "b": "string"}, ["b was added"]),
        ({"id": "integer", "b": "string"}, {"id": "integer"}, ["b was removed"]),
        ({"id": "integer"}, {"id": "string"}, ["id was integer and is string"]),
        ({"a": "array|object"}, {"a": "array"}, ["a was array|object and is array"]),
        ({"a": "null|string"}, {"a": "string"}, []),
        ({"a": "null"}, {"a": "string"}, []),
        ({}, {"id": "integer"}, []),
        ({"id": "integer"}, {}, []),
    ],
)
def test_columns_that_changed_are_found(before, now, changes):
    changed = schema_has_not_changed.changed_columns(
        subject(history=[{SCHEMA: now}, {SCHEMA: before}])
    )

    assert changed.offenders == changes


def test_a_materialization_without_columns_is_skipped_in_the_comparison():
    history = [{SCHEMA: {"id": "integer"}}, {}, {SCHEMA: {}}, {SCHEMA: {"ID": "integer"}}]

    changed = schema_has_not_changed.changed_columns(subject(history=history))
    assert changed.offenders == ["id was added", "ID was removed"]


@pytest.mark.parametrize("history", [[], [{}], [{SCHEMA: {"id": "integer"}}]])
def test_without_two_schemas_no_change_is_reported(history):
    assert not schema_has_not_changed.changed_columns(subject(history=history)).offenders


def test_names_of_columns_are_shown_without_markup():
    history = [{SCHEMA: {"<b>x</b>`": "string", "id": "string"}}, {SCHEMA: {"id": "string"}}]
    verdict = evaluate(schema_has_not_changed.RULE, subject(history=history))

    assert verdict.examples == ["b x /b was added"]


@pytest.mark.parametrize(
    ("total", "rows", "passes", "hidden"),
    [
        (100, 100, True, 0),
        (100, 90, True, 10),
        (100, 89, False, 11),
        (100, 103, True, 0),
        (10, 20, False, 0),
        (0, 0, True, 0),
    ],
)
def test_a_total_agrees_with_the_rows_but_for_a_few_hidden_ones(total, rows, passes, hidden):
    metadata = {"row-count": str(rows), "total": str(total)}
    verdict = evaluate(total_agrees.RULE, subject(metadata=metadata))

    assert verdict.passed is passes
    assert verdict.figures["hidden"] == hidden
    assert ("announced" in verdict.description) is not passes


@pytest.mark.parametrize("metadata", [{"total": "9"}, {"row-count": "9"}, {"total": "x"}])
def test_a_total_that_is_not_known_agrees(metadata):
    assert evaluate(total_agrees.RULE, subject(metadata=metadata)).passed


def test_references_to_what_is_not_stored_are_found():
    comments = [{"id": 1, "post": 7}, {"id": 2, "post": 8}, {"id": 3, "post": 8}]
    comments.append({"id": 4, "post": 0})
    others = {"posts": with_ids(7), "pages": [], "media": []}

    verdict = evaluate(references_resolve.RULE, subject(comments, "comments", others=others))
    assert not verdict.passed
    assert (verdict.offenders, verdict.examples) == (2, ["post 8"])
    assert verdict.figures == {"references": 3, "share": 0.6667}


def test_a_comment_may_be_on_a_page_or_a_medium():
    comments = [{"id": 1, "post": 7}, {"id": 2, "post": 8}, {"id": 3, "post": 9}]
    others = {"posts": with_ids(7), "pages": with_ids(8), "media": with_ids(9)}

    assert evaluate(references_resolve.RULE, subject(comments, "comments", others=others)).passed


def test_a_comment_may_be_on_whatever_can_be_commented_on():
    comments = [{"id": 1, "post": 7}, {"id": 2, "post": 8}]
    others = {
        "posts": [],
        "books": [{"id": 7, "comment_status": "open"}, {"id": 9}],
        "genres": [{"id": 8, "taxonomy": "genre"}],
    }
    site = frozenset(("posts", *others))
    found = references_resolve.unresolved(subject(comments, "comments", site=site, others=others))

    assert found.offenders == ["post 8"]


@pytest.mark.parametrize(("missing", "passes"), [(1, True), (2, False)])
def test_a_few_hidden_media_are_tolerated(missing, passes):
    posts = [{"id": number, "featured_media": number} for number in range(1, 11)]
    others = {"media": [{"id": number} for number in range(1 + missing, 11)]}

    assert evaluate(references_resolve.RULE, subject(posts, others=others)).passed is passes


def test_all_references_of_posts_are_followed_in_one_pass():
    post = {
        "id": 1,
        "author": 2,
        "categories": [3, 4],
        "tags": [],
        "featured_media": 0,
        "nested": {"author": 99, "categories": [99]},
    }
    others = {"users": with_ids(1), "categories": with_ids(3), "tags": [], "media": []}
    found = references_resolve.unresolved(subject([post], others=others))

    assert found.offenders == ["author 2", "categories 4"]
    assert found.figures == {"references": 3, "share": 0.6667}


def test_ids_of_raw_tables_are_strings_and_only_views_of_posts_refer_to_posts():
    views = [
        {"page_id": "1", "type": "post", "id": "5"},
        {"page_id": "2", "id": "6", "type": "page"},
        {"page_id": "3", "type": "category", "id": "77"},
        {"page_id": "4", "type": "home", "id": "0"},
        {"page_id": "5", "id": "8"},
    ]
    others = {"posts": [{"ID": "5"}, {"ID": "6"}]}
    found = references_resolve.unresolved(
        subject(views, "statistics_pages", site=frozenset({"posts"}), others=others)
    )

    assert (found.offenders, found.count) == (["id 8"], 1)
    assert found.figures["references"] == 3


@pytest.mark.parametrize("posts", [None, b"[", b"<html>"])
def test_an_endpoint_that_cannot_be_read_is_not_compared(posts):
    others = {} if posts is None else {"posts": posts}
    comments = subject([{"id": 1, "post": 7}], "comments", site=frozenset({"posts"}), others=others)

    assert evaluate(references_resolve.RULE, comments).passed


def test_an_unreadable_object_fails_no_check_of_its_references():
    broken = subject(b'[{"post": 7', "comments", site=frozenset({"posts"}), others={"posts": []})
    verdict = evaluate(references_resolve.RULE, broken)

    assert not verdict.passed
    assert "it is no JSON" in verdict.description


def test_examples_are_few_and_all_offenders_are_counted():
    comments = [{"id": number, "post": number} for number in range(1, 5001)]
    others = {"posts": [], "pages": [], "media": []}
    verdict = evaluate(references_resolve.RULE, subject(comments, "comments", others=others))

    assert verdict.offenders == 5000
    assert len(verdict.examples) == 20


@pytest.mark.parametrize(
    ("name", "site", "applies"),
    [
        ("comments", {"posts"}, True),
        ("comments", {"comments", "pages"}, False),
        ("posts", {"users"}, True),
        ("posts", {"media"}, True),
        ("posts", {"posts", "comments"}, False),
        ("statistics_pages", {"posts"}, True),
        ("tags", {"posts"}, False),
    ],
)
def test_references_are_followed_where_the_other_endpoint_is_one_of_the_site(name, site, applies):
    rules = rules_for(Place(name, True, frozenset(site)))

    assert (references_resolve.RULE in rules) is applies


def test_only_the_first_two_rules_are_errors_and_the_others_warnings():
    errors = {rule.name for rule in RULES if not rule.is_warning}

    assert errors == {"ids_are_unique", "payload_is_not_empty"}
    assert not NOTHING_STORED.passed
