import pytest
from msgspec.structs import replace

from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.parameters import ParameterStore
from wp_pipeline.extraction.configuration import (
    ConfigurationError,
    SiteConfiguration,
    load_bucket,
    load_configuration,
    load_endpoints,
)
from wp_pipeline.settings import Settings
from wp_pipeline.wordpress.http.credentials import Credentials

ENDPOINTS, BUCKET, CREDENTIALS = "/e", "/b", "/c"
URL = "https://example.org/wp-json/wp/v2"
RAW = "https://example.org/wp-json/mo/v1/statistics_pages_s3cr3t"
SETTINGS = Settings(endpoints_parameter=ENDPOINTS, bucket_parameter=BUCKET)
WITH_CREDENTIALS = Settings(
    endpoints_parameter=ENDPOINTS, bucket_parameter=BUCKET, credentials_parameter=CREDENTIALS
)
BY_PATH = Settings(endpoints_parameter="/site/", bucket_parameter=BUCKET)
GOOD = {ENDPOINTS: f"{URL}/posts,{RAW}", BUCKET: "the-bucket", CREDENTIALS: "editor:lamp wick"}


@pytest.fixture
def store(aws) -> ParameterStore:
    return ParameterStore(lambda: aws.client("ssm"))


@pytest.fixture
def refusal(aws, store):
    """Returns the message that refuses these parameters."""

    def refuse(values: dict[str, str], settings: Settings = WITH_CREDENTIALS) -> str:
        aws.put_parameters(values)
        with pytest.raises(ConfigurationError) as error:
            load_configuration(settings, store)
        assert error.value.__cause__ is None
        assert error.value.__context__ is None or error.value.__suppress_context__
        return str(error.value)

    return refuse


@pytest.mark.parametrize("kind", ["String", "StringList", "SecureString"])
def test_a_site_is_configured_from_parameters_of_any_type(aws, store, kind):
    aws.put_parameters(GOOD, kind)

    found = load_configuration(SETTINGS, store)
    assert [(e.name, e.address.url) for e in found.endpoints] == [
        ("posts", f"{URL}/posts"), ("statistics_pages", RAW),
    ]  # fmt: skip
    assert (found.bucket, found.credentials) == ("the-bucket", None)


def test_all_parameters_are_read_in_one_request(aws, store):
    aws.put_parameters(GOOD)
    aws.operations.clear()

    load_configuration(WITH_CREDENTIALS, store)
    assert aws.operations == ["GetParameters"]


def test_credentials_are_read_if_they_are_set(aws, store):
    aws.put_parameters(GOOD)

    credentials = load_configuration(WITH_CREDENTIALS, store).credentials
    assert (credentials.user, credentials.application_password) == ("editor", "lamp wick")


def test_a_repr_shows_neither_urls_nor_credentials(aws, store):
    aws.put_parameters(GOOD)

    shown = repr(load_configuration(WITH_CREDENTIALS, store))
    assert "the-bucket" in shown
    for secret in ("s3cr3t", "example.org", "editor", "lamp"):
        assert secret not in shown


def test_all_missing_parameters_are_named_together(refusal):
    assert refusal({}) == "; ".join(
        f"parameter {name} does not exist: create it in this region"
        for name in (ENDPOINTS, BUCKET, CREDENTIALS)
    )


def test_all_malformed_parameters_are_named_together(refusal):
    reason = refusal(
        {
            ENDPOINTS: f"{RAW},ftp://s3cr3t.example.org/x,https://u:s3cr3t@example.org/wp/v2/a",
            BUCKET: "Not A Bucket",
            CREDENTIALS: "s3cr3t",
        }
    )

    assert reason.startswith(
        f"parameter {ENDPOINTS} entry 2 is not an http(s) URL; entry 3 carries"
    )
    assert f"parameter {BUCKET} is no bucket name, access point alias or access point ARN" in reason
    assert f"parameter {CREDENTIALS} is not `user:application password`" in reason
    for secret in ("s3cr3t", "example.org", "Not A Bucket", "://"):
        assert secret not in reason


def test_missing_blank_and_malformed_parameters_have_different_messages(refusal):
    reason = refusal({ENDPOINTS: "nonsense", BUCKET: " "})

    assert reason.split("; ") == [
        f"parameter {ENDPOINTS} entry 1 is not an http(s) URL",
        f"parameter {BUCKET} is blank",
        f"parameter {CREDENTIALS} does not exist: create it in this region",
    ]


@pytest.mark.parametrize(
    "bucket",
    [
        "amazonwebshark-raw",
        "a.b.c",
        "my-access-point-hrzrlukc5m36ft7okagglf3gmwluquse1b-s3alias",
        "arn:aws:s3:eu-west-1:123456789012:accesspoint/raw",
        "arn:aws-cn:s3:cn-north-1:123456789012:accesspoint/raw",
        "arn:aws:s3-outposts:eu-west-1:123456789012:outpost/op-1/accesspoint/raw",
    ],
)
def test_a_bucket_may_be_a_name_an_alias_or_an_access_point(aws, store, bucket):
    aws.put_parameters({**GOOD, BUCKET: f" {bucket}\n"})

    assert load_configuration(SETTINGS, store).bucket == bucket
    assert load_bucket(SETTINGS, store) == bucket


@pytest.mark.parametrize(
    "bucket",
    ["https://the-bucket.example", "The-Bucket", "ab", "-a-", "arn:aws:sns:x", "a b c", "s3://",
     "arn:aws:s3:::", "arn:aws:s3:::The-Bucket", "arn:aws:s3:eu-west-1::the-bucket", "s3://A_B/c"],
)  # fmt: skip
def test_an_invalid_bucket_is_refused_and_not_quoted(refusal, bucket):
    reason = refusal({**GOOD, BUCKET: bucket})

    assert reason == f"parameter {BUCKET} is no bucket name, access point alias or access point ARN"


@pytest.mark.parametrize(
    "written",
    ["arn:aws:s3:::the-bucket", "arn:aws-us-gov:s3:::the-bucket", "arn:aws:s3:::the-bucket/",
     "s3://the-bucket", "s3://the-bucket/", "s3a://the-bucket", "S3n://the-bucket", "the-bucket/",
     '"the-bucket"', "the-bucket\u200b", "\ufeffthe-bucket\u00a0"],
)  # fmt: skip
def test_a_bucket_is_read_from_its_arn_or_address(aws, store, written):
    aws.put_parameters({**GOOD, BUCKET: written})

    assert load_configuration(SETTINGS, store).bucket == "the-bucket"


@pytest.mark.parametrize(
    "bucket", ["s3://the-bucket/s3cr3t", "the-bucket/s3cr3t", "arn:aws:s3:::the-bucket/*"]
)
def test_a_bucket_with_a_key_prefix_is_refused_with_the_setting_for_it(refusal, bucket):
    assert refusal({**GOOD, BUCKET: bucket}) == (
        f"parameter {BUCKET} names more than a bucket: set WP_PIPELINE_PREFIX to the key prefix"
    )


ARN = "arn:aws:ssm:eu-west-1:123456789012:parameter"


@pytest.mark.parametrize("selector", ["", ":1"])
def test_parameters_may_be_named_by_their_arns(aws, store, selector):
    aws.put_parameters(GOOD)
    settings = Settings(
        endpoints_parameter=f"{ARN}{ENDPOINTS}{selector}",
        bucket_parameter=f"{ARN}{BUCKET}{selector}",
        credentials_parameter=f"{ARN}{CREDENTIALS}{selector}",
    )

    found = load_configuration(settings, store)
    assert (len(found.endpoints), found.bucket) == (2, "the-bucket")
    assert found.credentials is not None


def test_a_path_may_be_named_by_its_arn(aws, store):
    aws.put_parameters({"/site/raw": RAW, BUCKET: "the-bucket"})
    settings = Settings(endpoints_parameter=f"{ARN}/site/", bucket_parameter=BUCKET)

    assert [one.name for one in load_configuration(settings, store).endpoints] == ["raw"]


def test_invisible_characters_are_ignored_with_a_note_for_each_parameter(aws, store):
    aws.put_parameters(
        {
            ENDPOINTS: f"{URL}/po\u00adsts,{RAW}\u200b",
            BUCKET: "\ufeffthe-bucket",
            CREDENTIALS: "editor:lamp\u00a0wick\u200e",
        }
    )

    found = load_configuration(WITH_CREDENTIALS, store)
    assert [one.address.url for one in found.endpoints] == [f"{URL}/posts", RAW]
    assert found.bucket == "the-bucket"
    assert found.credentials == Credentials("editor", "lamp wick")
    assert tuple(map(str, found.notes)) == tuple(
        f"parameter {name} contains invisible characters ({characters}), which are ignored:"
        " remove them"
        for name, characters in (
            (ENDPOINTS, "U+00AD, U+200B"), (BUCKET, "U+FEFF"), (CREDENTIALS, "U+00A0, U+200E")
        )
    )  # fmt: skip


def test_invisible_characters_below_a_path_are_noted_too(aws, store):
    aws.put_parameters({"/site/raw": f"{RAW}\u200b", BUCKET: "the-bucket"})

    found = load_configuration(BY_PATH, store)
    assert found.endpoints[0].address.url == RAW
    assert str(found.notes[0]).startswith(
        "parameter /site/raw contains invisible characters (U+200B)"
    )


def test_invisible_characters_are_named_where_a_parameter_is_refused(refusal):
    assert refusal({**GOOD, BUCKET: "the\u00a0bucket"}) == (
        f"parameter {BUCKET} is no bucket name, access point alias or access point ARN;"
        f" parameter {BUCKET} contains invisible characters (U+00A0), which are ignored:"
        " remove them"
    )


def test_a_text_of_invisible_characters_is_blank(refusal):
    assert refusal({**GOOD, BUCKET: "\u200b\u00a0"}) == f"parameter {BUCKET} is blank"


def test_credentials_may_be_json(aws, store):
    text = '{"username":"editor","password":"lamp wick"}'
    aws.put_parameters({**GOOD, CREDENTIALS: text})

    expected = Credentials("editor", "lamp wick")
    assert load_configuration(WITH_CREDENTIALS, store).credentials == expected


def test_a_path_has_an_endpoint_for_each_parameter_below_it(aws, store):
    below = {f"/site/more/kind{number:02}": f"{URL}/any" for number in range(12)}
    aws.put_parameters({**below, "/site/raw": RAW, BUCKET: "the-bucket"})

    found = load_configuration(BY_PATH, store)
    assert sorted(e.name for e in found.endpoints) == [*(f"kind{n:02}" for n in range(12)), "raw"]
    assert load_endpoints(BY_PATH, store) == found.endpoints


def test_a_path_without_parameters_is_reported_with_the_other_faults(refusal):
    assert refusal({}, BY_PATH) == (
        "no parameter lies below /site/: put one for each endpoint;"
        f" parameter {BUCKET} does not exist: create it in this region"
    )


def test_a_malformed_parameter_below_a_path_is_named(refusal):
    reason = refusal({"/site/a": f"{URL}/a", "/site/b": "s3cr3t", BUCKET: "the-bucket"}, BY_PATH)

    assert reason == "parameter /site/b is not an http(s) URL"


def test_two_endpoints_with_one_name_are_refused_without_their_urls(refusal):
    reason = refusal({**GOOD, ENDPOINTS: f"{RAW}1,{RAW}2"})

    assert reason == (
        f"parameter {ENDPOINTS} entry 1 and entry 2 are both called statistics_pages:"
        " write name=URL"
    )


@pytest.mark.parametrize("text", ["nothing", ":", "user:", ":password", "user: ", " "], ids=repr)
def test_malformed_credentials_are_refused_and_not_quoted(refusal, text):
    reason = refusal({**GOOD, CREDENTIALS: text})

    assert reason in (
        f"parameter {CREDENTIALS} is not `user:application password`",
        f"parameter {CREDENTIALS} is blank",
    )


@pytest.mark.parametrize(
    ("endpoints", "faults"),
    [
        ("https://a.example/wp/v2/x,https://b.example/wp/v2/y", ["several hosts"]),
        ("https://a.example/wp/v2/x,https://a.example:8443/wp/v2/y", ["several hosts"]),
        ("http://a.example/wp/v2/x", ["sent unencrypted"]),
        ("https://a.example/wp/v2/x,http://a.example/wp/v2/y", ["several hosts", "unencrypted"]),
        ("http://10.0.0.1/wp/v2/x", ["sent unencrypted"]),
    ],
)
def test_credentials_require_https_and_one_origin(refusal, endpoints, faults):
    reason = refusal({**GOOD, ENDPOINTS: endpoints}).split("; ")

    assert len(reason) == len(faults)
    for fault, expected in zip(reason, faults, strict=True):
        assert fault.startswith(f"parameter {CREDENTIALS} ")
        assert expected in fault
        assert ".example" not in fault


@pytest.mark.parametrize("host", ["http://127.0.0.1:8080", "http://localhost", "https://a.example"])
def test_credentials_may_be_sent_over_http_to_loopback(aws, store, host):
    aws.put_parameters({**GOOD, ENDPOINTS: f"{host}/wp/v2/x,{host}/wp/v2/y"})

    assert load_configuration(WITH_CREDENTIALS, store).credentials is not None


@pytest.mark.parametrize("load", [load_configuration, load_endpoints, load_bucket])
def test_an_unreachable_parameter_store_is_reported_in_one_line(load):
    store = ParameterStore(lambda: build_client("ssm", 1.0))

    with pytest.raises(ConfigurationError) as error:
        load(SETTINGS, store)
    assert str(error.value) == (
        "Parameter Store: AWS can't be reached; check the network and AWS_ENDPOINT_URL"
    )


def test_loading_only_endpoints_needs_no_bucket_and_loading_the_bucket_no_endpoints(aws, store):
    aws.put_parameters({ENDPOINTS: f"{URL}/posts"})
    assert [endpoint.name for endpoint in load_endpoints(SETTINGS, store)] == ["posts"]
    with pytest.raises(ConfigurationError, match=f"^parameter {BUCKET} does not exist"):
        load_bucket(SETTINGS, store)

    aws.forget()
    aws.put_parameters({BUCKET: "the-bucket"})
    assert load_bucket(SETTINGS, store) == "the-bucket"
    with pytest.raises(ConfigurationError, match=f"^parameter {ENDPOINTS} does not exist"):
        load_endpoints(SETTINGS, store)


@pytest.mark.parametrize("password", ["s3cr3tabcdef", "editor:s3cr3tabcdef"])
def test_a_password_instead_of_a_parameter_name_is_not_quoted(aws, store, password):
    aws.put_parameters(GOOD)

    with pytest.raises(ConfigurationError) as refusal:
        load_configuration(replace(SETTINGS, credentials_parameter=password), store)

    assert str(refusal.value) == (
        "the parameter that WP_PIPELINE_CREDENTIALS_PARAMETER names does not exist:"
        " create it in this region"
    )


def test_a_web_page_instead_of_urls_is_explained(refusal):
    reason = refusal({**GOOD, ENDPOINTS: "<!DOCTYPE html><html>s3cr3t</html>"})

    assert "holds a web page instead of URLs; if AWS CLI v1" in reason
    assert "s3cr3t" not in reason


def test_a_configuration_can_be_built_without_aws():
    assert SiteConfiguration((), "the-bucket").credentials is None
