"""S3 stores that are not Amazon's: what they lack is left out, and said once."""

import json
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest

from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.errors import AwsError, ObjectReplaced
from wp_pipeline.aws.lake import Lake
from wp_pipeline.aws.uploading.store_features import Feature, StoreFeatures
from wp_pipeline.extraction.outcomes import Outcome, Stored
from wp_pipeline.extraction.run import run
from wp_pipeline.sandbox import local_aws
from wp_pipeline.sandbox.local_aws import LocalAws
from wp_pipeline.settings import Settings
from wp_pipeline_tests.fakes.aws import BUCKET
from wp_pipeline_tests.faults.other_stores import (
    NO_CHECKSUM,
    NO_CONDITIONS,
    OTHER_STORES,
    OtherStore,
    refusing,
)
from wp_pipeline_tests.support.recorded_notes import RecordedNotes

pytestmark = pytest.mark.faults

CASES = pytest.mark.parametrize("store", OTHER_STORES, ids=lambda store: store.name)


def extraction() -> tuple[dict[str, Outcome], list[tuple[str, str]]]:
    """Run one extraction; return its outcomes by name and what the user was told."""
    notes = RecordedNotes()
    found = {one.name: one for one in run(Settings.from_environment(), notes)}
    return found, notes.notes


def told(store: OtherStore) -> list[tuple[str, str]]:
    return [("", store.message)] if store.message else []


@CASES
def test_objects_are_created_and_replaced_with_one_warning_that_names_what_is_lost(world, store):
    store.arrange(world.aws)
    first, notes = extraction()
    assert {type(one) for one in first.values()} == {Stored}
    assert len(notes) <= 1  # Some only show when an object is replaced.

    world.site.publish("posts")
    world.site.publish("tags")
    world.extract_these("posts", "tags", "comments", raw=["terms"])
    second, notes = extraction()
    assert (second["posts"].unchanged, second["tags"].unchanged) == (False, False)
    assert len(world.rows("posts")) == 8
    assert notes == told(store)

    again, notes = extraction()
    assert {one.unchanged for one in again.values()} == {True}
    assert again["posts"].size == second["posts"].size == len(world.stored("posts"))
    assert notes == []  # Nothing was uploaded.


@CASES
def test_a_missing_feature_of_a_store_is_tried_once_in_a_run(world, store):
    settings = Settings(concurrency=1)
    store.arrange(world.aws)
    lake = Lake(lambda: world.aws.client("s3"), BUCKET, settings.prefix)
    for name in ("a", "b", "c"):
        put(lake, name)
        put(lake, name)
    world.aws.operations.clear()
    put(lake, "d")
    put(lake, "d")

    assert world.uploads() == ["d", "d"]


def put(lake: Lake, name: str, body: bytes = b"[1]") -> None:
    """Put an object in the place of what is stored; look again where it was replaced."""
    for _ in range(4):
        try:
            lake.put(name, BytesIO(body), len(body), sha256(body).digest(), {}, lake.stored(name))
        except ObjectReplaced:
            continue
        return
    raise AssertionError("never stored")


def test_an_object_that_another_extraction_replaced_is_kept_without_conditions_too(aws):
    NO_CONDITIONS(aws)
    lake = Lake(lambda: aws.client("s3"), BUCKET, "")
    put(lake, "a", b"former")
    seen = lake.stored("a")
    aws.put_object("a.json", b"another's")

    with pytest.raises(ObjectReplaced):
        lake.put("a", BytesIO(b"mine"), 4, sha256(b"mine").digest(), {}, seen)
    with pytest.raises(ObjectReplaced):
        lake.put("a", BytesIO(b"mine"), 4, sha256(b"mine").digest(), {}, None)
    assert aws.object("a.json") == b"another's"


def test_without_a_checksum_the_signature_has_the_sha256_of_the_body(aws):
    NO_CHECKSUM(aws)
    signed = []
    refuses = aws.refuses
    aws.refuses = lambda operation, sent: (
        refuses(operation, sent) or signed.append(sent.get("x-amz-content-sha256"))
    )
    lake = Lake(lambda: build_client("s3"), BUCKET, "")
    put(lake, "a", b"[1, 2]")

    assert signed[-1] == sha256(b"[1, 2]").hexdigest()


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ((501, "NotImplemented"), "s3:PutObject failed: NotImplemented (HTTP 501)"),
        ((400, "InvalidRequest"), "s3:PutObject failed: InvalidRequest (HTTP 400)"),
    ],
)
def test_a_store_that_accepts_no_upload_at_all_is_refused_with_its_first_answer(aws, fault, reason):
    aws.faults = lambda operation: fault if operation.startswith("PUT") else None
    lake = Lake(lambda: aws.client("s3"), BUCKET, "")

    with pytest.raises(AwsError) as refusal:
        put(lake, "a")
    assert str(refusal.value) == f"S3: {reason}"
    assert not refusal.value.retry_may_help
    assert lake.lost == ""


def test_an_unreadable_header_is_not_reported_as_a_wrong_address(aws):
    aws.put_object("a.json", b"[1]")
    aws.hides = lambda headers: headers.update({"last-modified": "yesterday"})
    lake = Lake(lambda: aws.client("s3"), BUCKET, "")

    with pytest.raises(AwsError, match=r"^S3: an answer, or an AWS_\.\.\. variable, can't be read"):
        lake.stored("a")


def test_encryption_is_never_left_out(aws):
    refusing({"x-amz-server-side-encryption"}, 501, "NotImplemented")(aws)
    lake = Lake(lambda: aws.client("s3"), BUCKET, "", "AES256")

    with pytest.raises(AwsError, match=r"check WP_PIPELINE_ENCRYPTION, which the store may not"):
        put(lake, "a")
    assert aws.keys() == []


WANTED = frozenset({Feature.IF_MATCH, Feature.CHECKSUM})


@pytest.mark.parametrize(
    ("url", "is_amazon"),
    [
        ("https://s3.eu-west-1.amazonaws.com", True),
        ("https://s3.amazonaws.com", True),
        ("https://s3.cn-north-1.amazonaws.com.cn", True),
        ("https://bucket.vpce-1a2b.s3.us-east-1.vpce.amazonaws.com", True),
        ("https://s3.us-iso-east-1.c2s.ic.gov", True),
        ("https://s3.example.org", False),
        ("https://amazonaws.com.example.org", False),
        ("http://127.0.0.1:9000", False),
    ],
)
def test_no_feature_is_left_out_at_amazon_s3(url, is_amazon):
    features = StoreFeatures()
    features.store_is_at(url)
    features.condition_failed(Feature.IF_MATCH, "key", "seen")
    features.condition_failed(Feature.IF_MATCH, "key", "seen")

    attempts = list(features.attempts(WANTED))
    assert (attempts == [WANTED]) == is_amazon


@pytest.fixture
def rclone(tmp_path, world, monkeypatch) -> Iterator[Path]:
    """Makes S3 an rclone that serves a folder; yields the folder."""
    with LocalAws(tmp_path) as served:
        for name in ("AWS_ENDPOINT_URL_S3", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, served.environment[name])
        world.aws.put_parameters({Settings().bucket_parameter: local_aws.BUCKET})
        yield tmp_path / local_aws.BUCKET


def test_rclone_serves_as_the_store(world, rclone):
    extraction()
    world.site.publish("posts")
    found, notes = extraction()

    assert {type(one) for one in found.values()} == {Stored}
    assert not found["posts"].unchanged
    assert len(json.loads((rclone / "wordpress-api" / "posts.json").read_bytes())) == 8
    again, _ = extraction()
    assert {one.unchanged for one in again.values()} == {True}
    assert notes == []
