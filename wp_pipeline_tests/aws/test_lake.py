import io
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest

from wp_pipeline.aws.errors import AwsError, ObjectReplaced
from wp_pipeline.aws.lake import LARGEST_PUT, Lake, StoredObject
from wp_pipeline_tests.fakes.aws import BUCKET

KEY = "wordpress-api/posts.json"
PUT = f"PUT /{BUCKET}/{KEY}"
BROKEN_OFF = "S3: AWS closed the connection; run again"


@pytest.fixture
def lake(aws) -> Lake:
    return Lake(lambda: aws.client("s3"), BUCKET, "wordpress-api")


def put(lake: Lake, body: bytes, **metadata: str) -> None:
    """Put a body instead of what is stored."""
    put_instead_of(lake.stored("posts"), lake, body, **metadata)


def put_instead_of(former: StoredObject | None, lake: Lake, body: bytes, **metadata: str) -> None:
    lake.put("posts", io.BytesIO(body), len(body), sha256(body).digest(), metadata, former)


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
    assert aws.operations[:2] == [f"HEAD /{BUCKET}/{KEY}", PUT]


def test_bytes_that_are_not_what_their_checksum_says_are_not_stored(aws, lake):
    put(lake, b"former")

    with pytest.raises(AwsError, match="S3 received other bytes than were sent; run again"):
        lake.put("posts", io.BytesIO(b"[2]"), 3, sha256(b"[1]").digest(), {}, lake.stored("posts"))
    assert aws.object(KEY) == b"former"


def test_what_is_stored_is_told_with_lower_case_metadata(aws, lake):
    aws.put_object(KEY, b"[1, 2]", Metadata={"Row-Count": "2", "SHA256": "abc"})

    found = lake.stored("posts")
    assert (found.size, found.metadata) == (6, {"row-count": "2", "sha256": "abc"})


def test_an_object_without_metadata_is_stored_nonetheless(aws, lake):
    aws.put_object(KEY, b"[]")

    found = lake.stored("posts")
    assert (found.size, found.metadata) == (2, {})


def test_what_was_never_stored_is_none(lake):
    assert lake.stored("posts") is None
    assert lake.open("posts") is None


def test_what_is_stored_can_be_read_as_a_stream(aws, lake):
    put(lake, b"[1, 2, 3]")

    with lake.open("posts") as stream:
        assert (stream.read(4), stream.read()) == (b"[1, ", b"2, 3]")


@pytest.mark.parametrize("moment", ["faults", "midway"])
@pytest.mark.parametrize(
    "fault", [(403, "AccessDenied"), (400, "BadDigest"), (500, "Oops"), (0, "")]
)
def test_the_former_object_stays_where_a_put_fails(aws, lake, fault, moment):
    put(lake, b"former")
    setattr(aws, moment, lambda operation: fault if operation == PUT else None)

    with pytest.raises(AwsError) as error:
        put(lake, b"newer and longer")
    assert "\n" not in str(error.value)
    assert aws.object(KEY) == b"former"
    assert aws.keys() == [KEY]


def test_an_object_that_another_replaced_meanwhile_is_not_replaced(aws, lake):
    put(lake, b"former")
    seen = lake.stored("posts")
    put(lake, b"another's")

    with pytest.raises(ObjectReplaced, match=r"^S3: the object was replaced meanwhile$"):
        put_instead_of(seen, lake, b"mine")
    assert aws.object(KEY) == b"another's"


def test_an_object_that_another_was_first_to_put_is_not_replaced(aws, lake):
    put(lake, b"another's")

    with pytest.raises(ObjectReplaced):
        put_instead_of(None, lake, b"mine")
    assert aws.object(KEY) == b"another's"


def test_an_object_that_is_gone_meanwhile_is_a_reason_to_look_again(aws, lake):
    put(lake, b"former")
    seen = lake.stored("posts")
    aws.client("s3").delete_object(Bucket=BUCKET, Key=KEY)

    with pytest.raises(ObjectReplaced):
        put_instead_of(seen, lake, b"mine")
    assert aws.keys() == []


def test_a_put_that_meets_another_s_is_a_reason_to_look_again(aws, lake):
    conflict = (409, "ConditionalRequestConflict")
    aws.faults = lambda operation: conflict if operation == PUT else None

    with pytest.raises(ObjectReplaced):
        put(lake, b"mine")


def test_of_many_that_saw_the_same_object_one_replaces_it(aws, lake):
    put(lake, b"former")
    seen = lake.stored("posts")

    def replaces(body: bytes) -> bool:
        try:
            put_instead_of(seen, lake, body)
        except ObjectReplaced:
            return False
        return True

    bodies = [b"[%d]" % number for number in range(8)]
    with ThreadPoolExecutor(len(bodies)) as threads:
        replaced = list(threads.map(replaces, bodies))
    assert replaced.count(True) == 1
    assert aws.object(KEY) == bodies[replaced.index(True)]


REASONS = [
    ((403, "AccessDenied"), "S3: access denied; allow s3:PutObject"),
    ((403, "InvalidAccessKeyId"), "S3: AWS does not accept these credentials; check AWS_PROFILE"),
    ((400, "ExpiredToken"), "S3: the AWS credentials have expired; renew them"),
    ((301, "PermanentRedirect"), "S3: the bucket is in another region; set AWS_DEFAULT_REGION"),
    ((503, "SlowDown"), "S3: too many requests; run again later"),
    ((403, "RequestTimeTooSkewed"), "S3: AWS rejects the time of the request; set this machine"),
    ((418, "Teapot"), "S3: s3:PutObject failed: Teapot (HTTP 418)"),
]


@pytest.mark.parametrize(("fault", "reason"), REASONS, ids=[code for (_, code), _ in REASONS])
def test_why_s3_refuses_is_told_in_one_line(aws, lake, fault, reason):
    aws.faults = lambda operation: fault if operation == PUT else None

    with pytest.raises(AwsError) as error:
        put(lake, b"[1]")
    assert str(error.value).startswith(reason)
    assert error.value.__context__ is None


def test_a_missing_bucket_is_named_as_the_reason(aws):
    lake = Lake(lambda: aws.client("s3"), "no-such-bucket", "")

    with pytest.raises(AwsError, match="the bucket does not exist; create it or correct"):
        put(lake, b"[1]")
    with pytest.raises(AwsError, match="the bucket does not exist; create it or correct"):
        lake.open("posts")


@pytest.mark.parametrize("operation", ["stored", "open"])
def test_who_may_not_read_learns_what_to_allow(aws, lake, operation):
    aws.faults = lambda operation: (403, "AccessDenied")

    with pytest.raises(AwsError, match="access denied; allow s3:GetObject, and s3:ListBuck"):
        getattr(lake, operation)("posts")


@pytest.mark.parametrize("operation", ["stored", "open"])
def test_a_broken_connection_is_a_reason_too(aws, lake, operation):
    aws.faults = lambda operation: (0, "")

    with pytest.raises(AwsError, match=BROKEN_OFF):
        getattr(lake, operation)("posts")


@pytest.mark.parametrize("size", [4, 4096, 4 << 20])
def test_a_stream_that_s3_breaks_off_is_no_end_but_a_reason(aws, lake, size):
    put(lake, b"x" * size)
    aws.cuts = lambda operation: operation == f"GET /{BUCKET}/{KEY}"

    with lake.open("posts") as stream, pytest.raises(AwsError) as error:
        deque(iter(lambda: stream.read(size // 4), b""), maxlen=0)
    assert str(error.value) == BROKEN_OFF
    assert error.value.__context__ is None


def test_an_answer_that_is_lost_does_not_lose_the_object(aws, lake):
    aws.cuts = lambda operation: operation == PUT

    with pytest.raises(AwsError, match=BROKEN_OFF):
        put(lake, b"[1]")
    assert aws.object(KEY) == b"[1]"


def test_what_s3_does_not_take_in_one_request_is_not_sent(aws, lake):
    with pytest.raises(AwsError, match="takes 5 GiB in one request, and this is 5,368,709,12"):
        lake.put("posts", io.BytesIO(), LARGEST_PUT + 1, b"", {}, None)
    assert aws.operations == []


def test_the_client_is_built_once_and_when_first_needed(aws):
    built = []
    lake = Lake(lambda: built.append(1) or aws.client("s3"), BUCKET, "")
    assert built == []

    put(lake, b"[1]")
    lake.stored("posts")
    assert built == [1]
