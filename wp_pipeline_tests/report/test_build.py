import hashlib
import json
from zoneinfo import ZoneInfo

import pytest

from wp_pipeline.aws.errors import AwsError, AwsRefused, ObjectReplaced
from wp_pipeline.aws.lake import Lake
from wp_pipeline.report.build import TRIES, Report, build_report
from wp_pipeline.report.history import History
from wp_pipeline_tests.fakes.aws import BUCKET

KEY = "wordpress-api/report.html"
PUT = f"PUT /{BUCKET}/{KEY}"


@pytest.fixture
def lake(aws) -> Lake:
    put(aws, [{"id": 1, "date": "2024-03-05", "title": {"rendered": "Hello"}}])
    return Lake(lambda: aws.client("s3"), BUCKET, "wordpress-api")


def put(aws, posts: object) -> None:
    body = posts if isinstance(posts, bytes) else json.dumps(posts).encode()
    aws.put_object("wordpress-api/posts.json", body)


def build(lake: Lake) -> Report:
    return build_report("magazine", ["posts", "tags"], lake, History(), ZoneInfo("UTC"))


def test_the_page_is_stored_beside_the_objects_as_html(aws, lake):
    report = build(lake)

    html = aws.object(KEY)
    assert aws.keys() == ["wordpress-api/posts.json", KEY]
    assert aws.head(KEY)["ContentType"] == "text/html; charset=utf-8"
    assert aws.head(KEY)["Metadata"] == {"sha256": hashlib.sha256(html).hexdigest()}
    assert html.startswith(b"<!doctype html>")
    assert report == Report(
        uri=f"s3://{BUCKET}/{KEY}",
        size=len(html),
        sha256=hashlib.sha256(html).hexdigest(),
        headline="1 post, 1 of 2 files up to date",
        unchanged=False,
    )


def test_an_equal_page_is_not_uploaded_again_and_another_replaces_it(aws, lake):
    build(lake)
    assert build(lake).unchanged
    put(aws, [{"id": 1}, {"id": 2}])
    changed = build(lake)

    assert not changed.unchanged
    assert changed.headline.startswith("2 posts")
    assert aws.operations.count(PUT) == 2
    assert b"2 posts" in aws.object(KEY)


def test_a_page_that_somebody_else_stored_meanwhile_is_replaced(aws, lake):
    others = iter([b"<p>other</p>"])

    def meanwhile(operation: str) -> None:
        if operation == PUT and (other := next(others, None)):
            aws.put_object(KEY, other)

    aws.faults = meanwhile
    build(lake)

    assert b"1 post" in aws.object(KEY)


def test_a_page_that_is_always_replaced_meanwhile_is_not_stored(aws, lake):
    aws.faults = lambda operation: (412, "PreconditionFailed") if operation == PUT else None

    with pytest.raises(ObjectReplaced, match="other runs keep replacing the report"):
        build(lake)
    assert aws.operations.count(PUT) == TRIES


@pytest.mark.parametrize("body", [b"", b"<html>", b'[{"id": 1}, {"id"'])
def test_an_unreadable_object_does_not_prevent_the_report(aws, lake, body):
    put(aws, body)

    assert build(lake).headline.endswith("0 of 2 files up to date")
    assert "the stored file can't be read" in aws.object(KEY).decode().replace("&#39;", "'")


def test_a_refusal_of_aws_is_reported_in_one_line(aws, lake):
    aws.faults = lambda operation: (403, "AccessDenied") if "posts.json" in operation else None

    with pytest.raises(AwsRefused, match=r"^S3: access denied; allow s3:GetObject"):
        build(lake)
    assert aws.keys() == ["wordpress-api/posts.json"]


def test_a_read_that_breaks_off_stores_nothing(aws, lake):
    put(aws, [{"id": number, "text": "x" * 1000} for number in range(3000)])
    aws.cuts = lambda operation: operation.endswith("posts.json")

    with pytest.raises(AwsError):
        build(lake)
    assert aws.keys() == ["wordpress-api/posts.json"]
