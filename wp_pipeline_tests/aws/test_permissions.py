"""The policies in docs/iam allow what our requests to AWS need, and nothing else."""

import json
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import dagster as dg
import pytest
from botocore.exceptions import ClientError
from dagster_aws.s3 import S3Resource
from dagster_aws.ssm import SSMResource

from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.lake import Lake
from wp_pipeline.extraction.alerts import Alert, publish
from wp_pipeline.extraction.outcomes import refusals
from wp_pipeline.extraction.rules.registry import RULES
from wp_pipeline.extraction.run import run
from wp_pipeline.orchestration.assets import build_assets
from wp_pipeline.orchestration.checks import SiteChecks
from wp_pipeline.orchestration.endpoint_names import EndpointName
from wp_pipeline.orchestration.report.asset import build_report_asset
from wp_pipeline.orchestration.resources import ConfigurationResource, LakeResource
from wp_pipeline.orchestration.sensors.changes import build_changes_sensor
from wp_pipeline.orchestration.sensors.endpoints import build_endpoints_sensor
from wp_pipeline.orchestration.site import WordPressSite
from wp_pipeline.settings import Settings, environment_name
from wp_pipeline.tables.build import build_table
from wp_pipeline_tests.fakes.aws import BUCKET, REGION
from wp_pipeline_tests.fakes.subscriber import TOPIC, Subscriber
from wp_pipeline_tests.fakes.world import World
from wp_pipeline_tests.support.recorded_needs import (
    DOCS,
    PARAMETER,
    POLICIES,
    S3,
    STATEMENTS,
    listed,
    not_allowed,
    recorded,
)

pytestmark = [
    pytest.mark.faults,
    pytest.mark.filterwarnings("ignore:.* is currently in beta"),
]

README = (DOCS / "iam" / "README.md").read_text()
PATH = "/wordpress/amazonwebshark/endpoints/"
NAMES = [EndpointName("posts", True), EndpointName("tags", True)]


def resources() -> dict[str, Any]:
    configuration = ConfigurationResource(ssm=SSMResource())
    return {"configuration": configuration, "lake": LakeResource(s3=S3Resource())}


def extract() -> None:
    assert [one.reason for one in refusals(list(run(Settings.from_environment())))] == []


def extract_in_dagster() -> None:
    settings = Settings.from_environment()
    dg.materialize([build_assets(settings, NAMES)], resources=resources())


def load() -> None:
    with TemporaryDirectory() as folder:
        WordPressSite().write_state_to_path(Path(folder) / "state")


def tick_of_endpoints() -> None:
    sensor = build_endpoints_sensor(Settings.from_environment(), NAMES)
    with dg.build_sensor_context() as context:
        sensor(context)


def tell() -> None:
    assert publish(Alert("magazine", "run 1", {"posts": "posts: HTTP 404"}), Settings())


class LookFailed(Exception):
    """A tick that could not look at an endpoint; it says why instead of raising."""


def tick() -> None:
    sensor = build_changes_sensor(Settings.from_environment(), NAMES)
    with (
        dg.DagsterInstance.ephemeral() as instance,
        dg.build_sensor_context(instance=instance, resources=resources()) as context,
    ):
        result = sensor(context)
        assert isinstance(result, dg.SensorResult)
        if isinstance(result.skip_reason, dg.SkipReason):
            raise LookFailed(result.skip_reason.skip_message)


def report() -> None:
    settings = Settings.from_environment()
    dg.materialize([build_report_asset(settings, NAMES)], resources=resources())


def table() -> None:
    build_table("posts", Lake(lambda: build_client("s3"), BUCKET, "wordpress-api"), {})


def check_posts() -> None:
    settings = Settings.from_environment()
    with dg.build_resources(resources()) as given:
        lake = given.lake.of(settings, given.configuration.bucket(settings))
        with dg.DagsterInstance.ephemeral() as instance:
            checks = SiteChecks(settings, NAMES)
            with checks.subject(NAMES[0], lake, instance) as subject:
                for rule in RULES:
                    checks.result(rule, NAMES[0], subject)


# How to do what the rows of the README's table say.
TASKS = {
    "a run": extract,
    "a run, its endpoints below a path": extract,
    "a run that finds nothing changed": extract,
    "loading the code location": load,
    "loading it, the endpoints below a path": load,
    "a sensor tick": tick,
    "a sensor tick, the endpoints below a path": tick,
    "a check": check_posts,
    "a check where nothing is stored yet": check_posts,
    "the report": report,
    "a table": table,
    "a tick of the endpoints sensor": tick_of_endpoints,
    "a message about a failure": tell,
}
# In the order of the table's columns.
ACTIONS = [action for one in STATEMENTS["run"] for action in listed(one["Action"])]
NEEDS = {
    row: {action for action, mark in zip(ACTIONS, marks.split("|"), strict=False) if mark.strip()}
    for row, marks in re.findall(r"^\| ([a-z][^|`]*?) \|((?: x? ?\|)+)$", README, re.MULTILINE)
}
CASES = [*TASKS.items(), ("a run", extract_in_dagster)]


@pytest.fixture
def prepared(world: World, row: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a row of the table presupposes."""
    world.aws.put_parameters({f"{PATH}{n}": world.url(f"wp/v2/{n}") for n in ("posts", "tags")})
    Subscriber(world.aws.client)
    if row in ("a run that finds nothing changed", "a check", "a table"):
        extract()
    if "below a path" in row:
        monkeypatch.setenv("WP_PIPELINE_ENDPOINTS_PARAMETER", PATH)


def test_the_table_has_a_row_for_each_task_and_a_column_for_each_action_of_the_policy():
    assert list(NEEDS) == list(TASKS)
    assert f"\n| | {' | '.join(f'`{action}`' for action in ACTIONS)} |\n" in README
    assert set().union(*NEEDS.values()) == set(ACTIONS)


@pytest.mark.parametrize(("row", "task"), CASES)
@pytest.mark.usefixtures("prepared")
def test_a_task_needs_the_actions_of_its_row_and_the_policy_allows_them(row, task):
    with recorded() as needs:
        task()

    assert {action for action, *_ in needs} == NEEDS[row]
    assert not_allowed(needs, "run") == set()


@pytest.mark.parametrize(
    ("row", "task", "action"),
    [(*case, action) for case in CASES for action in sorted(NEEDS[case[0]])],
)
@pytest.mark.usefixtures("prepared")
def test_a_task_fails_without_an_action_that_it_needs_and_names_it(row, task, action):
    with recorded(action), pytest.raises(Exception, match=rf"access denied; allow .*\b{action}\b"):
        task()


def test_the_policy_of_a_run_covers_the_defaults_of_the_settings_and_nothing_else():
    default, parameters = Settings(), "arn:aws:ssm:*:*:parameter"
    objects = [f"{S3}{BUCKET}/{default.prefix}/*", f"{S3}{BUCKET}/{default.prefix}-tables/*"]

    assert {tuple(listed(one["Action"])): one["Resource"] for one in STATEMENTS["run"]} == {
        ("ssm:GetParameters",): [
            parameters + default.endpoints_parameter,
            parameters + default.bucket_parameter,
            parameters + default.alerts_parameter,
        ],
        ("ssm:GetParametersByPath",): parameters + PATH.rstrip("/"),
        ("s3:GetObject", "s3:PutObject"): objects,
        ("s3:ListBucket",): f"{S3}{BUCKET}",
        ("sns:Publish",): f"arn:aws:sns:*:*:{TOPIC}",
    }


@pytest.mark.parametrize(
    ("setting", "value", "action"),
    [
        ("endpoints_parameter", "/wordpress/magazine/api/endpoints", "ssm:GetParameters"),
        ("endpoints_parameter", f"{PATH}posts", "ssm:GetParameters"),
        ("endpoints_parameter", "/wordpress/magazine/", "ssm:GetParametersByPath"),
        ("endpoints_parameter", f"{PATH}deeper/", "ssm:GetParametersByPath"),
        ("bucket_parameter", "/s3/lakehouse/name/curated", "ssm:GetParameters"),
        ("credentials_parameter", "/wordpress/password", "ssm:GetParameters"),
    ],
)
def test_another_parameter_is_not_allowed_until_its_arn_is_added(
    world, monkeypatch, setting, value, action
):
    texts = {
        "endpoints_parameter": world.url("wp/v2/posts"),
        "bucket_parameter": BUCKET,
        "credentials_parameter": f"{world.site.user}:{world.site.application_password}",
    }
    world.aws.put_parameters({f"{value}posts" if value.endswith("/") else value: texts[setting]})
    monkeypatch.setenv(environment_name(setting), value)
    with recorded() as needs:
        extract()

    assert not_allowed(needs, "run") == {(action, PARAMETER + value.rstrip("/"), "")}


def test_another_prefix_or_bucket_is_not_allowed(world, monkeypatch):
    monkeypatch.setenv("WP_PIPELINE_PREFIX", "wordpress-api-2")
    with recorded() as needs:
        extract()
    assert {action for action, *_ in not_allowed(needs, "run")} == {"s3:GetObject", "s3:PutObject"}

    where = {"LocationConstraint": REGION}
    world.aws.client("s3").create_bucket(Bucket="another", CreateBucketConfiguration=where)
    world.aws.put_parameters({Settings().bucket_parameter: "another"})
    with recorded() as needs:
        extract()
    assert {action for action, *_ in not_allowed(needs, "run")} == {
        "s3:GetObject", "s3:PutObject", "s3:ListBucket"
    }  # fmt: skip


def test_a_reader_reads_and_lists_below_the_prefix_and_nothing_else(world):
    extract()
    with recorded() as needs:
        s3 = build_client("s3")
        s3.get_object(Bucket=BUCKET, Key="wordpress-api/posts.json")
        s3.list_objects_v2(Bucket=BUCKET, Prefix="wordpress-api/")
        s3.list_objects_v2(Bucket=BUCKET, Prefix="wordpress-api-tables/")

    assert not_allowed(needs, "reader") == set()
    assert [listed(one["Action"]) for one in STATEMENTS["reader"]] == [
        ["s3:GetObject"], ["s3:ListBucket"]
    ]  # fmt: skip
    forbidden = {
        ("s3:PutObject", f"{S3}{BUCKET}/wordpress-api/posts.json", ""),
        ("s3:GetObject", f"{S3}{BUCKET}/payroll/posts.json", ""),
        ("s3:ListBucket", f"{S3}{BUCKET}", "payroll/"),
        ("s3:ListBucket", f"{S3}{BUCKET}", ""),
    }
    assert not_allowed(forbidden, "reader") == forbidden


def test_the_readme_of_the_policies_names_each_of_them():
    named = re.findall(r"^\| \[([\w-]+)\.json\]\(\1\.json\)", README, re.MULTILINE)

    assert sorted(named) == list(POLICIES)


@pytest.mark.parametrize("name", POLICIES)
def test_iam_accepts_each_policy(aws, name):
    iam, document = aws.client("iam"), POLICIES[name]
    iam.create_policy(PolicyName=name, PolicyDocument=document)

    with pytest.raises(ClientError, match="MalformedPolicyDocument"):
        iam.create_policy(PolicyName="other", PolicyDocument=document.replace("Allow", "Permit"))


def test_customer_keys_are_used_by_parameter_store_s3_and_sns_only():
    assert [
        (listed(one["Action"]), one["Condition"]["StringLike"]["kms:ViaService"])
        for one in STATEMENTS["own-keys"]
    ] == [
        (["kms:Decrypt"], "ssm.*.amazonaws.com"),
        (["kms:GenerateDataKey", "kms:Decrypt"], "s3.*.amazonaws.com"),
        (["kms:GenerateDataKey", "kms:Decrypt"], "sns.*.amazonaws.com"),
    ]


def test_s3_accepts_the_lifecycle_rule(aws):
    s3, rule = aws.client("s3"), json.loads((DOCS / "lifecycle.json").read_text())
    s3.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration=rule)

    assert s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"] == rule["Rules"]
