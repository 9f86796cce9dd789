"""deploy/cloudformation.yaml: valid, as docs/iam says, and enough for an extraction."""

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from wp_pipeline.commands.__main__ import main
from wp_pipeline.extraction.alerts import Alert, publish
from wp_pipeline.extraction.outcomes import refusals, totals
from wp_pipeline.extraction.run import run
from wp_pipeline.lambda_function import lambda_handler
from wp_pipeline.settings import Settings, environment_name
from wp_pipeline_tests.fakes.aws import BUCKET, REGION, FakeAws
from wp_pipeline_tests.fakes.subscriber import TOPIC
from wp_pipeline_tests.fakes.world import World
from wp_pipeline_tests.support import aws_cli
from wp_pipeline_tests.support.cloudformation_stack import Stack
from wp_pipeline_tests.support.recorded_needs import DOCS, POLICIES, allows, recorded

pytestmark = pytest.mark.faults

TEMPLATE = Path(__file__).parents[2] / "deploy" / "cloudformation.yaml"
NOT_IN_MOTO = {"BucketPolicy", "EmailSubscription", "WithoutRetries"}
ACCOUNT = "123456789012"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
TASK = {"Image": "registry.example/wp-pipeline:1", "Subnets": "subnet-1,subnet-2"}
NAMES = ("site", "endpoints_parameter", "bucket_parameter", "alerts_parameter",
         "credentials_parameter", "prefix", "glue_database")  # fmt: skip

Deploy = Callable[..., Stack]


@pytest.fixture
def deploy(aws: FakeAws) -> Deploy:
    """Deploys the template, with code in a bucket of its own."""

    def deploying(**parameters: str) -> Stack:
        code = io.BytesIO()
        with ZipFile(code, "w") as written:
            written.writestr("wp_pipeline/lambda_function.py", "")
        aws.put_object("lambda.zip", code.getvalue())
        given = {"CodeBucket": BUCKET, "BucketName": "the-lake", **parameters}
        arguments = ["--stack-name", "site", "--template-file", str(TEMPLATE)]
        arguments += ["--capabilities", "CAPABILITY_IAM", "--parameter-overrides"]
        aws_cli.deploy(aws, [*arguments, *(f"{name}={value}" for name, value in given.items())])
        return Stack(aws)

    return deploying


@pytest.fixture(scope="module")
def template() -> Any:
    from cfnlint.decode import decode  # With SymPy: a second, for every worker that collects tests.

    decoded, faults = decode(str(TEMPLATE))
    assert faults == []
    return decoded


def test_cfn_lint_finds_nothing():
    lint = [Path(sys.executable).with_name("cfn-lint"), "--include-checks", "I", "--", TEMPLATE]
    ended = subprocess.run(lint, capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stdout
    assert ended.stdout == ""


def test_the_defaults_of_names_are_those_of_the_settings(template):
    for name in NAMES:
        parameter = "".join(part.title() for part in name.split("_"))
        assert template["Parameters"][parameter]["Default"] == getattr(Settings(), name)
        assert environment_name(name) in template["Parameters"][parameter]["Description"]


def test_the_bucket_is_private_encrypted_and_removes_unfinished_uploads(template, deploy):
    bucket = template["Resources"]["Bucket"]
    (rule,) = bucket["Properties"]["LifecycleConfiguration"]["Rules"]
    (documented,) = json.loads((DOCS / "lifecycle.json").read_text())["Rules"]
    found = deploy().aws.client("s3").get_bucket_encryption(Bucket="the-lake")

    assert set(bucket["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["DeletionPolicy"] == "Retain"
    assert {"ID": rule["Id"], "Filter": {"Prefix": rule["Prefix"]}} | {
        name: rule[name] for name in ("Status", "AbortIncompleteMultipartUpload")
    } == documented
    (encryption,) = found["ServerSideEncryptionConfiguration"]["Rules"]
    assert encryption["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"


def test_everything_is_created_that_the_template_names(template, deploy):
    stack = deploy(CredentialsParameter="/login", KmsKeyArn=KEY, GlueDatabase="my-database", **TASK)

    assert set(stack.resources) | NOT_IN_MOTO == set(template["Resources"])


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_a_policy_is_that_of_docs_iam(deploy, name):
    policy = f"{name.title().replace('-', '')}Policy"
    stack = deploy(KmsKeyArn=KEY, GlueDatabase="my-database")
    actual = json.dumps(stack.statements(policy))
    topic = stack.outputs["Topic"].rpartition(":")[2]
    for mine, documented in ((f":{REGION}:{ACCOUNT}:", ":*:*:"), ("the-lake", "my-bucket"),
                             (topic, TOPIC)):  # fmt: skip
        actual = actual.replace(mine, documented)
    documented = json.loads(POLICIES[name])["Statement"]
    if name == "own-keys":  # Which names a key for each.
        documented = [{**one, "Resource": KEY.replace(f":{REGION}:{ACCOUNT}:", ":*:*:")}
                      for one in documented]  # fmt: skip

    assert json.loads(actual) == documented


def test_the_function_runs_our_handler_each_day_at_seven(deploy):
    stack = deploy(Mode="changes")
    (rule,) = stack.aws.client("events").list_rules()["Rules"]
    (target,) = stack.aws.client("events").list_targets_by_rule(Rule=rule["Name"])["Targets"]
    function = stack.function()

    assert (rule["ScheduleExpression"], rule["State"]) == ("cron(0 7 * * ? *)", "ENABLED")
    assert target["Arn"] == function["FunctionArn"]
    assert json.loads(target["Input"]) == {"mode": "changes"}
    assert function["Handler"] == f"{lambda_handler.__module__}.{lambda_handler.__name__}"
    assert function["Role"] == stack.outputs["RunRole"]
    assert function["Timeout"] == 900


def test_with_an_image_a_task_of_fargate_extracts_each_day_in_place_of_the_function(
    template, deploy
):
    stack = deploy(Mode="changes", CredentialsParameter="/login", GlueDatabase="lake", **TASK)
    events, ecs = stack.aws.client("events"), stack.aws.client("ecs")
    targets = {
        rule["State"]: events.list_targets_by_rule(Rule=rule["Name"])["Targets"][0]
        for rule in events.list_rules()["Rules"]
    }
    arn = targets["ENABLED"]["EcsParameters"]["TaskDefinitionArn"]
    task = ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
    (container,) = task["containerDefinitions"]
    variables = {one["name"]: one["value"] for one in container["environment"]}

    assert targets["DISABLED"]["Arn"] == stack.function()["FunctionArn"]
    of_tables = {"WP_PIPELINE_TABLES": "true", "WP_PIPELINE_GLUE_DATABASE": "lake"}
    assert variables == stack.function()["Environment"]["Variables"] | of_tables
    assert (container["image"], container["command"]) == (
        TASK["Image"], ["wp-pipeline", "extract", "--mode", "changes"]
    )  # fmt: skip
    assert main([*container["command"][1:], "--help"]) == 0
    properties = template["Resources"]["TaskDefinition"]["Properties"]
    assert properties["TaskRoleArn"] == {"Fn::GetAtt": ["RunRole", "Arn"]}  # moto forgets it.


def put_endpoints(world: World, *names: str) -> None:
    """What `wp-pipeline discover --write` stores."""
    world.aws.put_parameters(
        {Settings().endpoints_parameter: ",".join(world.url(f"wp/v2/{one}") for one in names)}
    )


@pytest.fixture
def site(world: World) -> World:
    """A site whose parameters other than the endpoints are still to be made."""
    parameters = [Settings().bucket_parameter]
    world.aws.client("ssm").delete_parameters(Names=parameters)
    put_endpoints(world, "posts", "tags")
    return world


def test_the_role_of_the_function_extracts_into_the_bucket_and_needs_nothing_else(site, deploy):
    stack = deploy()
    with stack.role(), recorded() as needs:
        settings = Settings.from_environment()
        first = totals(run(settings))
        second = totals(run(settings))
        assert publish(Alert(settings.site, "run 1", {"posts": "posts: HTTP 404"}), settings)

    assert (first["published"], second["unchanged"]) == (2, 2)
    found = stack.aws.client("s3").list_objects_v2(Bucket="the-lake")["Contents"]
    assert [one["Key"] for one in found] == ["wordpress-api/posts.json", "wordpress-api/tags.json"]
    policy = stack.statements("RunPolicy")
    mine = {(action, arn.replace("111122223333", ACCOUNT), prefix) for action, arn, prefix in needs}
    assert {need for need in mine if not any(allows(one, need) for one in policy)} == set()


def test_the_role_of_the_function_reaches_nothing_beside_the_prefix(site, deploy):
    with deploy().role():
        outcomes = list(run(Settings.from_environment(prefix="payroll")))

    assert len(refusals(outcomes)) == len(outcomes) == 2
    assert all("S3: access denied; allow s3:" in one.summary for one in outcomes)


def test_the_handler_runs_in_the_deployed_function(site, deploy):
    stack = deploy()
    put_endpoints(site, "posts", "nothing")
    with stack.role(), pytest.raises(Exception, match="nothing: HTTP 404"):
        lambda_handler({"mode": "full"}, None)

    assert "Publish" in site.aws.operations
