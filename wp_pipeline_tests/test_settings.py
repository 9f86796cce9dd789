"""Settings: their defaults, their sources, and that all faults are reported together."""

import re
from importlib.metadata import version

import pytest

from wp_pipeline.setting_variables import unknown_variables
from wp_pipeline.settings import DECLARED, DEFAULT_USER_AGENT, Settings, SettingsError

# Operators rely on these. "" means: not set.
DEFAULTS = {
    "WP_PIPELINE_SITE": ("site", "amazonwebshark"),
    "WP_PIPELINE_ENDPOINTS_PARAMETER": (
        "endpoints_parameter",
        "/wordpress/amazonwebshark/api/mysqlendpoints",
    ),
    "WP_PIPELINE_BUCKET_PARAMETER": ("bucket_parameter", "/s3/lakehouse/name/raw"),
    "WP_PIPELINE_PREFIX": ("prefix", "wordpress-api"),
    "WP_PIPELINE_CREDENTIALS_PARAMETER": ("credentials_parameter", ""),
    "WP_PIPELINE_MAY_BE_EMPTY": ("may_be_empty", frozenset()),
    "WP_PIPELINE_ENCRYPTION": ("encryption", ""),
    "WP_PIPELINE_CONCURRENCY": ("concurrency", 4),
    "WP_PIPELINE_TIMEOUT": ("timeout", 30),
}

GIVEN = {
    "WP_PIPELINE_SITE": ("shop_2", "shop_2"),
    "WP_PIPELINE_ENDPOINTS_PARAMETER": ("/shop/endpoints/", "/shop/endpoints/"),
    "WP_PIPELINE_BUCKET_PARAMETER": ("/shop/bucket", "/shop/bucket"),
    "WP_PIPELINE_PREFIX": ("raw/shop", "raw/shop"),
    "WP_PIPELINE_CREDENTIALS_PARAMETER": ("/shop/credentials", "/shop/credentials"),
    "WP_PIPELINE_MAY_BE_EMPTY": ("comments, beitra\u0308ge,,", {"comments", "beiträge"}),
    "WP_PIPELINE_ENCRYPTION": ("aws:kms:alias/lake", "aws:kms:alias/lake"),
    "WP_PIPELINE_CONCURRENCY": ("2", 2),
    "WP_PIPELINE_TIMEOUT": ("2.5", 2.5),
}


@pytest.mark.parametrize("variable", DEFAULTS)
@pytest.mark.parametrize("blank", [None, "", "  "])
def test_an_unset_or_blank_variable_has_its_default(variable, blank):
    field, default = DEFAULTS[variable]
    environment = {} if blank is None else {variable: blank}

    assert getattr(Settings.from_environment(environment), field) == default


@pytest.mark.parametrize("variable", GIVEN)
def test_a_variable_of_the_environment_is_used(variable):
    field, _ = DEFAULTS[variable]
    text, value = GIVEN[variable]

    assert getattr(Settings.from_environment({variable: f" {text}\n"}), field) == value


def test_settings_without_an_environment_have_the_same_defaults():
    assert Settings() == Settings.from_environment({})


def test_the_environment_of_the_process_is_read(monkeypatch):
    monkeypatch.setenv("WP_PIPELINE_SITE", "another")

    assert Settings.from_environment().site == "another"


def test_other_variables_are_ignored():
    assert (
        Settings.from_environment({"SITE": "x", "AWS_PROFILE": "y", "TIMEOUT": "1"}) == Settings()
    )


def test_a_given_value_overrides_the_environment():
    environment = {"WP_PIPELINE_SITE": "a", "WP_PIPELINE_PREFIX": "b", "WP_PIPELINE_TIMEOUT": "x"}
    settings = Settings.from_environment(environment, site="given", prefix=None, timeout=7)

    assert (settings.site, settings.prefix, settings.timeout) == ("given", "b", 7)


def test_the_user_agent_has_our_version_and_home_page():
    pattern = rf"wp-pipeline/{re.escape(version('wp-pipeline'))} \(\+https?://\S+\)"

    assert re.fullmatch(pattern, DEFAULT_USER_AGENT)


FAULTS = {
    "WP_PIPELINE_SITE": ["a-b", "a b", "a/b", "café"],
    "WP_PIPELINE_ENCRYPTION": ["SSE-S3", "kms", "aws:kms:", "aws:kms:a b", "AES256:alias/x"],
    "WP_PIPELINE_CONCURRENCY": ["0", "-1", "many", "1.5"],
    "WP_PIPELINE_TIMEOUT": ["0", "-1", "soon", "nan"],
    "WP_PIPELINE_DEADLINE": ["0", "never", "nan"],
    "WP_PIPELINE_LONGEST_WAIT": ["-1", "long", "nan"],
    "WP_PIPELINE_LARGEST_BODY": ["0", "large", "-5"],
    "WP_PIPELINE_TIMEZONE": ["wp-json/mo/v1/posts_s3cr3t", "Europe/", "half past"],
}


@pytest.mark.parametrize(
    ("variable", "text"), [(name, text) for name, texts in FAULTS.items() for text in texts]
)
def test_an_invalid_setting_is_refused_by_its_variable(variable, text):
    with pytest.raises(SettingsError, match=variable):
        Settings.from_environment({variable: text})


@pytest.mark.parametrize("variable", ["WP_PIPELINE_PREFIX", "WP_PIPELINE_TIMEZONE"])
@pytest.mark.parametrize(
    "text", ["https://s.test/posts_s3cr3t", "s3://lake/s3cr3t", "editor:s3cr3t", "s.test/?k=s3cr3t"]
)
def test_a_url_or_a_login_is_no_prefix_and_no_time_zone_since_these_are_shown(variable, text):
    with pytest.raises(SettingsError, match=f"^{variable} is no ") as refusal:
        Settings.from_environment({variable: text})

    assert "s3cr3t" not in str(refusal.value)


PARAMETERS = ("endpoints_parameter", "bucket_parameter", "credentials_parameter")
NO_PARAMETERS = [
    " ",
    "https://example.org/wp-json/mo/v1/posts_s3cr3t",
    "editor:abcd efgh s3cr3t",
    "a,s3cr3t",
    "arn:aws:s3:::s3cr3t",
    "example.org/wp-json/mo/v1/posts_s3cr3t",
    "wp-json/mo/v1/posts_s3cr3t",
    "mo/v1/s3cr3t/",
]


@pytest.mark.parametrize("field", PARAMETERS)
@pytest.mark.parametrize("text", NO_PARAMETERS)
def test_an_invalid_parameter_name_is_refused_and_not_quoted_since_it_may_be_a_secret(field, text):
    with pytest.raises(SettingsError, match=f"WP_PIPELINE_{field.upper()} is no name") as refusal:
        Settings(**{field: text})

    assert "s3cr3t" not in str(refusal.value)


@pytest.mark.parametrize("field", PARAMETERS)
@pytest.mark.parametrize(
    "name",
    ["plain", "/a/path.of-1_name", "/a/name:3", "/a/name:label",
     "arn:aws:ssm:eu-west-1:123456789012:parameter/a/name"],
)  # fmt: skip
def test_every_form_of_parameter_name_is_accepted(field, name):
    assert getattr(Settings(**{field: name}), field) == name


@pytest.mark.parametrize(
    "environment",
    [
        {"WP_PIPELINE_SITE": "a b", "WP_PIPELINE_CONCURRENCY": "0", "WP_PIPELINE_TIMEOUT": "-1"},
        {"WP_PIPELINE_CONCURRENCY": "many", "WP_PIPELINE_TIMEOUT": "soon"},
        {"WP_PIPELINE_SITE": "a b", "WP_PIPELINE_CONCURRENCY": "many", "WP_PIPELINE_TIMEOUT": "0"},
    ],
    ids=["out of range", "no numbers", "both"],
)
def test_all_invalid_settings_are_named_together(environment):
    with pytest.raises(SettingsError) as refusal:
        Settings.from_environment(environment)

    assert [name for name in environment if name not in str(refusal.value)] == []


@pytest.mark.parametrize(
    ("text", "meant"),
    [("true", True), ("TRUE", True), ("1", True), ("yes", True), ("On", True), ("false", False),
     ("0", False), ("no", False), ("OFF", False)],
)  # fmt: skip
def test_a_boolean_may_be_written_in_several_ways(text, meant):
    assert Settings.from_environment({"WP_PIPELINE_TABLES": text}).tables is meant


WRONG_TYPES = {
    "site": (["s3cr3t"], "a valid string"),
    "prefix": (7, "a valid string"),
    "concurrency": ("s3cr3t", "a valid integer"),
    "largest_body": (True, "a valid integer"),
    "timeout": ("s3cr3t", "a valid number"),
    "tables": ("s3cr3t", "a valid boolean"),
    "may_be_empty": (5, "a list of names, or a text with commas"),
    "owners": ([{"s3cr3t": 1}], "a list of names, or a text with commas"),
}


@pytest.mark.parametrize("setting", WRONG_TYPES)
def test_a_value_of_another_type_is_refused_with_what_it_must_be(setting):
    value, kind = WRONG_TYPES[setting]
    with pytest.raises(SettingsError) as refusal:
        Settings(**{setting: value})

    assert str(refusal.value) == f"WP_PIPELINE_{setting.upper()} must be {kind}"


BOUNDS = {
    "concurrency": ("0", "greater than or equal to 1"),
    "changes_interval": ("29", "greater than or equal to 30"),
    "deadline": ("-0.5", "greater than 0"),
    "retry_delay": ("inf", "less than 1000000000"),
    "largest_drop": ("1.01", "less than or equal to 1"),
}


@pytest.mark.parametrize("setting", BOUNDS)
def test_a_number_out_of_bounds_is_refused_with_its_bound(setting):
    text, bound = BOUNDS[setting]
    with pytest.raises(SettingsError) as refusal:
        Settings.from_environment({f"WP_PIPELINE_{setting.upper()}": text})

    assert str(refusal.value) == f"WP_PIPELINE_{setting.upper()} must be {bound}"


def test_every_setting_accepts_its_default_and_has_a_help_text():
    defaults = {setting: declared.default for setting, declared in DECLARED.items()}

    assert Settings(**defaults) == Settings()
    assert [name for name, declared in DECLARED.items() if not declared.help.endswith(".")] == []


def test_names_that_are_no_settings_are_refused_together():
    refusal = "^WP_PIPELINE_COLOR is no setting; WP_PIPELINE_SHAPE is no setting$"
    with pytest.raises(SettingsError, match=refusal):
        Settings.of({"shape": "round", "site": "shop", "color": "red"})


def test_settings_cannot_be_changed_afterwards():
    with pytest.raises(AttributeError):
        Settings().site = "another"


@pytest.mark.parametrize(
    "text",
    [
        "AES256",
        "aws:kms",
        "aws:kms:dsse",
        "aws:kms:1234abcd-12ab-34cd-56ef-1234567890ab",
        "aws:kms:mrk-1234abcd12ab34cd56ef1234567890ab",
        "aws:kms:alias/aws/s3",
        "aws:kms:arn:aws:kms:eu-west-1:111122223333:key/1234abcd",
        "aws:kms:arn:aws-cn:kms:cn-north-1:111122223333:alias/lake",
    ],
)
def test_every_form_of_encryption_is_accepted(text):
    assert Settings(encryption=text).encryption == text


@pytest.mark.parametrize(
    ("text", "meant"), [("none", ""), ("None", ""), ("aes256", "AES256"), ("AES256", "AES256")]
)
def test_no_encryption_has_a_name_and_case_does_not_matter(text, meant):
    assert Settings(encryption=text).encryption == meant


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("WP_PIPELINE_SITES", "WP_PIPELINE_SITE"),
        ("wp_pipeline_timezon", "WP_PIPELINE_TIMEZONE"),
        ("WP_PIPELINE_BUCKET", "WP_PIPELINE_BUCKET_PARAMETER"),
        ("WP_PIPELINE_ENDPOINTS", "WP_PIPELINE_ENDPOINTS_PARAMETER"),
        ("WP_PIPELINE_CREDENTIALS", "WP_PIPELINE_CREDENTIALS_PARAMETER"),
        ("WP_PIPELINE_Q", ""),
    ],
)
def test_a_variable_that_is_no_setting_is_named_without_its_value(variable, meant):
    question = f"; did you mean {meant}?" if meant else ""

    assert list(
        map(str, unknown_variables({variable: "hush", "WP_PIPELINE_SITE": "shop", "HOME": "/"}))
    ) == [f"{variable} is no setting, and is ignored{question}"]
