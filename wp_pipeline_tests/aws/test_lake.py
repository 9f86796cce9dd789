import io
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest

from wp_pipeline.aws.errors import AwsError, ObjectReplaced
from wp_pipeline.aws.lake import LARGEST_PUT, Lake, StoredObject
from wp_pipeline_tests.fakes.aws import BUCKET

KEY = "wordpress-api/posts.json"
KMS_KEY = "aws:kms:arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
PUT = f"PUT /{BUCKET}/{KEY}"
BROKEN_OFF = "S3: AWS closed the connection; run again"


@pytest.fixture
def lake(aws) -> Lake:
    return Lake(lambda: aws.client("s3"), BUCKET, "wordpress-api")


def put(lake: Lake, body: bytes, **metadata: str) -> None:
    """Put a body in place of the stored object."""
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
def test_the_key_of_an_endpoint_is_below_the_prefix(prefix, key):
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


def test_bytes_that_do_not_match_their_checksum_are_not_stored(aws, lake):
    put(lake, b"former")

    with pytest.raises(AwsError, match="received other bytes than were sent; run again"):
        lake.put("posts", io.BytesIO(b"[2]"), 3, sha256(b"[1]").digest(), {}, lake.stored("posts"))
    assert aws.object(KEY) == b"former"


def test_metadata_names_are_read_in_lower_case(aws, lake):
    aws.put_object(KEY, b"[1, 2]", Metadata={"Row-Count": "2", "SHA256": "abc"})

    found = lake.stored("posts")
    assert (found.size, found.metadata) == (6, {"row-count": "2", "sha256": "abc"})


def test_an_object_without_metadata_is_found(aws, lake):
    aws.put_object(KEY, b"[]")

    found = lake.stored("posts")
    assert (found.size, found.metadata) == (2, {})


def test_a_missing_object_is_none(lake):
    assert lake.stored("posts") is None
    assert lake.open("posts") is None


def test_a_stored_object_can_be_read_as_a_stream(aws, lake):
    put(lake, b"[1, 2, 3]")

    with lake.open("posts") as stream:
        assert (stream.read(4), stream.read()) == (b"[1, ", b"2, 3]")


@pytest.mark.parametrize("moment", ["faults", "midway"])
@pytest.mark.parametrize(
    "fault", [(403, "AccessDenied"), (400, "BadDigest"), (500, "Oops"), (0, "")]
)
def test_the_previous_object_stays_if_a_put_fails(aws, lake, fault, moment):
    put(lake, b"former")
    setattr(aws, moment, lambda operation: fault if operation == PUT else None)

    with pytest.raises(AwsError) as error:
        put(lake, b"newer and longer")
    assert "\n" not in str(error.value)
    assert aws.object(KEY) == b"former"
    assert aws.keys() == [KEY]


def test_an_object_that_another_extraction_replaced_is_not_replaced(aws, lake):
    put(lake, b"former")
    seen = lake.stored("posts")
    put(lake, b"another's")

    with pytest.raises(ObjectReplaced, match=r"^S3: the object was replaced meanwhile$"):
        put_instead_of(seen, lake, b"mine")
    assert aws.object(KEY) == b"another's"


def test_an_object_that_another_extraction_put_first_is_not_replaced(aws, lake):
    put(lake, b"another's")

    with pytest.raises(ObjectReplaced):
        put_instead_of(None, lake, b"mine")
    assert aws.object(KEY) == b"another's"


def test_an_object_that_was_deleted_meanwhile_is_a_conflict(aws, lake):
    put(lake, b"former")
    seen = lake.stored("posts")
    aws.client("s3").delete_object(Bucket=BUCKET, Key=KEY)

    with pytest.raises(ObjectReplaced):
        put_instead_of(seen, lake, b"mine")
    assert aws.keys() == []


def test_a_put_during_another_put_is_a_conflict(aws, lake):
    conflict = (409, "ConditionalRequestConflict")
    aws.faults = lambda operation: conflict if operation == PUT else None

    with pytest.raises(ObjectReplaced):
        put(lake, b"mine")


def test_only_one_of_many_puts_replaces_the_same_object(aws, lake):
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
def test_a_refusal_of_s3_is_reported_in_one_line(aws, lake, fault, reason):
    aws.faults = lambda operation: fault if operation == PUT else None

    with pytest.raises(AwsError) as error:
        put(lake, b"[1]")
    assert str(error.value).startswith(reason)
    assert error.value.__context__ is None


def test_a_missing_bucket_is_named(aws):
    lake = Lake(lambda: aws.client("s3"), "no-such-bucket", "")

    with pytest.raises(AwsError, match="the bucket does not exist; create it or correct"):
        put(lake, b"[1]")
    with pytest.raises(AwsError, match="the bucket does not exist; create it or correct"):
        lake.open("posts")


@pytest.mark.parametrize("operation", ["stored", "open"])
def test_a_denied_read_names_the_action_to_allow(aws, lake, operation):
    aws.faults = lambda operation: (403, "AccessDenied")

    with pytest.raises(AwsError, match="access denied; allow s3:GetObject, and s3:ListBuck"):
        getattr(lake, operation)("posts")


@pytest.mark.parametrize("operation", ["stored", "open"])
def test_a_broken_connection_is_reported(aws, lake, operation):
    aws.faults = lambda operation: (0, "")

    with pytest.raises(AwsError, match=BROKEN_OFF):
        getattr(lake, operation)("posts")


@pytest.mark.parametrize("size", [4, 4096, 4 << 20])
def test_a_stream_that_breaks_off_is_an_error_and_not_the_end(aws, lake, size):
    put(lake, b"x" * size)
    aws.cuts = lambda operation: operation == f"GET /{BUCKET}/{KEY}"

    with lake.open("posts") as stream, pytest.raises(AwsError) as error:
        deque(iter(lambda: stream.read(size // 4), b""), maxlen=0)
    assert str(error.value) == BROKEN_OFF
    assert error.value.__context__ is None


def test_a_lost_answer_to_a_put_does_not_lose_the_object(aws, lake):
    aws.cuts = lambda operation: operation == PUT

    with pytest.raises(AwsError, match=BROKEN_OFF):
        put(lake, b"[1]")
    assert aws.object(KEY) == b"[1]"


def test_an_object_above_the_limit_of_one_put_is_not_sent(aws, lake):
    with pytest.raises(AwsError, match="accepts at most 5 GiB in one request, not 5,368,709,12"):
        lake.put("posts", io.BytesIO(), LARGEST_PUT + 1, b"", {}, None)
    assert aws.operations == []


def test_the_client_is_built_once_at_its_first_use(aws):
    built = []
    lake = Lake(lambda: built.append(1) or aws.client("s3"), BUCKET, "")
    assert built == []

    put(lake, b"[1]")
    lake.stored("posts")
    assert built == [1]


@pytest.mark.parametrize(
    ("setting", "algorithm", "key_id"),
    [
        ("", None, None),
        ("AES256", "AES256", None),
        ("aws:kms", "aws:kms", None),
        ("aws:kms:alias/lake", "aws:kms", "alias/lake"),
        ("aws:kms:dsse", "aws:kms:dsse", None),
        ("aws:kms:dsse:1234abcd-12ab", "aws:kms:dsse", "1234abcd-12ab"),
        (KMS_KEY, "aws:kms", KMS_KEY.removeprefix("aws:kms:")),
    ],
)
def test_an_upload_asks_for_the_encryption_of_the_setting(aws, setting, algorithm, key_id):
    sent = []
    aws.refuses = lambda operation, headers: sent.append(headers)
    lake = Lake(lambda: aws.client("s3"), BUCKET, "wordpress-api", setting)
    put(lake, b"[1]")

    asked = "x-amz-server-side-encryption"
    assert sent[-1].get(asked) == algorithm
    assert sent[-1].get(f"{asked}-aws-kms-key-id") == key_id
    assert aws.object(KEY) == b"[1]"
