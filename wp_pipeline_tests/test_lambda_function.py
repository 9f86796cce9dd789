import json
import logging
from dataclasses import dataclass

import pytest

from wp_pipeline.extraction.configuration import ConfigurationError
from wp_pipeline.lambda_function import ExtractionIncomplete, lambda_handler
from wp_pipeline.settings import Settings, SettingsError
from wp_pipeline_tests.fakes.subscriber import Subscriber

pytestmark = pytest.mark.faults

TOPIC_FAULTS = [
    ((404, "NotFound"), "the topic does not exist; create it or correct the alerts parameter"),
    ((403, "AuthorizationError"), "access denied; allow sns:Publish"),
    (
        (400, "KMSAccessDenied", "is not authorized to perform: kms:GenerateDataKey on"),
        "access denied; allow kms:GenerateDataKey",
    ),
    ((400, "Throttled"), "too many requests; run again later"),
]


@dataclass
class Invocation:
    """What Lambda gives as context."""

    aws_request_id: str


def test_the_handler_returns_the_totals(world):
    assert lambda_handler({"any": "event"}, None) == {
        "total": 3, "published": 3, "unchanged": 0, "refused": 0,
    }  # fmt: skip
    assert lambda_handler({}, None) == {"total": 3, "published": 0, "unchanged": 3, "refused": 0}
    assert len(world.rows("posts")) == 7


def test_a_refused_endpoint_fails_the_call_with_a_line_for_each(world):
    world.extract_these("posts", also=f"b={world.url('x/b_s3cr3t')},a={world.url('x/a_s3cr3t')}")

    with pytest.raises(ExtractionIncomplete) as error:
        lambda_handler({}, None)
    assert [line.partition(":")[0] for line in str(error.value).splitlines()] == ["a", "b"]
    assert "s3cr3t" not in str(error.value)
    assert error.value.__context__ is None
    assert len(world.rows("posts")) == 7


@pytest.fixture
def fallen(world):
    """A site that was extracted, and has lost most of its rows since."""
    world.extract_these(also=f"rows={world.url('mo/v1/rows_4821')}")
    world.respond("mo/v1/rows_4821", json.dumps([{"ID": n} for n in range(40)]).encode())
    lambda_handler({}, None)
    world.respond("mo/v1/rows_4821", b'[{"ID":1}]')
    return world


# What EventBridge Scheduler sends if nothing else is configured.
SCHEDULED = {"version": "0", "source": "aws.scheduler", "detail": "{}", "resources": []}


@pytest.mark.parametrize("event", [{"accept_drop": ["rows"]}, {"accept_drop": "other, rows"}])
def test_an_event_accepts_a_drop_for_one_run(fallen, event):
    fallen.extract_these(
        also=f"rows={fallen.url('mo/v1/rows_4821')},other={fallen.url('wp/v2/tags')}"
    )

    assert lambda_handler(event, None)["refused"] == 0
    assert len(fallen.rows("rows")) == 1


@pytest.mark.parametrize(
    "event", [SCHEDULED, {"accept_drop": []}, {"accept_drop": None}, "x", None]
)
def test_other_events_accept_no_drop(fallen, event):
    with pytest.raises(ExtractionIncomplete, match=r"^rows: 1 row where 40 rows are stored"):
        lambda_handler(event, None)
    assert len(fallen.rows("rows")) == 40


def test_an_event_chooses_endpoints(world):
    assert lambda_handler({"only": ["tags"]}, None)["total"] == 1
    assert world.aws.keys() == ["wordpress-api/tags.json"]


@pytest.mark.parametrize(
    "event",
    [
        {"mode": "fast"},
        {"mode": ["changes"]},
        {"only": {"posts": True}},
        {"only": ["posts", "pages"]},
        {"mode": "changes", "onyl": ["posts"]},
        {"mode": "changes", "dry_run": True},
        {"Only": ["posts"]},
        {"modes": "changes"},
    ],
    ids=str,
)
def test_a_bad_event_is_refused_as_a_whole_in_one_line(world, event):
    subscriber = Subscriber(world.aws.client)

    with pytest.raises(ConfigurationError) as error:
        lambda_handler(event, None)
    assert len(str(error.value).splitlines()) == 1
    assert world.server.requests == []
    assert world.aws.keys() == []
    (message,) = subscriber.messages()
    assert message["Message"].splitlines()[1] == f"the extraction: {error.value}"


@pytest.mark.parametrize(
    ("accepted", "reason"),
    [
        ({"rows": True}, r"^accept_drop must be a list of names, such as \[\"posts\"\]$"),
        ([1], "^accept_drop must be a list of names"),
        (True, "^accept_drop must be a list of names"),
        (["rows", "row"], "^accept_drop names what is no endpoint of the site: row; its"),
    ],
)
def test_an_event_that_is_wrong_is_refused_before_any_request(fallen, accepted, reason):
    fallen.server.requests.clear()

    with pytest.raises(ConfigurationError, match=reason):
        lambda_handler({"accept_drop": accepted}, None)
    assert fallen.server.requests == []


def test_a_missing_parameter_fails_the_call_with_its_name(aws):
    with pytest.raises(ConfigurationError, match="does not exist: create it in this region"):
        lambda_handler({}, None)


def test_a_bad_setting_fails_the_call_with_its_name(aws, monkeypatch):
    monkeypatch.setenv("WP_PIPELINE_DEADLINE", "-1")

    with pytest.raises(SettingsError, match="WP_PIPELINE_DEADLINE must be greater than 0"):
        lambda_handler({}, None)


def test_the_handler_logs_what_happens(world, caplog):
    with caplog.at_level(logging.INFO):
        lambda_handler({}, None)

    logged = [record.getMessage() for record in caplog.records if record.name == "wp_pipeline"]
    assert logged[-1] == "total 3, published 3, unchanged 0, refused 0"
    assert len(logged) == 4


def test_a_refused_endpoint_is_told_in_one_message_each_time(world):
    subscriber = Subscriber(world.aws.client)
    world.extract_these("posts", also=f"b={world.url('x/b_s3cr3t')},a={world.url('x/a_s3cr3t')}")

    for _ in range(2):
        with pytest.raises(ExtractionIncomplete) as error:
            lambda_handler({}, Invocation("4f1c"))
        (message,) = subscriber.messages()
        assert message["Subject"] == "amazonwebshark: failed: a, b"
        assert message["Message"] == f"Failed in invocation 4f1c:\n{error.value}"
        assert "s3cr3t" not in message["Message"]
        assert "://" not in message["Message"]


def test_a_missing_parameter_is_reported(aws):
    subscriber = Subscriber(aws.client)

    with pytest.raises(ConfigurationError) as error:
        lambda_handler({}, None)
    (message,) = subscriber.messages()
    assert message["Subject"] == "amazonwebshark: failed: the extraction"
    assert message["Message"].splitlines()[1] == f"the extraction: {error.value}"


def test_success_sends_no_message(world):
    subscriber = Subscriber(world.aws.client)
    lambda_handler({}, None)

    assert subscriber.messages() == []


@pytest.mark.parametrize("setting", ["/sns/nothing/here", None])
def test_without_the_parameter_nobody_is_told_and_nothing_is_logged(
    world, setting, caplog, monkeypatch
):
    if setting:
        monkeypatch.setenv("WP_PIPELINE_ALERTS_PARAMETER", setting)
    world.extract_these(also=f"a={world.url('x/a')}")

    with pytest.raises(ExtractionIncomplete):
        lambda_handler({}, None)
    assert "Publish" not in world.aws.operations
    assert [one for one in caplog.records if one.levelno == logging.WARNING] == []


@pytest.mark.parametrize(("fault", "warning"), TOPIC_FAULTS)
def test_a_message_that_is_not_sent_is_a_warning(world, caplog, fault, warning):
    Subscriber(world.aws.client)
    world.aws.faults = lambda operation: fault if operation == "Publish" else None
    world.extract_these("posts", also=f"a={world.url('x/a')}")

    with pytest.raises(ExtractionIncomplete, match="a: HTTP 404"):
        lambda_handler({}, None)
    logged = [one.getMessage() for one in caplog.records if one.levelno == logging.WARNING]
    assert logged == [f"no message was sent: SNS: {warning}"]


def test_a_parameter_that_is_no_topic_is_a_warning(world, caplog):
    world.aws.put_parameters({Settings().alerts_parameter: "https://hooks.example/s3cr3t"})
    world.extract_these(also=f"a={world.url('x/a')}")

    with pytest.raises(ExtractionIncomplete):
        lambda_handler({}, None)
    logged = [one.getMessage() for one in caplog.records if one.levelno == logging.WARNING]
    assert logged == [
        "no message was sent: parameter /sns/pipeline/wordpressapi/raw is no ARN of a standard SNS"
        " topic; correct it"
    ]
