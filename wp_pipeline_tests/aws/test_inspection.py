"""What a bucket and AWS's answers tell, without changing anything."""

import json
from email.utils import formatdate
from time import time

import pytest

from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.inspection.bucket import BucketInspection
from wp_pipeline.aws.uploading.store_features import is_amazon
from wp_pipeline.clock import seconds_ahead_of
from wp_pipeline_tests.fakes.aws import BUCKET

ABORT = {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}}


@pytest.fixture
def bucket(aws) -> BucketInspection:
    return BucketInspection(lambda: build_client("s3"), BUCKET)


@pytest.mark.parametrize(
    ("rule", "is_enough"),
    [
        ({"Status": "Enabled", "Filter": {"Prefix": ""}, **ABORT}, True),
        ({"Status": "Enabled", "Filter": {}, **ABORT}, True),
        ({"Status": "Disabled", "Filter": {"Prefix": ""}, **ABORT}, False),
        ({"Status": "Enabled", "Filter": {"Prefix": "other/"}, **ABORT}, False),
        ({"Status": "Enabled", "Filter": {"Tag": {"Key": "a", "Value": "b"}}, **ABORT}, False),
        ({"Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 9}}, False),
    ],
    ids=["all", "no filter", "disabled", "one folder", "one tag", "another rule"],
)
def test_a_lifecycle_rule_must_hold_for_the_whole_bucket(aws, bucket, rule, is_enough):
    assert not bucket.removes_unfinished_uploads()
    aws.client("s3").put_bucket_lifecycle_configuration(
        Bucket=BUCKET, LifecycleConfiguration={"Rules": [{"ID": "rule", **rule}]}
    )

    assert bucket.removes_unfinished_uploads() == is_enough


def test_a_policy_for_everybody_is_public(aws, bucket):
    assert not bucket.is_public()
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{BUCKET}/*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    aws.client("s3").put_bucket_policy(Bucket=BUCKET, Policy=policy)

    assert bucket.is_public()


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("my-lake", False),
        ("my-lake-x1y2-s3alias", True),
        ("arn:aws:s3:eu-west-1:111122223333:accesspoint/lake", True),
    ],
)
def test_access_points_and_buckets_are_distinguished(name, is_one):
    assert BucketInspection(lambda: None, name).is_access_point == is_one


def test_amazon_s3_is_recognized_by_its_address(aws, monkeypatch):
    assert not is_amazon(build_client("s3").meta.endpoint_url)

    monkeypatch.delenv("AWS_ENDPOINT_URL")
    assert is_amazon(build_client("s3").meta.endpoint_url)


def test_a_clock_is_compared_by_the_date_of_an_answer():
    assert abs((seconds_ahead_of(formatdate(time() - 90, usegmt=True)) or 0) - 90) < 5
    for odd in (None, "", "yesterday", "Thu, 26 Nov 2026 15:10:19 -0000"):
        assert seconds_ahead_of(odd) is None
