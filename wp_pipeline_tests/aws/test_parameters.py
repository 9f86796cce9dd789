from types import SimpleNamespace

import pytest

from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.errors import AwsError
from wp_pipeline.aws.parameters import ParameterStore


@pytest.fixture
def store() -> ParameterStore:
    """Parameter Store from the environment, without retries."""
    return ParameterStore(lambda: build_client("ssm", 2.0))


def test_values_are_returned_by_name_without_the_missing_ones(aws, store):
    aws.put_parameters({"/a": "one", "/b": "two"})

    assert store.values(["/a", "/b", "/missing"]) == {"/a": "one", "/b": "two"}


@pytest.mark.parametrize("count", [10, 11, 27])
def test_more_names_than_one_request_may_have_are_split(aws, store, count):
    values = {f"/many/{number}": f"value {number}" for number in range(count)}
    aws.put_parameters(values)
    aws.operations.clear()

    assert store.values([*values, *values]) == values
    assert aws.operations == ["GetParameters"] * -(-count // 10)


@pytest.mark.parametrize("kind", ["String", "StringList", "SecureString"])
def test_values_are_decrypted_whatever_their_type(aws, store, kind):
    aws.put_parameters({"/secret/a": "a,b"}, kind)

    assert store.values(["/secret/a"]) == {"/secret/a": "a,b"}
    assert store.values_below("/secret/") == {"/secret/a": "a,b"}


@pytest.mark.parametrize("path", ["/site", "/site/"])
def test_all_pages_below_a_path_are_read(aws, store, path):
    values = {f"/site/{number:02}": f"value {number}" for number in range(23)}
    aws.put_parameters({**values, "/sites": "not below", "/site/deeper/a": "deeper"})
    aws.operations.clear()

    assert store.values_below(path) == {**values, "/site/deeper/a": "deeper"}
    assert aws.operations.count("GetParametersByPath") == 3


def test_a_path_with_nothing_below_it_is_empty(aws, store):
    assert store.values_below("/nothing/") == {}


ACCOUNT = "arn:aws:ssm:eu-west-1:123456789012:parameter"


@pytest.mark.parametrize("name", ["/a/b", "plain", "/one"])
@pytest.mark.parametrize("selector", ["", ":1", ":2", ":good"])
@pytest.mark.parametrize("by_arn", [False, True])
def test_a_parameter_is_found_by_the_name_or_arn_that_asked_for_it(
    aws, store, name, selector, by_arn
):
    aws.put_parameters({name: "first"})
    aws.put_parameters({name: "second"})
    aws.client("ssm").label_parameter_version(Name=name, ParameterVersion=1, Labels=["good"])
    asked = f"{ACCOUNT}/{name.removeprefix('/')}" if by_arn else name

    expected = "first" if selector in (":1", ":good") else "second"
    assert store.values([asked + selector]) == {asked + selector: expected}


def answering(*parameters: dict[str, object]) -> ParameterStore:
    """A store whose client answers with these parameters, whatever is asked."""
    answer = {"Parameters": [{"Version": 3, "Value": "v", **one} for one in parameters]}
    return ParameterStore(lambda: SimpleNamespace(get_parameters=lambda **asked: answer))


OTHERS = "arn:aws:ssm:eu-west-1:999999999999:parameter/a"


@pytest.mark.parametrize(
    ("asked", "parameter"),
    [
        (f"{ACCOUNT}/a", {"Name": "/a", "ARN": f"{ACCOUNT}/a"}),
        (f"{ACCOUNT}/plain", {"Name": "plain", "ARN": f"{ACCOUNT}/plain"}),
        (f"{ACCOUNT}/a", {"Name": f"{ACCOUNT}/a"}),  # Shared parameters, and older servers.
        (f"{ACCOUNT}/a", {"Name": "/a"}),
        (f"{ACCOUNT}/a:3", {"Name": "/a", "ARN": f"{ACCOUNT}/a", "Selector": ":3"}),
        (f"{ACCOUNT}/a:good", {"Name": "/a", "ARN": f"{ACCOUNT}/a", "Selector": ":good"}),
        ("/a:good", {"Name": "/a", "Selector": ":good"}),
        ("/a", {"Name": "/a", "ARN": f"{ACCOUNT}/a"}),
        ("/a", {"Name": f"{ACCOUNT}/a", "ARN": f"{ACCOUNT}/a"}),
        (f"{ACCOUNT}/a", {"Name": "/a", "ARN": f"{ACCOUNT}//a"}),
        (f"{ACCOUNT}/plain", {"Name": "plain", "ARN": f"{ACCOUNT}plain"}),
        (f"{ACCOUNT}/a", {"Name": "/a", "ARN": ""}),
    ],
)
def test_every_spelling_of_an_answer_is_matched(asked, parameter):
    assert answering(parameter).values([asked]) == {asked: "v"}


def test_parameters_with_one_name_are_distinguished_by_arn():
    found = answering(
        {"Name": "/a", "ARN": f"{ACCOUNT}/a", "Value": "mine"},
        {"Name": "/a", "ARN": OTHERS, "Value": "theirs"},
        {"Name": "/a", "ARN": OTHERS, "Value": "old", "Version": 1, "Selector": ":1"},
    ).values([f"{ACCOUNT}/a", OTHERS, f"{OTHERS}:1", f"{OTHERS}:2"])

    assert found == {f"{ACCOUNT}/a": "mine", OTHERS: "theirs", f"{OTHERS}:1": "old"}


@pytest.mark.parametrize("path", [f"{ACCOUNT}/site/", f"{ACCOUNT}/site"])
def test_a_path_may_be_an_arn(aws, store, path):
    aws.put_parameters({"/site/a": "one", "/site/b": "two", "/sites": "not below"})

    assert store.values_below(path) == {"/site/a": "one", "/site/b": "two"}


def test_parameters_below_a_path_of_another_account_are_not_used(aws, store):
    aws.put_parameters({"/site/a": "one"})

    assert store.values_below("arn:aws:ssm:eu-west-1:999999999999:parameter/site/") == {}


ACCESS = "Parameter Store: access denied; allow ssm:GetParameters"


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (400, "AccessDeniedException", ACCESS),
        (400, "ExpiredTokenException", "credentials have expired; renew them"),
        (400, "UnrecognizedClientException", "does not accept these credentials; check AWS_PROFI"),
        (
            400,
            "InvalidSignatureException",
            "the secret access key, or this machine's clock",
        ),
        (400, "ThrottlingException", "too many requests; run again later"),
        (
            500,
            "InternalServerError",
            "GetParameters failed: InternalServerError (HTTP 500); run again later",
        ),
        (0, "", "Parameter Store: AWS closed the connection; run again"),
    ],
)
def test_a_refusal_of_parameter_store_is_reported_in_one_line(aws, store, status, code, reason):
    aws.faults = lambda operation: (status, code)

    with pytest.raises(AwsError) as error:
        store.values(["/a"])
    assert reason in str(error.value)
    assert "\n" not in str(error.value)
    assert error.value.__cause__ is None
    assert error.value.__context__ is None


def test_a_denied_path_names_the_action_to_allow(aws, store):
    aws.faults = lambda operation: (400, "AccessDeniedException")

    with pytest.raises(AwsError, match=r"allow ssm:GetParametersByPath$"):
        store.values_below("/a/")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, "AWS can't be reached; check the network and AWS_ENDPOINT_URL"),
        ({"AWS_DEFAULT_REGION": None}, "no AWS region set; set AWS_DEFAULT_REGION"),
        ({"AWS_PROFILE": "nobody"}, "the AWS profile does not exist; correct AWS_PROFILE"),
        (
            {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None},
            "no AWS credentials found; set AWS_PROFILE or run where a role provides them",
        ),
        (
            {"AWS_SECRET_ACCESS_KEY": None},
            "the AWS credentials are incomplete; set key and secret",
        ),
    ],
    ids=["unreachable", "no region", "unknown profile", "no credentials", "half a credential"],
)
def test_a_missing_setting_of_aws_is_reported_in_one_line(store, monkeypatch, changes, reason):
    for name, value in changes.items():
        if value is None:
            monkeypatch.delenv(name)
        else:
            monkeypatch.setenv(name, value)

    with pytest.raises(AwsError) as error:
        store.values(["/a"])
    assert str(error.value) == f"Parameter Store: {reason}"


@pytest.mark.parametrize("value", ["https://example.org/wp-json/", "a,b", "ключ", "x" * 4096])
def test_a_stored_value_is_a_secure_string_and_read_as_it_was(aws, store, value):
    store.put("/secret/a", "before")
    store.put("/secret/a", value)

    assert store.values(["/secret/a"]) == {"/secret/a": value}
    kept = aws.client("ssm").get_parameter(Name="/secret/a")["Parameter"]
    assert (kept["Type"], kept["Version"]) == ("SecureString", 2)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("AccessDeniedException", "allow ssm:PutParameter"),
        ("HierarchyTypeMismatchException", "is no SecureString, and AWS does not change the type"),
        ("InvalidKeyId", "the KMS key can't be used"),
        ("TooManyUpdates", "too many requests"),
    ],
)
def test_a_value_that_is_not_stored_is_an_error_without_it(aws, store, code, said):
    aws.faults = lambda operation: (400, code, "hush") if operation == "PutParameter" else None

    with pytest.raises(AwsError, match=said) as refusal:
        store.put("/secret/a", "hush")

    assert "hush" not in str(refusal.value)
