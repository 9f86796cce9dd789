import io
from hashlib import sha256

import pytest

from wp_pipeline.aws.errors import LakeUnreachable
from wp_pipeline.aws.lake import LARGEST_PUT, Lake, StoredObject
from wp_pipeline_tests.aws.fake_aws import BUCKET

KEY = "wordpress-api/posts.json"
PUT = f"PUT /{BUCKET}/{KEY}"


@pytest.fixture
def lake(aws) -> Lake:
    return Lake(lambda: aws.client("s3"), BUCKET, "wordpress-api")


def put(lake: Lake, body: bytes, **metadata: str) -> None:
    lake.put("posts", io.BytesIO(body), len(body), sha256(body).digest(), metadata)


@pytest.mark.parametrize(
    ("prefix", "key"),
    [
        ("wordpress-api", "wordpress-api/posts.json"),
        ("a/b/", "a/b/posts.json"),
        ("/a", "a/posts.json"),
        ("", "posts.json"),
        ("/", "posts.json"),
    ],
)
def test_an_endpoint_has_its_place_below_the_prefix(prefix, key):
    lake = Lake(lambda: None, "the-bucket", prefix)

    assert lake.key("posts") == key
    assert lake.uri("posts") == f"s3://the-bucket/{key}"


def test_an_object_is_put_with_its_type_and_metadata(aws, lake):
    put(lake, b"[1]", **{"row-count": "1", "sha256": "abc"})

    head = aws.head(KEY)
    assert aws.object(KEY) == b"[1]"
    assert head["ContentType"] == "application/json"
    assert head["Metadata"] == {"row-count": "1", "sha256": "abc"}
    assert aws.asked[:1] == [PUT]


def test_bytes_that_are_not_what_their_checksum_says_are_not_stored(aws, lake):
    put(lake, b"former")

    with pytest.raises(LakeUnreachable, match="S3 received other bytes than were sent; run again"):
        lake.put("posts", io.BytesIO(b"[2]"), 3, sha256(b"[1]").digest(), {})
    assert aws.object(KEY) == b"former"


def test_what_is_stored_is_told_with_lower_case_metadata(aws, lake):
    aws.put_object(KEY, b"[1, 2]", Metadata={"Row-Count": "2", "SHA256": "abc"})

    assert lake.stored("posts") == StoredObject(6, {"row-count": "2", "sha256": "abc"})


def test_an_object_without_metadata_is_stored_nonetheless(aws, lake):
    aws.put_object(KEY, b"[]")

    assert lake.stored("posts") == StoredObject(2, {})


def test_what_was_never_stored_is_none(lake):
    assert lake.stored("posts") is None
    assert lake.open("posts") is None


def test_what_is_stored_can_be_read_as_a_stream(aws, lake):
    put(lake, b"[1, 2, 3]")

    with lake.open("posts") as stream:
        assert (stream.read(4), stream.read()) == (b"[1, ", b"2, 3]")


@pytest.mark.parametrize(
    "fault", [(403, "AccessDenied"), (400, "BadDigest"), (500, "Oops"), (0, "")]
)
def test_the_former_object_stays_where_a_put_fails(aws, lake, fault):
    put(lake, b"former")
    aws.faults = lambda operation: fault if operation == PUT else None

    with pytest.raises(LakeUnreachable) as error:
        put(lake, b"newer and longer")
    assert "\n" not in str(error.value)
    assert aws.object(KEY) == b"former"
    assert aws.keys() == [KEY]


REASONS = [
    ((403, "AccessDenied"), "S3: access denied; allow s3:PutObject"),
    ((403, "InvalidAccessKeyId"), "S3: AWS does not accept these credentials; check AWS_PROFILE"),
    ((400, "ExpiredToken"), "S3: the AWS credentials have expired; renew them"),
    ((301, "PermanentRedirect"), "S3: the bucket is in another region; set AWS_DEFAULT_REGION"),
    ((503, "SlowDown"), "S3: S3 is asked too much at once; run again later"),
    ((418, "Teapot"), "S3: s3:PutObject failed: Teapot (HTTP 418)"),
]


@pytest.mark.parametrize(("fault", "reason"), REASONS, ids=[code for (_, code), _ in REASONS])
def test_why_s3_refuses_is_told_in_one_line(aws, lake, fault, reason):
    aws.faults = lambda operation: fault if operation == PUT else None

    with pytest.raises(LakeUnreachable) as error:
        put(lake, b"[1]")
    assert str(error.value).startswith(reason)
    assert error.value.__suppress_context__


def test_a_missing_bucket_is_named_as_the_reason(aws):
    lake = Lake(lambda: aws.client("s3"), "no-such-bucket", "")

    with pytest.raises(LakeUnreachable, match="the bucket does not exist; create it or correct"):
        put(lake, b"[1]")
    with pytest.raises(LakeUnreachable, match="the bucket does not exist; create it or correct"):
        lake.open("posts")


@pytest.mark.parametrize("operation", ["stored", "open"])
def test_who_may_not_read_learns_what_to_allow(aws, lake, operation):
    aws.faults = lambda operation: (403, "AccessDenied")

    with pytest.raises(LakeUnreachable, match="access denied; allow s3:GetObject, and s3:ListBuck"):
        getattr(lake, operation)("posts")


@pytest.mark.parametrize("operation", ["stored", "open"])
def test_a_broken_connection_is_a_reason_too(aws, lake, operation):
    aws.faults = lambda operation: (0, "")

    with pytest.raises(LakeUnreachable, match=r"^S3: .* failed: ConnectionClosedError$"):
        getattr(lake, operation)("posts")


def test_what_s3_does_not_take_in_one_request_is_not_sent(aws, lake):
    with pytest.raises(
        LakeUnreachable, match="takes 5 GiB in one request, and this is 5,368,709,12"
    ):
        lake.put("posts", io.BytesIO(), LARGEST_PUT + 1, b"", {})
    assert aws.asked == []


def test_the_client_is_built_once_and_when_first_needed(aws):
    built = []
    lake = Lake(lambda: built.append(1) or aws.client("s3"), BUCKET, "")
    assert built == []

    put(lake, b"[1]")
    lake.stored("posts")
    assert built == [1]
