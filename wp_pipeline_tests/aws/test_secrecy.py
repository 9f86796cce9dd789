"""No error of AWS and no error in its chain holds a secret."""

import pytest

from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.errors import AwsError
from wp_pipeline.aws.lake import Lake
from wp_pipeline.aws.parameters import ParameterStore
from wp_pipeline.extraction.configuration import ConfigurationError, load_configuration
from wp_pipeline.settings import Settings
from wp_pipeline_tests.fakes.aws import BUCKET
from wp_pipeline_tests.fakes.raw_server import http_answer
from wp_pipeline_tests.faults.aws import PARAMETER_STORE
from wp_pipeline_tests.support.error_chain import chain_of
from wp_pipeline_tests.support.planted_secrets import (
    AWS,
    PASSWORD,
    RANDOM_PART,
    SECRETS,
    SESSION_TOKEN,
    USER,
)
from wp_pipeline_tests.support.secret_search import Search

IMPATIENT = 5.0  # seconds; clients with so little time do not retry
# Both quote the signed text, with the session token, if a signature is wrong:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
SIGNED = f"GET\n/\n\nhost:s3.example\nx-amz-security-token:{SESSION_TOKEN}\n"
BY_S3 = (
    "<Error><Code>SignatureDoesNotMatch</Code><Message>The request signature we calculated does"
    f" not match</Message><CanonicalRequest>{SIGNED}</CanonicalRequest></Error>"
)
BY_PARAMETER_STORE = (
    '{"__type":"InvalidSignatureException","message":"The Canonical String for this request'
    f' should have been {SIGNED!r}"}}'
)


@pytest.fixture(autouse=True)
def marked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in AWS.items():
        monkeypatch.setenv(name, value)


def secrets_in(error: BaseException) -> set[str]:
    """Return the secrets in an error and in its whole chain, suppressed or not."""
    texts = [f"{link} {link!r} {link.args!r} {vars(link)!r}" for link in chain_of(error)]
    return Search(SECRETS).found_in("\n".join(texts).encode())


def store() -> ParameterStore:
    return ParameterStore(lambda: build_client("ssm", IMPATIENT))


def raise_in_the_context_of(secret: str) -> None:
    """Raise an error without the secret, in the context of one with it."""
    try:
        raise ValueError(secret)
    except ValueError:
        raise AwsError("S3: quiet") from None


def test_a_secret_anywhere_in_a_chain_is_found():
    with pytest.raises(AwsError) as error:
        raise_in_the_context_of(SESSION_TOKEN)
    assert secrets_in(error.value) == {"AWS session token"}


def test_an_error_of_s3_does_not_hold_the_signed_text(answer):
    server = answer(http_answer(BY_S3.encode(), "403 Forbidden", Content_Type="application/xml"))
    lake = Lake(lambda: build_client("s3", IMPATIENT), BUCKET, "raw")

    with pytest.raises(AwsError) as error:
        lake.open("posts")
    assert SESSION_TOKEN.encode() in server.heads[0]
    assert secrets_in(error.value) == set()


def test_an_error_of_parameter_store_does_not_hold_the_signed_text(answer):
    answer(
        http_answer(BY_PARAMETER_STORE.encode(), "400 X", Content_Type="application/x-amz-json-1.1")
    )

    with pytest.raises(AwsError) as error:
        store().values(["/a"])
    assert secrets_in(error.value) == set()


def test_a_truncated_answer_of_parameter_store_is_not_quoted(answer):
    """It holds a secret and is not valid JSON."""
    half = f'{{"Parameters":[{{"Name":"/a","Value":"https://h.example/wp-json/wp/v2/{RANDOM_PART}'
    answer(http_answer(half.encode(), Content_Type="application/x-amz-json-1.1"))

    with pytest.raises(AwsError) as error:
        store().values(["/a"])
    assert secrets_in(error.value) == set()


@pytest.mark.parametrize("fault", PARAMETER_STORE, ids=lambda fault: fault.name)
def test_a_configuration_error_quotes_nothing_of_the_configuration(world, monkeypatch, fault):
    login = "/wordpress/login"
    monkeypatch.setenv("WP_PIPELINE_CREDENTIALS_PARAMETER", login)
    world.aws.put_parameters({login: f"{USER}:{PASSWORD}"})
    fault.arrange(world, monkeypatch)

    with pytest.raises(ConfigurationError) as error:
        load_configuration(Settings.from_environment(), store())
    assert secrets_in(error.value) == set()


@pytest.mark.parametrize("status", ["200 OK", "400 X", "404 X", "500 X"])
@pytest.mark.parametrize(
    "body",
    [
        b'[{"id":1}]',
        b"null",
        b'"hush"',
        b'{"code":"rest_no_route","message":"x","data":{"status":404}}',
        b'{"__type":404,"message":"x"}',
        b'{"__type":"AccessDenied","message":["x"]}',
        b'{"Parameters":5}',
        b"<Error><Code>https://s.test/%b</Code></Error>" % RANDOM_PART.encode(),
    ],
)
def test_what_another_server_answers_in_place_of_aws_is_one_line_and_not_quoted(
    answer, status, body
):
    """AWS_ENDPOINT_URL may hold the address of an endpoint."""
    answer(http_answer(body, status))
    lake = Lake(lambda: build_client("s3", IMPATIENT), BUCKET, "")
    errors: list[AwsError] = []
    for call in (lambda: store().values(["/x"]), lambda: lake.open("x"), lake.objects):
        try:
            call()
        except AwsError as error:
            errors.append(error)

    assert len(errors) == 3 or status in ("200 OK", "404 X")  # 404: there is no object.
    assert all("\n" not in str(error) and secrets_in(error) == set() for error in errors)
