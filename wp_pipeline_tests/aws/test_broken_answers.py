"""What AWS never answers, but a server in its place or a broken connection may, is one line."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.errors import AwsError, call
from wp_pipeline.aws.glue import Catalog, GlueColumn, GlueTable
from wp_pipeline.aws.inspection.identity import identity
from wp_pipeline.aws.lake import Lake
from wp_pipeline.aws.parameter_tree import Deadline, read_tree
from wp_pipeline.aws.parameters import ParameterStore
from wp_pipeline.aws.topic import Topic
from wp_pipeline.extraction.storing.upload_body import UploadBody
from wp_pipeline.wordpress.http.cancellation import Cancellation
from wp_pipeline_tests.fakes.aws import BUCKET, FakeAws
from wp_pipeline_tests.fakes.raw_server import http_answer
from wp_pipeline_tests.support.tables.glue import DATABASE

IMPATIENT = 5.0  # seconds; clients with so little time do not retry
TABLE = GlueTable("posts", f"s3://{BUCKET}/posts/", [GlueColumn("id", "bigint")])
WITHOUT_NAME = "its answer has an entry without a valid Name; check AWS_ENDPOINT_URL"
WITHOUT_VALUE = "its answer has an entry without a valid Value; check AWS_ENDPOINT_URL"


def values() -> object:
    return ParameterStore(partial(build_client, "ssm", IMPATIENT)).values(["/a"])


def values_below() -> object:
    return ParameterStore(partial(build_client, "ssm", IMPATIENT)).values_below("/a/")


def tree() -> object:
    store = ParameterStore(partial(build_client, "ssm", IMPATIENT))
    return read_tree("/a/", lambda name: True, store, Deadline(20.0, IMPATIENT)).values


def objects() -> object:
    return Lake(partial(build_client, "s3", IMPATIENT), BUCKET, "").objects()


def topic() -> Topic:
    arn = "arn:aws:sns:eu-west-1:123456789012:alerts"
    return Topic(arn, lambda region: build_client("sns", IMPATIENT, region))


def subscriptions() -> object:
    return topic().subscriptions()


def publish() -> object:
    return topic().publish("subject", "text")


def caller() -> object:
    return identity(partial(build_client, "sts", IMPATIENT))


def register() -> object:
    return Catalog(DATABASE, partial(build_client, "glue", IMPATIENT)).register(TABLE)


def parameters(*entries: str) -> str:
    return f'{{"Parameters":[{",".join(entries)}]}}'


def columns(entry: str) -> str:
    return f'{{"Table":{{"Name":"posts","StorageDescriptor":{{"Columns":[{entry}]}}}}}}'


def objects_listed(entry: str, beside: str = "") -> str:
    return f"<ListBucketResult>{beside}<Contents>{entry}</Contents></ListBucketResult>"


def topic_listed(subscriptions: str) -> str:
    result = f"<ListSubscriptionsByTopicResult>{subscriptions}</ListSubscriptionsByTopicResult>"
    return f"<ListSubscriptionsByTopicResponse>{result}</ListSubscriptionsByTopicResponse>"


@pytest.mark.parametrize("read", [values, values_below, tree])
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (parameters("{}"), WITHOUT_NAME),
        (parameters("null"), WITHOUT_NAME),
        (parameters('{"Name":null,"Value":null}'), WITHOUT_NAME),
        (parameters('{"Name":["/a"],"Value":"hush"}'), WITHOUT_NAME),
        (parameters('{"Name":5,"Value":"hush"}'), WITHOUT_NAME),
        (parameters('{"Name":"/a"}'), WITHOUT_VALUE),
        (parameters('{"Name":"/a","Value":5}'), WITHOUT_VALUE),
        (parameters('{"Name":"/b","Value":"b"}', '{"Name":"/a","Value":["hush"]}'), WITHOUT_VALUE),
        ("{}", "its answer was cut off; run again"),
        ('{"Parameters":null}', "its answer was cut off; run again"),
    ],
)
def test_parameters_without_what_aws_sends_of_each_are_an_error(answer, read, body, reason):
    answer(http_answer(body.encode()))

    with pytest.raises(AwsError) as error:
        read()
    assert str(error.value) == f"Parameter Store: {reason}"


@pytest.mark.parametrize("read", [values_below, tree])
def test_a_page_of_parameters_that_names_itself_as_the_next_ends_the_reading(answer, read):
    server = answer(http_answer(b'{"Parameters":[],"NextToken":"again"}'))

    with pytest.raises(AwsError, match=r"^Parameter Store: its answer names itself as the next"):
        read()
    assert len(server.heads) == 2


@pytest.mark.parametrize("odd", ['"ARN":7', '"Type":{}', '"Selector":[1]', '"Version":"x"'])
@pytest.mark.parametrize("read", [values, values_below, tree])
def test_what_other_servers_tell_beside_name_and_value_does_no_harm(answer, read, odd):
    answer(http_answer(parameters(f'{{"Name":"/a","Value":"v",{odd}}}').encode()))

    assert read() == {"/a": "v"}


@pytest.mark.parametrize(
    ("read", "body", "reason"),
    [
        (objects, objects_listed(""), "S3: its answer has an entry without a valid Key;"),
        (
            objects,
            objects_listed("<Size>1</Size>"),
            "S3: its answer has an entry without a valid K",
        ),
        (objects, objects_listed("<Key>a</Key>"), "S3: its answer has an entry without a valid S"),
        (subscriptions, topic_listed(""), "SNS: its answer was cut off; run again"),
        (register, "{}", "Glue: its answer was cut off; run again"),
        (register, '{"Table":null}', "Glue: its answer was cut off; run again"),
        (register, columns("null"), f"Glue: {WITHOUT_NAME}"),
        (register, columns('{"Type":"bigint"}'), f"Glue: {WITHOUT_NAME}"),
        (register, columns('{"Name":5}'), f"Glue: {WITHOUT_NAME}"),
    ],
)
def test_an_answer_without_what_is_read_of_it_is_an_error(
    answer, read: Callable[[], object], body, reason
):
    answer(http_answer(body.encode()))

    with pytest.raises(AwsError) as error:
        read()
    assert str(error.value).startswith(reason)


DEEP = "[" * 100_000
UNREADABLE = (
    "an answer, or an AWS_... variable, can't be read; check AWS_ENDPOINT_URL and the others"
)
ENCODED = "<EncodingType>url</EncodingType>"
WEB_PAGE = "<!DOCTYPE html><p>hush<br></p>"
UNDATED = '{"Name":"/a","Value":"v","LastModifiedDate":1e400}'


@pytest.mark.parametrize(
    ("read", "status", "body"),
    [
        (values, "200 OK", '{"Parameters":"hush"}'),
        (values, "200 OK", parameters(UNDATED)),
        (values, "200 OK", DEEP),
        (tree, "400 X", DEEP),
        (register, "200 OK", DEEP),
        (objects, "200 OK", objects_listed("", ENCODED)),
        (objects, "206 X", WEB_PAGE),
        (objects, "400 X", "<a>" * 3000 + "</a>" * 3000),
        (subscriptions, "200 OK", WEB_PAGE),
        (subscriptions, "404 X", WEB_PAGE),
        (publish, "200 OK", WEB_PAGE),
        (publish, "200 OK", "<html/>"),
        (publish, "403 X", WEB_PAGE),
        (caller, "200 OK", "<html/>"),
        (caller, "200 OK", WEB_PAGE),
        (caller, "502 X", WEB_PAGE),
    ],
)
def test_an_answer_that_botocore_cannot_read_is_an_error_without_it(answer, read, status, body):
    answer(http_answer(body.encode(), status))

    with pytest.raises(AwsError) as error:
        read()
    assert str(error.value).endswith(f": {UNREADABLE}")
    assert (error.value.__cause__, error.value.__context__) == (None, None)


def test_a_store_that_redirects_to_itself_is_an_error(answer):
    """botocore asks for the region again, until Python stops it wherever it is by then."""
    answer(http_answer(b"", "301 X"))

    with pytest.raises(AwsError, match=f"({UNREADABLE}|the request to AWS failed; .*)$") as error:
        objects()
    assert (error.value.__cause__, error.value.__context__) == (None, None)


@pytest.mark.parametrize("configured", ["credential_process = echo []", "s3 = hush"])
def test_a_configuration_that_botocore_cannot_read_is_an_error(monkeypatch, tmp_path, configured):
    (tmp_path / "config").write_text(f"[default]\n{configured}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")

    with pytest.raises(AwsError, match=UNREADABLE):
        objects()


def client_of(aws: FakeAws) -> Any:
    return build_client("s3", IMPATIENT)


def misnamed(aws: FakeAws) -> object:
    return client_of(aws).get_objects(Bucket=BUCKET)


def mistyped(aws: FakeAws) -> object:
    return client_of(aws).get_object(BUCKET)


def misread(aws: FakeAws) -> object:
    return client_of(aws).get_bucket_location(Bucket=BUCKET)["Location"]


@pytest.mark.parametrize(
    ("bug", "raised"), [(misnamed, AttributeError), (mistyped, TypeError), (misread, KeyError)]
)
def test_a_bug_of_ours_is_not_taken_for_an_answer_of_aws(aws, bug, raised):
    with pytest.raises(raised):
        call("S3", "s3:GetObject", lambda: bug(aws))


def test_a_bug_in_what_botocore_calls_is_not_taken_for_an_answer_of_aws(aws):
    no_file: Any = None
    body = UploadBody(no_file, Cancellation())

    with pytest.raises(AttributeError, match="'NoneType' object has no attribute"):
        call(
            "S3",
            "s3:PutObject",
            lambda: client_of(aws).put_object(Bucket=BUCKET, Key="a", Body=body),
        )
